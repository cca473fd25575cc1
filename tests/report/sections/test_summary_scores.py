from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics

from demarcate.evaluation import Costs
from demarcate.report.sections.summary_scores import summary_scores


def values(report):
    return {each.name: each.score.value for each in summary_scores(report.evaluated)}


def test_with_costs_they_are_the_cost_and_the_scores_of_the_positive_class(cost_report, cost_fit):
    classifier, _, labels = cost_fit
    decided = np.where(classifier.oof_proba_[:, 0] >= 0.25, "ill", "well")
    missed, alarms = ((labels == one) & (decided == other) for one, other in (("ill", "well"), ("well", "ill")))
    shown = values(cost_report)
    assert list(shown) == ["mean cost of a row", "recall of ill", "precision of ill"]
    assert shown["mean cost of a row"] == pytest.approx((3 * missed + alarms).mean())
    assert shown["recall of ill"] == pytest.approx(metrics.recall_score(labels, decided, pos_label="ill"))
    assert shown["precision of ill"] == pytest.approx(metrics.precision_score(labels, decided, pos_label="ill"))


def test_without_costs_or_a_positive_class_the_worst_class_is_named(multiclass_report):
    shown = values(multiclass_report)
    recalls = [scores["recall"].value for scores in multiclass_report.evaluated.class_scores]
    assert list(shown)[:2] == ["accuracy", "balanced accuracy"]
    assert list(shown)[2].endswith(", the lowest")
    assert list(shown.values())[2] == min(recalls)


def test_a_threshold_changes_the_accuracy(binary_report, oof):
    codes, probabilities = oof
    evaluated = binary_report.evaluated
    moved = replace(evaluated, predictor=replace(evaluated.predictor, threshold=0.9))
    (accuracy, balanced, *_) = (each.score for each in summary_scores(moved))
    decided = (probabilities[:, 1] >= 0.9).astype(int)
    assert accuracy.value == pytest.approx(metrics.accuracy_score(codes, decided))
    assert balanced.value == pytest.approx(metrics.balanced_accuracy_score(codes, decided))
    assert accuracy.low < accuracy.value < accuracy.high


def test_accuracy_is_of_decided_rows(abstaining_report, abstaining_fit):
    classifier, _, codes = abstaining_fit
    evaluated = abstaining_report.evaluated
    deciding = replace(evaluated, predictor=evaluated.predictor.deciding(Costs.of([0, 1], None, abstain=0.4)))
    sure = classifier.oof_proba_.max(1) > 0.6
    right = classifier.oof_proba_.argmax(1) == codes
    assert 0 < sure.sum() < len(codes)
    assert deciding.n_undecided == (~sure).sum()
    assert deciding.decided_scores["accuracy"].value == pytest.approx(right[sure].mean())
    recalls = [(right & sure)[codes == code].mean() for code in (0, 1)]
    assert deciding.decided_scores["balanced_accuracy"].value == pytest.approx(np.mean(recalls))


def test_without_a_decided_row_there_is_no_accuracy(abstaining_report):
    evaluated = abstaining_report.evaluated
    never = replace(evaluated, predictor=evaluated.predictor.deciding(Costs.of([0, 1], None, abstain=0.0)))
    assert "accuracy" not in never.decided_scores
    assert "accuracy" not in [each.name for each in summary_scores(never)]
