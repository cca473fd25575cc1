import numpy as np
import pytest

N_ROWS = 400


def named(findings):
    return {finding.columns[0] for finding in findings if finding.rule == "identifier"}


@pytest.fixture
def numbers(generator):
    """Numbers that rise by one to three."""
    return 1000 + np.cumsum(generator.integers(1, 4, size=N_ROWS))


@pytest.mark.parametrize("order", ["rising", "shuffled"])
def test_numbers_that_hardly_repeat_are_warned_of(order, check, numbers, generator):
    cells = numbers if order == "rising" else generator.permutation(numbers)
    (finding,) = check({"case": cells})
    assert (finding.rule, finding.severity, finding.columns) == ("identifier", "warning", ("case",))
    assert "400 different whole numbers in 400 rows, where random numbers from" in finding.text
    assert "New rows have other numbers: leave it out with drop. If rows belong to subjects" in finding.text


def test_repeated_rows_do_not_hide_an_identifier(check, numbers, noise, codes):
    again = np.concatenate([np.arange(N_ROWS), np.arange(60)])
    columns = {name: cells[again] for name, cells in {"case": numbers, **noise}.items()}
    assert named(check(columns, codes[again], beside={})) == {"case"}


def test_rows_sorted_by_class_are_mentioned(check, numbers, codes, generator):
    nearly_sorted = np.argsort(np.argsort(codes + generator.normal(size=N_ROWS)))
    (finding,) = [found for found in check({"case": numbers[nearly_sorted]}) if found.rule == "identifier"]
    assert finding.numbers["roc_auc"] > 0.65
    assert "It ranks the classes (ROC AUC 0." in finding.text


def test_a_name_and_numbers_far_apart_are_enough(check, generator):
    far = generator.permutation(10_000_000)[:N_ROWS]
    assert named(check({"patient_id": far, "cholesterol": far * 3 % 9_999_991})) == {"patient_id"}


def test_columns_left_out_as_identifiers_are_noted(check, generator):
    columns = {"name": [f"C-{number}" for number in generator.permutation(N_ROWS)], "row": np.arange(N_ROWS)}
    findings = check(columns)
    assert named(findings) == {"name", "row"}
    assert {finding.severity for finding in findings} == {"note"}


@pytest.mark.parametrize("kind", ["counts", "measured", "large counts"])
def test_measurements_are_none(kind, check, generator):
    cells = {
        "counts": generator.poisson(40, N_ROWS),
        "measured": generator.normal(size=N_ROWS),
        "large counts": generator.integers(5000, size=N_ROWS),
    }[kind]
    assert named(check({"x": cells, "id_card_checked": cells})) == set()
