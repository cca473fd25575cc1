import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.tabular import Column
from demarcate.tabular import outside_rows as module
from demarcate.tabular.outside_rows import OutsideRows, _tail_chance
from demarcate.tabular.trained_range import TrainedRange, TrainedRanges

AGE, SEEN = Column("age", "numerical"), Column("seen", "date")
PLAN = Column("plan", "categorical", categories=("Basic", "Pro"))
AGES = TrainedRange(400, 18.0, 25.0, 83.0, 90.0)
DAY = 86400.0


def rows_of(columns, ranges, *parts, rows_per_group=1.0):
    outside = OutsideRows(columns, TrainedRanges(ranges, rows_per_group))
    for part in parts:
        parsed = {name: cells if isinstance(cells, np.ndarray) else pl.Series(cells) for name, cells in part.items()}
        outside.add(parsed, len(next(iter(part.values()))))
    return outside


def message(columns, ranges, *parts, **settings):
    return rows_of(columns, ranges, *parts, **settings).message()


def ages(*cells):
    return {"age": np.array(cells, dtype=np.float64)}


def test_a_code_for_missing_values_is_named_with_its_row_and_the_range():
    assert message([AGE], {"age": AGES}, ages(40, -999, np.nan, 40)).startswith(
        "25% of 4 rows hold values outside what was trained on: 'age' in 25% (-999 in row 2; trained on 18 to 90)"
    )


def test_a_single_row_far_outside_is_warned_of():
    assert message([AGE], {"age": AGES}, ages(-999)).startswith(
        "the row holds values outside what was trained on: 'age' (-999 in row 1; trained on 18 to 90)"
    )


@pytest.mark.parametrize("cells", [(17,), (91, 40, 40), (17, 91), (100,), (np.nan,)])
def test_values_a_little_outside_are_no_surprise(cells):
    assert message([AGE], {"age": AGES}, ages(*cells)) == ""


def test_more_rows_a_little_outside_than_chance_explains_are_warned_of():
    assert "'age' in 30% (91 in row 8; trained on 18 to 90)" in message(
        [AGE], {"age": AGES}, ages(*[50] * 7, *[91] * 3)
    )


def test_rows_of_a_group_count_as_one():
    part = ages(*[50] * 7, *[91] * 3)
    assert message([AGE], {"age": AGES}, part, rows_per_group=3.0) == ""
    assert message([AGE], {"age": AGES}, ages(*[91] * 30), rows_per_group=3.0) != ""


def test_new_categories_are_named_and_no_other_is():
    told = message([PLAN], {}, {"plan": ["Basic", None, "Gold", "Gold", "Pro", "Iron", "Lead", "Tin"]})
    assert "62.5% of 8 rows" in told
    assert "'plan' in 62.5% (new: 'Gold', 'Iron', 'Lead' and 1 more, read as 'other'; row 3)" in told
    assert message([PLAN], {}, {"plan": ["Basic", None, "Pro"]}) == ""


def test_dates_are_written_as_dates():
    dates = TrainedRange(400, 0.0, 36 * DAY, 328 * DAY, 364 * DAY)
    told = message([SEEN], {"seen": dates}, {"seen": np.full(3, 3000 * DAY)})
    assert "'seen' in 100% (1978-03-20 in row 1; trained on 1970-01-01 to 1970-12-31)" in told


def test_rows_outside_in_several_columns_count_once():
    part = {**ages(-999, -999, 40, 40), "plan": ["Gold", "Pro", "Gold", "Pro"]}
    told = message([AGE, PLAN], {"age": AGES}, part)
    assert told.startswith("75% of 4 rows")
    assert "'age' in 50%" in told
    assert "'plan' in 50%" in told


def test_rows_of_columns_that_chance_explains_do_not_count():
    part = {**ages(17, -999, 40, 40), "height": np.array([1.0, 1.0, 1.0, 2.3])}
    height = TrainedRange(400, 0.5, 1.2, 1.9, 2.2)
    told = message([AGE, Column("height", "numerical")], {"age": AGES, "height": height}, part)
    assert told.startswith("50% of 4 rows")
    assert "height" not in told


