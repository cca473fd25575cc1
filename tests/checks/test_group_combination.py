import numpy as np
import pytest

from demarcate.checks.group_combination import group_combination
from demarcate.checks.table_view import TableView
from demarcate.tabular import as_frame, infer_schema
from demarcate.tabular.dependence import Dependence

N_SUBJECTS, N_EACH = 80, 6


def combinations(columns, codes, dependence=None):
    frame = as_frame(columns)
    schema = infer_schema(frame)
    view = TableView(schema, schema.parse(frame), np.asarray(codes), np.arange(2), dependence=dependence)
    return [finding.columns for finding in group_combination(view)]


@pytest.fixture(scope="module")
def table():
    """Rows of 80 subjects in random order, whose age, sex and height do not vary."""
    generator = np.random.default_rng(6)
    subject = generator.permutation(np.repeat(np.arange(N_SUBJECTS), N_EACH))
    columns = {
        "age": generator.integers(30, 80, N_SUBJECTS)[subject],
        "sex": generator.choice(["f", "m"], N_SUBJECTS)[subject],
        "height": generator.normal(171, 10, N_SUBJECTS).round()[subject],
        "rating": generator.integers(1, 6, len(subject)),
    }
    columns |= {
        f"x{index}": generator.normal(size=N_SUBJECTS)[subject] + 0.5 * generator.normal(size=len(subject))
        for index in range(4)
    }
    return columns, generator.integers(2, size=N_SUBJECTS)[subject]


def test_constant_columns_together_name_subjects(table):
    (names,) = combinations(*table)
    assert set(names) <= {"age", "sex", "height"}
    assert {"age", "height"} <= set(names)


def test_rows_of_which_each_is_a_subject_have_no_combination(table):
    columns, codes = table
    people = columns["age"] * 1000 + columns["height"] + (columns["sex"] == "f") / 2
    rows = np.unique(people, return_index=True)[1]
    assert not combinations({name: cells[rows] for name, cells in columns.items()}, codes[rows])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_columns_that_depend_on_one_another_are_no_combination(seed):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(1500, 2))
    columns = {
        "age": np.clip(50 + 12 * x[:, 0], 18, 90).astype(int),
        "years": np.clip(20 + 12 * x[:, 0] + 3 * generator.normal(size=1500), 0, 70).astype(int),
        "region": generator.choice(list("abcdef"), 1500),
        "income": (x.sum(1) + generator.normal(size=1500)).round(1),
        "visits": generator.poisson(np.exp(1 + 0.5 * x[:, 1])),
        "score": x[:, 1] + generator.normal(size=1500),
    }
    assert not combinations(columns, (x[:, 0] + generator.normal(size=1500) > 0).astype(int))


def test_nothing_is_found_once_the_groups_are_named(table):
    groups = np.arange(len(table[1])) // 2
    assert not combinations(*table, Dependence(groups=groups))
