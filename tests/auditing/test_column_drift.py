import json

import numpy as np
import polars as pl
import pytest
from scipy import stats

from demarcate.auditing.column_drift import compare_columns

N_ROWS = 400


@pytest.fixture
def generator():
    return np.random.default_rng(5)


def named(columns):
    return [column.name for column in columns]


def test_a_moved_number_is_named_with_both_medians(generator):
    first, second = generator.normal(50, 10, N_ROWS), generator.normal(58, 10, N_ROWS)
    same = generator.normal(size=N_ROWS), generator.normal(size=N_ROWS)
    (column,) = compare_columns({"age": first, "dose": same[0]}, {"age": second, "dose": same[1]})
    assert str(column) == f"'age': median {np.median(first):.4g} -> {np.median(second):.4g}"
    expected = stats.ks_2samp(first, second, method="asymp")
    assert (column.distance, column.p_value) == pytest.approx((expected.statistic, expected.pvalue))


def test_a_stretched_number_is_named_with_where_nine_in_ten_are(generator):
    first, second = generator.normal(size=N_ROWS), 3 * generator.normal(size=N_ROWS)
    (column,) = compare_columns({"x": first}, {"x": second})
    assert "nine in ten from -1." in column.text


def test_changed_shares_of_categories_are_named(generator):
    first = pl.Series(generator.choice(["web", "shop", "phone"], N_ROWS, p=[0.2, 0.6, 0.2]))
    second = pl.Series(generator.choice(["web", "shop", "phone"], N_ROWS, p=[0.5, 0.3, 0.2]))
    (column,) = compare_columns({"channel": first}, {"channel": second})
    for word in ("shop", "web"):
        assert f"'{word}' {(first == word).mean():.1%} -> {(second == word).mean():.1%}" in column.text
    shares = [np.array([(cells == word).mean() for word in ("web", "shop", "phone")]) for cells in (first, second)]
    assert column.distance == pytest.approx(np.abs(shares[0] - shares[1]).sum() / 2)


def test_new_categories_are_named(generator):
    first = pl.Series(generator.choice(["web", "shop"], N_ROWS))
    second = pl.Series(generator.choice(["web", "shop", "app"], N_ROWS))
    (column,) = compare_columns({"channel": first}, {"channel": second})
    assert column.unseen == ("app",)
    assert f"{(second == 'app').sum()} rows of new categories ('app')" in column.text


@pytest.mark.parametrize("kind", ["number", "word"])
def test_missing_cells_are_compared_apart_from_what_is_there(kind, generator):
    numbers = generator.normal(size=N_ROWS)
    gone = np.arange(N_ROWS) % 5 == 0
    if kind == "number":
        first, second = numbers, np.where(gone, np.nan, numbers)
    else:
        words = np.where(numbers > 0, "a", "b")
        first, second = pl.Series(words), pl.Series([None if g else word for g, word in zip(gone, words, strict=True)])
    (column,) = compare_columns({"x": first}, {"x": second})
    assert (column.text, column.distance) == ("missing in 0.0% -> 20.0% of rows", 0.2)


def test_two_changes_of_one_column_are_one_result(generator):
    second = np.where(np.arange(N_ROWS) % 5 == 0, np.nan, generator.normal(2, 1, N_ROWS))
    (column,) = compare_columns({"x": generator.normal(size=N_ROWS)}, {"x": second})
    assert column.text.startswith("missing in 0.0% -> 20.0% of rows; median ")


def test_samples_of_one_table_do_not_differ(generator):
    alarms = 0
    for _ in range(60):
        both = [
            {
                "x": generator.normal(size=100),
                "n": generator.poisson(2, 100) * 1.0,
                "w": pl.Series(generator.choice([f"w{place}" for place in range(40)], 100)),
                "g": np.where(generator.random(100) < 0.1, np.nan, 1.0),
            }
            for _ in range(2)
        ]
        alarms += bool(compare_columns(*both))
    assert alarms <= 3


def test_a_sure_but_small_difference_does_not_matter(generator):
    first, second = generator.normal(size=100_000), generator.normal(0.05, 1, 100_000)
    assert stats.ks_2samp(first, second).pvalue < 1e-6
    assert compare_columns({"x": first}, {"x": second}) == []


def test_too_few_cells_are_not_compared():
    assert compare_columns({"x": np.arange(10.0)}, {"x": np.arange(10.0) + 100}) == []
    assert compare_columns({"x": np.full(50, np.nan)}, {"x": np.full(50, np.nan)}) == []


def test_the_largest_difference_comes_first_and_is_ready_for_json(generator):
    first = {name: generator.normal(size=N_ROWS) for name in ("a", "b")}
    second = {"a": first["a"] + 0.5, "b": first["b"] + 3}
    columns = compare_columns(first, second)
    assert named(columns) == ["b", "a"]
    assert json.loads(json.dumps(columns[0].to_json()))["column"] == "b"
