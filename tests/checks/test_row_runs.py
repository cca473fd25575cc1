import numpy as np
import pytest

from demarcate.checks.row_runs import row_runs
from demarcate.checks.table_view import TableView
from demarcate.tabular import as_frame, infer_schema
from demarcate.tabular.dependence import Dependence

N_SUBJECTS, N_EACH = 60, 6


def runs(columns, codes, dependence=None):
    frame = as_frame(columns)
    schema = infer_schema(frame)
    view = TableView(schema, schema.parse(frame), np.asarray(codes), np.arange(2), dependence=dependence)
    return list(row_runs(view))


@pytest.fixture(scope="module")
def table():
    """Rows sorted by subject, whose age, sex and two of three measurements hardly vary."""
    generator = np.random.default_rng(2)
    subject = np.repeat(np.arange(N_SUBJECTS), N_EACH)
    columns = {
        "age": generator.integers(30, 80, N_SUBJECTS)[subject],
        "sex": generator.choice(["f", "m"], N_SUBJECTS)[subject],
        "weight": (generator.normal(70, 10, N_SUBJECTS)[subject] + generator.normal(0, 1, len(subject))).round(1),
        "pulse": generator.normal(size=N_SUBJECTS)[subject] + generator.normal(0, 0.2, len(subject)),
        "noise": generator.normal(size=len(subject)),
    }
    return columns, generator.integers(2, size=N_SUBJECTS)[subject]


def permuted(table, order):
    columns, codes = table
    return {name: cells[order] for name, cells in columns.items()}, codes[order]


def test_a_table_sorted_by_subject_is_found_without_their_ids(table):
    (finding,) = runs(*table)
    assert (finding.severity, finding.columns, finding.numbers["kind"]) == ("warning", (), "runs")
    assert finding.numbers["near_equal_in"] == ["age", "pulse", "sex", "weight"]
    assert finding.numbers["n_groups"] == pytest.approx(N_SUBJECTS, rel=0.2)
    assert "add a column that names the subject" in finding.text


def test_two_columns_that_stay_the_same_are_enough(table):
    columns, codes = table
    generator = np.random.default_rng(0)
    noise = {f"noise {index}": generator.normal(size=len(codes)) for index in range(10)}
    (finding,) = runs({"age": columns["age"], "sex": columns["sex"], **noise}, codes)
    assert finding.numbers["near_equal_in"] == ["age", "sex"]


def test_rows_in_random_order_have_no_runs(table):
    assert not runs(*permuted(table, np.random.default_rng(1).permutation(N_SUBJECTS * N_EACH)))


@pytest.mark.parametrize("by", ["age", "weight", "noise"])
def test_a_table_sorted_by_a_column_has_no_runs(by, table):
    shuffled = permuted(table, np.random.default_rng(1).permutation(N_SUBJECTS * N_EACH))
    assert not runs(*permuted(shuffled, np.argsort(shuffled[0][by], kind="stable")))


def test_a_table_sorted_by_several_columns_has_no_runs(table):
    columns = {name: table[0][name] for name in ("age", "sex", "noise")}
    columns["rounded"] = (columns["age"] / 10).astype(int)
    order = np.lexsort((columns["noise"], columns["sex"], columns["rounded"]))
    assert not runs({name: cells[order] for name, cells in columns.items()}, table[1][order])


def test_a_table_sorted_by_class_has_no_runs():
    generator = np.random.default_rng(3)
    codes = np.repeat([0, 1], 200)
    columns = {f"x{index}": codes + 0.5 * generator.normal(size=400) for index in range(4)}
    assert not runs(columns, codes)


def test_series_in_the_order_of_time_have_no_runs():
    generator = np.random.default_rng(4)
    columns = {f"x{index}": np.convolve(generator.normal(size=1019), np.ones(20), "valid") for index in range(4)}
    assert not runs(columns, generator.integers(2, size=1000))


def test_every_combination_of_values_in_order_has_no_runs():
    grid = np.stack(np.meshgrid(*[np.arange(n) for n in (6, 5, 4, 6)], indexing="ij"), axis=-1).reshape(-1, 4)
    columns = {f"x{index}": grid[:, index] for index in range(4)}
    assert not runs(columns, grid.sum(1) % 2)


def test_nothing_is_found_once_the_caller_says_how_rows_depend(table):
    columns, codes = table
    assert not runs(columns, codes, Dependence(times=np.arange(float(len(codes)))))
