import time

import pytest

from demarcate import DemarcateClassifier, datasets
from demarcate.classifier.kinds import Kind
from demarcate.classifier.limited_time import MOST_SHARE, kinds_in_time, training_deadline
from demarcate.engine import Training
from demarcate.errors import InputWarning
from demarcate.nn import Network
from demarcate.phases.time_budget import TimeBudget, keeping_to
from demarcate.report import Report

WORDS = {"plain": "", "leaves": "that read the leaves of trees", "narrow": "of 32 units"}
KINDS = [Kind(name, Network(), Training(), words=words) for name, words in WORDS.items()]


def test_without_a_budget_training_has_no_deadline_and_all_kinds():
    assert training_deadline(10**6, 10**6, 30) is None
    assert kinds_in_time(KINDS, 1e9, None) == KINDS
    assert kinds_in_time(KINDS, 1e9, time.monotonic()) == KINDS


def test_training_leaves_time_for_scoring_but_never_more_than_a_share():
    with keeping_to(TimeBudget(1000)):
        left = training_deadline(20_000, 20_000, 26) - time.monotonic()
    assert 900 < left < 998
    with keeping_to(TimeBudget(4)):
        left = training_deadline(20_000, 20_000, 26) - time.monotonic()
    assert left == pytest.approx(4 * (1 - MOST_SHARE), abs=0.5)


def test_more_rows_and_a_report_are_left_more_time():
    budget = TimeBudget(10_000)
    with keeping_to(budget):
        few, many = training_deadline(1000, 1000, 2), training_deadline(10**6, 20_000, 2)
        budget.reserved = 50.0
        assert training_deadline(1000, 1000, 2) < few - 49
    assert many < few - 10


@pytest.mark.parametrize(
    ("n_rows", "names"), [(1, ["plain", "leaves", "narrow"]), (10**5, ["plain"]), (10**12, ["plain"])]
)
def test_only_kinds_that_can_be_trained_are_and_the_others_are_noted(n_rows, names):
    budget = TimeBudget(10)
    with keeping_to(budget):
        kinds = kinds_in_time(KINDS, n_rows, time.monotonic() + 10)
    assert [kind.name for kind in kinds] == names
    left_out = ["networks of fewer kinds are trained: none that read the leaves of trees, none of 32 units"]
    assert budget.left_out == (left_out if len(names) == 1 else [])


def test_a_budget_that_is_over_cuts_every_phase_and_each_says_so(monkeypatch):
    monkeypatch.setattr("demarcate.evaluation.bootstrap.CHUNK_NUMBERS", 10_000)
    monkeypatch.setattr("demarcate.evaluation.baselines.FEWEST_STEPS", 1)
    X, y = datasets.heart()
    budget, classifier = TimeBudget(1e-3), DemarcateClassifier(hidden=(8,), n_folds=2, epochs=500)
    with keeping_to(budget):
        with pytest.warns(InputWarning, match="time limit ended training"):
            classifier.fit(X, y)
        report = Report.of(classifier, X, y)
    assert sum("logistic regression stops early" in what for what in budget.left_out) == 1
    assert sum("intervals" in what for what in budget.left_out) == 1
    assert sum("importance" in what for what in budget.left_out) == 1
    importance = report.evaluated.importance
    assert (importance.n_permutations, importance.n_rows) == (2, 200)
    assert [score.low <= score.value <= score.high for score in classifier.scores_.values()] == [True] * 7
