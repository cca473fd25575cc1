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
def test_numbers_that_hardly_repeat_are_warned_of(order, audit, numbers, generator):
    cells = numbers if order == "rising" else generator.permutation(numbers)
    (finding,) = audit({"case": cells})
    assert (finding.rule, finding.severity, finding.columns) == ("identifier", "warning", ("case",))
    assert "400 different whole numbers in 400 rows, where numbers drawn from" in finding.text
    assert finding.text.endswith("New rows have other numbers: leave it out with drop")


def test_repeated_rows_do_not_hide_an_identifier(audit, numbers, noise, codes):
    again = np.concatenate([np.arange(N_ROWS), np.arange(60)])
    columns = {name: cells[again] for name, cells in {"case": numbers, **noise}.items()}
    assert named(audit(columns, codes[again], beside={})) == {"case"}


def test_an_order_that_knew_the_classes_is_told(audit, numbers, codes, generator):
    nearly_sorted = np.argsort(np.argsort(codes + generator.normal(size=N_ROWS)))
    (finding,) = [found for found in audit({"case": numbers[nearly_sorted]}) if found.rule == "identifier"]
    assert finding.numbers["roc_auc"] > 0.65
    assert "It ranks the classes (ROC AUC 0." in finding.text


def test_a_name_and_numbers_far_apart_are_enough(audit, generator):
    far = generator.permutation(10_000_000)[:N_ROWS]
    assert named(audit({"patient_id": far, "cholesterol": far * 3 % 9_999_991})) == {"patient_id"}


def test_columns_left_out_as_identifiers_are_noted(audit, generator):
    columns = {"name": [f"C-{number}" for number in generator.permutation(N_ROWS)], "row": np.arange(N_ROWS)}
    findings = audit(columns)
    assert named(findings) == {"name", "row"}
    assert {finding.severity for finding in findings} == {"note"}


@pytest.mark.parametrize("kind", ["counts", "measured", "large counts"])
def test_measurements_are_none(kind, audit, generator):
    cells = {
        "counts": generator.poisson(40, N_ROWS),
        "measured": generator.normal(size=N_ROWS),
        "large counts": generator.integers(5000, size=N_ROWS),
    }[kind]
    assert named(audit({"x": cells, "id_card_checked": cells})) == set()
