import warnings

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.errors import InputError, InputWarning
from demarcate.tabular import schema as module
from demarcate.tabular.schema import Column, Schema

SCHEMA = Schema(
    (
        Column("age", "numerical"),
        Column("thal", "categorical", categories=("fixed", "normal")),
        Column("seen", "date"),
        Column("unit", "categorical", dropped="constant"),
    )
)
CELLS = {
    "age": st.sampled_from(["63", " 3.5 ", "inf", "n/a", None, "old", "1e400"]),
    "thal": st.sampled_from(["fixed", "normal", "reversible", "", None]),
    "seen": st.sampled_from(["2020-01-31", "", None, "yesterday"]),
}


def told(read):
    """What comes of reading: columns, or problems; and warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            parsed = read()
        except InputError as error:
            return error.problems, None
    columns = {name: pl.Series(cells, nan_to_null=True).to_list() for name, cells in parsed.items()}
    return columns, [str(warning.message) for warning in caught]


@given(st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=12), st.integers(1, 5))
def test_a_table_in_parts_is_told_of_as_the_whole_is(rows, n):
    frame = pl.DataFrame(rows, schema=dict.fromkeys(CELLS, pl.String)).with_columns(extra=1)

    def in_parts():
        reader = SCHEMA.reader()
        taken = [reader.take(part) for part in frame.iter_slices(n)]
        reader.close()
        assert reader.n_rows == len(frame)
        return {
            name: np.concatenate([part[name] for part in taken])
            if isinstance(taken[0][name], np.ndarray)
            else pl.concat([part[name] for part in taken])
            for name in taken[0]
        }

    assert told(in_parts) == told(lambda: SCHEMA.parse(frame))


def test_problems_of_all_parts_are_told_with_the_rows_of_the_table():
    reader = SCHEMA.reader()
    part = pl.DataFrame({"age": ["1", "x"], "thal": ["fixed", None]})
    assert [reader.take(part) for _ in range(4)] == [None] * 4
    with pytest.raises(InputError) as refusal:
        reader.close()
    assert [problem.found for problem in refusal.value.problems] == [
        "'seen' is missing",
        "row 2 holds 'x', row 4 holds 'x', row 6 holds 'x', row 8 holds 'x'",
    ]


def test_categories_never_seen_are_counted_up_to_a_bound(monkeypatch):
    monkeypatch.setattr(module, "_MAX_COUNTED", 10)
    reader = Schema(SCHEMA.columns[1:2]).reader()
    for first in range(0, 100, 10):
        reader.take(pl.DataFrame({"thal": [f"new {number}" for number in range(first, first + 10)]}))
    with pytest.warns(InputWarning, match=r"'new 4' and 5 more$"):
        reader.close()
