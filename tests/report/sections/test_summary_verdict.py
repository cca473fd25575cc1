from dataclasses import replace

import numpy as np
import pytest

from demarcate.evaluation import PairedComparison, Score
from demarcate.report import Report
from demarcate.report.sections.summary_verdict import SummaryVerdict


@pytest.fixture
def evaluated(binary_report):
    return replace(binary_report.evaluated, findings=())


def compared(low, high):
    difference = Score((low + high) / 2, low, high, 240, "out-of-fold")
    return {"logistic_regression": PairedComparison("logistic regression", {"log_loss": difference})}


@pytest.mark.parametrize(
    ("ends", "words", "status"),
    [
        ((-0.3, -0.1), "better than logistic regression.", "good"),
        ((-0.1, 0.1), "not clearly better than logistic regression.", "unclear"),
        ((0.1, 0.3), "worse than logistic regression.", "bad"),
    ],
)
def test_the_verdict_is_accuracy_and_the_comparison(evaluated, ends, words, status):
    verdict = SummaryVerdict.of(replace(evaluated, comparison=compared(*ends)))
    share = f"{evaluated.scores['accuracy'].value:.1%}"
    assert verdict.text == f"Right on {share} of rows it had not learned from: {words}"
    assert verdict.status == status


def test_a_leak_is_never_good(evaluated):
    leak = {"severity": "leak", "columns": ["signal"], "rule": "giveaway", "text": "a leak"}
    verdict = SummaryVerdict.of(replace(evaluated, comparison=compared(-0.3, -0.1), findings=[leak]))
    assert verdict.status == "bad"
    assert verdict.text.endswith("The audit found a leak, so new rows may be predicted worse.")


@pytest.mark.parametrize(("ends", "status"), [((-0.3, -0.1), "unclear"), ((0.1, 0.3), "bad")])
def test_a_warning_of_the_audit_is_never_good(evaluated, ends, status):
    warning = {"severity": "warning", "columns": [], "rule": "duplicates", "text": "copies"}
    verdict = SummaryVerdict.of(replace(evaluated, comparison=compared(*ends), findings=[warning]))
    assert verdict.status == status
    assert verdict.text.endswith("The audit warns that these scores may be too good.")


def test_costs_are_compared_with_the_likeliest_class(cost_report):
    costs = cost_report.evaluated.cost_comparison
    text = SummaryVerdict.of(cost_report.evaluated).text
    assert text.startswith(f"Its decisions cost {costs.decided.value:.3f} a row; the likeliest classes would cost")


def test_few_rows_have_no_verdict(recorded_predictor, binary_fit):
    _, frame, labels = binary_fit
    few = Report.from_predictor(recorded_predictor, frame[:29], np.asarray(labels)[:29])
    assert SummaryVerdict.of(few.evaluated).text == "29 rows are too few to say how good it is."
