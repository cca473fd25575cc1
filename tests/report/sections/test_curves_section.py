import numpy as np
import pytest
from sklearn import metrics

from demarcate.report import Report


def test_curves_are_scikit_learns_within_half_a_cell_of_the_grid(binary_report, oof):
    codes, probabilities = oof
    curve = binary_report.to_json()["curves"]["classes"][0]
    false, true, _ = metrics.roc_curve(codes, probabilities[:, 1], drop_intermediate=False)
    points = np.stack([false, true], 1)
    for point in zip(curve["false_positive_rate"], curve["true_positive_rate"], strict=True):
        assert np.abs(points - point).max(1).min() < 1e-3
    area = np.trapezoid(curve["true_positive_rate"], curve["false_positive_rate"])
    assert area == pytest.approx(metrics.roc_auc_score(codes, probabilities[:, 1]), abs=2e-3)
    precision, recall, _ = metrics.precision_recall_curve(codes, probabilities[:, 1])
    points = np.stack([recall, precision], 1)
    for point in zip(curve["recall"], curve["precision"], strict=True):
        assert np.abs(points - point).max(1).min() < 1e-3


def test_of_many_classes_twelve_are_shown(many_classes_report):
    assert len(many_classes_report.to_json()["curves"]["classes"]) == 12


def test_rows_of_one_class_have_no_curves(binary_fit, table):
    fresh, codes = table(60, seed=3)
    ill = np.flatnonzero(codes == 1)
    report = Report.from_predictor(binary_fit[0].predictor_, fresh[ill], np.full(len(ill), "ill"))
    assert "curves" not in report.to_json()
    assert report.to_html()


def test_curves_of_two_classes_are_of_the_positive_one(cost_report, cost_fit):
    classifier, _, labels = cost_fit
    (curve,) = cost_report.to_json()["curves"]["classes"]
    assert (curve["label"], curve["n_rows"]) == ("ill", (labels == "ill").sum())
    area = np.trapezoid(curve["true_positive_rate"], curve["false_positive_rate"])
    assert area == pytest.approx(metrics.roc_auc_score(labels == "ill", classifier.oof_proba_[:, 0]), abs=2e-3)
