import numpy as np
import pytest

N_ROWS = 400


@pytest.fixture
def honest(codes, generator):
    """Columns that together tell about as much as those of heart disease: ROC AUC 0.85 to 0.9."""
    return {f"x{place}": codes * 0.7 + generator.normal(size=N_ROWS) for place in range(5)}


def named(findings):
    return {finding.columns[0] for finding in findings if finding.rule == "dominant"}


def test_a_noisy_copy_of_the_target_is_warned_of(check, codes, honest, generator):
    leaking = codes + generator.normal(size=N_ROWS) * 0.35
    (finding,) = check({"risk": leaking}, beside=honest)
    assert (finding.rule, finding.severity, finding.columns) == ("dominant", "warning", ("risk",))
    assert finding.numbers["told"] > 0.6 > finding.numbers["others_told"]
    assert finding.numbers["roc_auc"] == pytest.approx(0.977, abs=0.02)
    assert f"ROC AUC {finding.numbers['roc_auc']:.3f} and {finding.numbers['others_roc_auc']:.3f}" in finding.text


def test_nearly_a_copy_is_said_in_other_words(check, codes):
    wrong = np.arange(N_ROWS) % 50 == 0
    nearly = np.where(wrong, 1 - codes, codes)
    for told in (nearly, np.where(nearly == 1, "x", "y"), nearly + np.arange(N_ROWS) / (2 * N_ROWS)):
        assert named(check({"told": told})) == {"told"}


def test_a_strong_column_among_strong_ones_is_honest(check, codes, generator):
    lie = codes * 2.6 + generator.normal(size=N_ROWS)
    strong = {f"x{place}": lie + 0.3 * generator.normal(size=N_ROWS) for place in range(3)}
    assert named(check({"best": lie}, beside=strong)) == set()


def test_columns_of_moderate_strength_are_honest(check, honest):
    assert named(check({}, beside=honest)) == set()


@pytest.mark.parametrize("names", [("risk", "points"), ("risk", "points", "bill")])
def test_noisy_copies_do_not_excuse_each_other(names, check, codes, honest, generator):
    leaks = {name: codes + generator.normal(size=N_ROWS) * 0.3 for name in names}
    findings = check(leaks, beside=honest)
    assert named(findings) == set(names)
    assert f"than all columns but the {len(names)} strongest: " in findings[0].text


def test_a_noisy_place_of_three_classes_is_warned_of(check, three, generator):
    leaking = np.array([2, 0, 1])[three] + generator.normal(size=N_ROWS) * 0.25
    assert named(check({"points": leaking}, three)) == {"points"}


def test_a_single_column_has_nothing_to_be_compared_with(check, codes, generator):
    assert named(check({"x": codes + generator.normal(size=N_ROWS) * 0.35}, beside={})) == set()


def test_a_few_rows_prove_nothing(check, codes, generator):
    few = {"x": codes[:40] + generator.normal(size=40) * 0.35, "y": generator.normal(size=40)}
    assert named(check(few, codes[:40], beside={})) == set()


def test_thousands_of_columns_on_a_few_rows_raise_no_alarm(check, generator):
    wide = {f"x{place}": generator.normal(size=60) for place in range(1000)}
    assert named(check(wide, np.arange(60) % 2, beside={})) == set()
