from dataclasses import replace

import pytest

from demarcate.evaluation import PairedComparison, Score
from demarcate.report.sections.next_steps import MAX_STEPS, next_steps

LEAK = {"severity": "leak", "columns": ["signal"], "rule": "giveaway", "text": "a leak"}
WARNING = {"severity": "warning", "columns": [], "rule": "duplicates", "text": "a warning"}


@pytest.fixture
def evaluated(binary_report):
    """Rows of a model that needs nothing."""
    evaluated = binary_report.evaluated
    members = [{**member, "best_epoch": 1} for member in evaluated.record["members"]]
    record = {**evaluated.record, "members": members}
    return replace(evaluated, findings=(), comparison=compared(-0.3, -0.1), record=record)


def compared(low, high, name="logistic_regression"):
    return {name: PairedComparison(name, {"log_loss": Score((low + high) / 2, low, high, 240, "out-of-fold")})}


def commands(evaluated):
    return [step.command for step in next_steps(evaluated)]


def test_a_good_model_is_used(evaluated):
    steps = next_steps(evaluated)
    assert [step.command for step in steps] == [
        "--positive well --cost false_negative=5",
        "demarcate predict MODEL TABLE",
    ]
    assert steps[0].section == "threshold"


def test_a_model_with_costs_is_not_asked_for_them(cost_report):
    assert "--cost" not in " ".join(commands(cost_report.evaluated))


@pytest.mark.parametrize(
    ("change", "text", "command"),
    [
        ({"is_training_data": True}, "Score it on rows that it was not trained on.", "demarcate evaluate MODEL TABLE"),
        ({"findings": [LEAK]}, "Ask whether new rows will have signal; if not, train without.", "--drop signal"),
        ({"findings": [{**LEAK, "columns": []}]}, "Settle the leak that the audit found before", ""),
        ({"findings": [WARNING]}, "Read 1 warning of the audit", ""),
        ({"comparison": compared(0.1, 0.2)}, "Try networks without hidden layers", "--hidden none"),
        ({"comparison": compared(-0.1, 0.2)}, "Collect more rows, or take logistic regression: 240 rows do", ""),
        ({"comparison": compared(-0.1, 0.2, "majority")}, "Look for columns that say more about", ""),
    ],
)
def test_what_is_most_urgent_comes_first(evaluated, change, text, command):
    first = next_steps(replace(evaluated, **change))[0]
    assert first.text.startswith(text)
    assert first.command == command


@pytest.mark.parametrize(
    ("member", "command"), [({"timed_out": True}, "--time-limit"), ({"best_epoch": 12, "epochs": 12}, "--epochs 24")]
)
def test_networks_that_were_not_done_train_for_longer(evaluated, member, command):
    members = [{**each, "history": {}, **member} for each in evaluated.record["members"]]
    assert commands(replace(evaluated, record={**evaluated.record, "members": members}))[0] == command


@pytest.mark.parametrize(
    ("losses", "is_told"), [([3.0, None, 1.0], True), ([3.0, 1.0, 2.0], False), ([1.0, 2.0, float("nan")], False)]
)
@pytest.mark.parametrize("rows", ["validation", "test"])
def test_weights_of_the_last_epoch_are_no_sign_of_too_few(evaluated, rows, losses, is_told):
    history = {"epoch": [1, 2, 3], "train_loss": [3.0, 2.0, 1.0], f"{rows}_loss": losses}
    members = [{"epochs": 3, "best_epoch": 3, "history": history}]
    told = commands(replace(evaluated, record={**evaluated.record, "members": members}))
    assert ("--epochs 6" in told) == is_told


def test_there_are_few_steps(evaluated):
    urgent = replace(evaluated, is_training_data=True, findings=[LEAK], comparison=compared(0.1, 0.2))
    assert len(next_steps(urgent)) == MAX_STEPS


def test_linear_networks_are_not_told_to_become_linear(report_of, table):
    linear = report_of(*table(80), hidden=()).evaluated
    texts = [step.text for step in next_steps(replace(linear, findings=(), comparison=compared(0.1, 0.2)))]
    assert "Take logistic regression: it does better on the same rows." in texts
