import numpy as np
import pytest

from demarcate.checks.information_gain import entropy, information
from demarcate.checks.table_view import Cells

N_ROWS = 400


@pytest.fixture
def honest(codes, generator):
    """Columns that together tell about as much as those of heart disease: ROC AUC 0.85 to 0.9."""
    return {f"x{place}": codes * 0.7 + generator.normal(size=N_ROWS) for place in range(5)}


def named(findings):
    return {finding.columns[0] for finding in findings if finding.rule == "dominant"}


def test_a_noisy_copy_of_the_target_is_warned_of(audit, codes, honest, generator):
    leaking = codes + generator.normal(size=N_ROWS) * 0.35
    (finding,) = audit({"risk": leaking}, beside=honest)
    assert (finding.rule, finding.severity, finding.columns) == ("dominant", "warning", ("risk",))
    assert finding.numbers["told"] > 0.6 > finding.numbers["others_told"]
    assert finding.numbers["roc_auc"] == pytest.approx(0.977, abs=0.02)
    assert f"ROC AUC {finding.numbers['roc_auc']:.3f} and {finding.numbers['others_roc_auc']:.3f}" in finding.text


def test_nearly_a_copy_is_said_in_other_words(audit, codes):
    wrong = np.arange(N_ROWS) % 50 == 0
    nearly = np.where(wrong, 1 - codes, codes)
    for told in (nearly, np.where(nearly == 1, "x", "y"), nearly + np.arange(N_ROWS) / (2 * N_ROWS)):
        assert named(audit({"told": told})) == {"told"}


def test_a_strong_column_among_strong_ones_is_honest(audit, codes, generator):
    lie = codes * 2.6 + generator.normal(size=N_ROWS)
    strong = {f"x{place}": lie + 0.3 * generator.normal(size=N_ROWS) for place in range(3)}
    assert named(audit({"best": lie}, beside=strong)) == set()


def test_columns_of_moderate_strength_are_honest(audit, honest):
    assert named(audit({}, beside=honest)) == set()


@pytest.mark.parametrize("names", [("risk", "points"), ("risk", "points", "bill")])
def test_noisy_copies_do_not_excuse_each_other(names, audit, codes, honest, generator):
    leaks = {name: codes + generator.normal(size=N_ROWS) * 0.3 for name in names}
    findings = audit(leaks, beside=honest)
    assert named(findings) == set(names)
    assert f"than all columns but the {len(names)} strongest: " in findings[0].text


def test_a_noisy_place_of_three_classes_is_warned_of(audit, three, generator):
    leaking = np.array([2, 0, 1])[three] + generator.normal(size=N_ROWS) * 0.25
    assert named(audit({"points": leaking}, three)) == {"points"}


def test_a_single_column_has_nothing_to_be_compared_with(audit, codes, generator):
    assert named(audit({"x": codes + generator.normal(size=N_ROWS) * 0.35}, beside={})) == set()


def test_a_few_rows_prove_nothing(audit, codes, generator):
    few = {"x": codes[:40] + generator.normal(size=40) * 0.35, "y": generator.normal(size=40)}
    assert named(audit(few, codes[:40], beside={})) == set()


def test_thousands_of_columns_on_a_few_rows_raise_no_alarm(audit, generator):
    wide = {f"x{place}": generator.normal(size=60) for place in range(1000)}
    assert named(audit(wide, np.arange(60) % 2, beside={})) == set()


def test_information_is_that_of_a_plain_loop(generator):
    codes, words = generator.integers(3, size=60), generator.integers(5, size=60)
    shares = np.bincount(codes) / 60
    losses = []
    for row in range(60):
        others = [other for other in range(60) if other != row and words[other] == words[row]]
        same = sum(codes[other] == codes[row] for other in others)
        losses.append(-np.log((same + shares[codes[row]]) / (len(others) + 1)))
    expected = 1 - np.mean(losses) / entropy(shares)
    assert information(Cells.of(words.astype(float)), codes, 3) == pytest.approx(expected)


def test_information_needs_neither_order_nor_scale(generator, codes):
    cells = codes + generator.normal(size=N_ROWS)
    order = generator.permutation(N_ROWS)
    whole = information(Cells.of(cells), codes, 2)
    assert information(Cells.of(np.exp(cells[order])), codes[order], 2) == pytest.approx(whole)


def test_a_target_of_one_class_leaves_nothing_to_tell():
    assert information(Cells.of(np.arange(50.0)), np.zeros(50, dtype=np.int64), 1) == 0