def test_the_worst_columns_are_named_first_and_many_are_counted():
    columns = [Column(f"x{number}", "numerical") for number in range(7)]
    part = {column.name: np.repeat([-999.0, 50.0], [number + 1, 9 - number]) for number, column in enumerate(columns)}
    told = message(columns, dict.fromkeys(part, AGES), part)
    assert "trained on: 'x6' in 70%" in told
    assert "'x2' in 30% (-999 in row 1; trained on 18 to 90) and 2 more." in told


def test_a_model_that_keeps_no_ranges_knows_its_categories():
    outside = OutsideRows([AGE, PLAN], None)
    outside.add({**ages(-999), "plan": pl.Series(["Gold"])}, 1)
    assert outside.message().startswith("the row holds values outside what was trained on: 'plan' (new: 'Gold'")


def test_next_to_no_rows_are_counted_not_rounded_to_nothing():
    told = message([AGE], {"age": AGES}, ages(*[50] * 5000, -999))
    assert told.startswith("1 of 5,001 rows hold")


def test_what_is_told_apart_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "_MAX_PATTERNS", 1)
    monkeypatch.setattr(module, "_MAX_NEW_COUNTED", 2)
    part = {**ages(-999, 40, -999), "plan": ["Gold", "Iron", "Pro"]}
    outside = rows_of([AGE, PLAN], {"age": AGES}, part, {**ages(40), "plan": ["Tin"]})
    assert outside.message().startswith("100% of 4 rows")
    assert "'Gold', 'Iron', read" in outside.message()


@given(
    st.lists(st.tuples(st.sampled_from([50.0, 17.0, -999.0, 91.0, np.nan]), st.sampled_from(["Pro", "x", "y", None]))),
    st.integers(1, 5),
)
def test_a_table_in_parts_is_reported_as_the_whole_is(rows, n):
    def part(rows):
        return {**ages(*(age for age, _ in rows)), "plan": pl.Series([plan for _, plan in rows], dtype=pl.String)}

    def told(*parts):
        outside = OutsideRows([AGE, PLAN], TrainedRanges({"age": AGES}))
        for each in parts:
            outside.add(each, len(each["age"]))
        return outside.message()

    assert told(*(part(rows[start : start + n]) for start in range(0, len(rows), n))) == told(part(rows))


class TestTailChance:
    def test_it_is_the_share_of_orders_in_which_other_rows_are_the_largest(self):
        generator = np.random.default_rng(0)
        draws = generator.random((20_000, 30))
        beyond = (draws[:, 20:] > draws[:, :20].max(axis=1, keepdims=True)).sum(axis=1)
        for k in range(1, 4):
            assert _tail_chance(k, 10, 20, 1.0) == pytest.approx((beyond >= k).mean(), abs=0.01)

    def test_one_row_beyond_n_has_one_chance_in_n_plus_1(self):
        assert _tail_chance(1, 1, 99, 1.0) == pytest.approx(0.01)

    def test_tables_of_any_size_have_a_chance(self):
        assert _tail_chance(0, 10, 10, 1.0) == 1
        assert 0 <= _tail_chance(10**7, 2 * 10**7, 10**6, 1.0) < 1e-300


def test_tables_like_the_training_table_are_seldom_warned_of():
    """Of 200 pairs of tables, 8 columns each of all kinds of tails, at most 2 are told apart."""
    generator = np.random.default_rng(0)
    n, n_warned = 300, 0
    draws = [
        generator.normal,
        generator.standard_exponential,
        generator.standard_cauchy,
        generator.uniform,
        lambda size: generator.pareto(1.5, size),
        lambda size: generator.lognormal(0, 2, size),
        lambda size: generator.poisson(0.3, size).astype(np.float64),
        lambda size: generator.standard_t(3, size),
    ]
    columns = [Column(f"x{place}", "numerical") for place in range(len(draws))]
    for _ in range(200):
        ranges = {column.name: TrainedRange.of(draw(size=n)) for column, draw in zip(columns, draws, strict=True)}
        fresh = {column.name: draw(size=n) for column, draw in zip(columns, draws, strict=True)}
        n_warned += message(columns, ranges, fresh) != ""
    assert n_warned <= 2
