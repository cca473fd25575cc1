import numpy as np
import pytest
from sklearn import metrics

from demarcate.report import Report


def test_scores_are_scikit_learns_and_what_averaging_gains(binary_report, binary_fit, oof, parse_page, numbers):
    codes, probabilities = oof
    gain = binary_fit[0].averaging_gain_
    rows = {row[0]: row for row in parse_page(binary_report.to_html()).table("Scores with 95% intervals")[1:]}
    expected = {
        "accuracy": metrics.accuracy_score(codes, probabilities.argmax(1)) + gain["accuracy"],
        "log loss": metrics.log_loss(codes, probabilities) + gain["log_loss"],
        "ROC AUC": metrics.roc_auc_score(codes, probabilities[:, 1]) + gain["roc_auc"],
        "Brier score": metrics.brier_score_loss(codes, probabilities[:, 1]) + gain["brier"],
    }
    for name, value in expected.items():
        row = next(cells for first, cells in rows.items() if first.startswith(name))
        shown, low, high = numbers(row[1])
        assert shown == pytest.approx(value, abs=6e-4)
        assert low <= shown <= high
    accuracy = next(cells for first, cells in rows.items() if first.startswith("accuracy"))
    assert accuracy[2].startswith(f"{max(codes.mean(), 1 - codes.mean()):.3f}")


def test_given_rows_have_the_scores_on_record_beside_them(recorded_predictor, table):
    fresh, codes = table(90, seed=1)
    truth = np.where(codes == 1, "ill", "well")
    models = Report.from_predictor(recorded_predictor, fresh, truth).to_json()["scores"]["contenders"]
    assert [each["key"] for each in models] == ["demarcate", "majority", "demarcate_out-of-fold"]
    accuracy = (recorded_predictor.predict(fresh) == truth).mean()
    assert models[0]["scores"]["accuracy"]["value"] == pytest.approx(accuracy)


@pytest.mark.parametrize(("n_rows", "are_few"), [(29, True), (30, False)])
def test_scores_of_few_rows_are_called_meaningless(n_rows, are_few, recorded_predictor, binary_fit):
    _, frame, labels = binary_fit
    html = Report.from_predictor(recorded_predictor, frame[:n_rows], labels[:n_rows]).to_html()
    assert ("So few rows show nothing" in html) is are_few


def test_the_class_that_average_precision_is_about_is_named(cost_report, binary_report, multiclass_report, cost_fit):
    classifier, _, labels = cost_fit
    section = cost_report.to_json()["scores"]
    assert section["about"] == "Average precision is about class ill, the positive one."
    expected = metrics.average_precision_score(labels == "ill", classifier.oof_proba_[:, 0])
    expected += classifier.averaging_gain_["average_precision"]
    assert section["contenders"][0]["scores"]["average_precision"]["value"] == pytest.approx(expected)
    assert "class well, the second label: nothing says which is positive" in binary_report.to_html()
    assert multiclass_report.to_json()["scores"]["about"] == ""
