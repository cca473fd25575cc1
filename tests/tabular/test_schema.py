import json
import warnings

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.errors import InputError, InputWarning, SettingError
from demarcate.tabular import Column, Schema, infer_schema
from demarcate.tabular.cells import parse_categories

AGE, THAL = Column("age", "numerical"), Column("thal", "categorical", categories=("fixed", "normal"))
SEEN = Column("seen", "date", date_format="%d.%m.%Y")
SMOKES = Column("smokes", "boolean", categories=("false", "true"))
UNIT = Column("unit", "categorical", dropped="constant: every cell is 'mg'")
SCHEMA = Schema((AGE, THAL, SEEN, SMOKES, UNIT))
ROW = {"age": ["80"], "thal": ["fixed"], "seen": ["24.12.2020"], "smokes": ["no"]}


def test_columns_are_found_by_name_in_any_order():
    forwards, backwards = SCHEMA.parse(pl.DataFrame(ROW)), SCHEMA.parse(pl.DataFrame(dict(reversed(ROW.items()))))
    assert list(forwards) == list(backwards) == ["age", "thal", "seen", "smokes"]
    assert all(list(forwards[name]) == list(backwards[name]) for name in forwards)


def test_dropped_columns_need_not_be_there_and_cause_no_warning():
    assert SCHEMA.dropped == (UNIT,)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        SCHEMA.parse(pl.DataFrame(ROW))
        SCHEMA.parse(pl.DataFrame({**ROW, "unit": ["mg"]}))


def test_all_failures_of_a_table_are_in_one_message():
    with pytest.raises(InputError) as caught:
        SCHEMA.parse(pl.DataFrame({"age": ["old", "3", "older"], "seen": ["2020-12-24", "soon", "24.12.2020"]}))
    assert [problem.fact for problem in caught.value.problems] == [
        "Missing columns: 'thal', 'smokes'",
        "Column 'age' needs numbers: row 1 holds 'old', row 3 holds 'older'",
        "Column 'seen' needs dates: row 2 holds 'soon'",
    ]


def test_missing_columns_share_one_line_with_a_count():
    columns = tuple(Column(f"x{number}", "numerical") for number in range(18))
    with pytest.raises(InputError) as caught:
        Schema(columns).parse(pl.DataFrame({"y": [1]}))
    names = ", ".join(f"'x{number}'" for number in range(8))
    remedy = "Add them (cells may be empty), or train without them: --drop (drop in Python)"
    assert str(caught.value) == f"Missing columns: {names} and 10 more. {remedy}."


def test_of_many_bad_cells_some_are_named_and_the_rest_counted():
    with pytest.raises(InputError, match=r"row 5 holds 'x4' and 3 more\. Correct the cells or leave them empty"):
        Schema((AGE,)).parse(pl.DataFrame({"age": [f"x{row}" for row in range(8)]}))


def test_a_cell_as_long_as_a_document_is_quoted_in_part():
    with pytest.raises(InputError) as caught:
        Schema((AGE,)).parse(pl.DataFrame({"age": ["long " * 1000]}))
    assert len(str(caught.value)) < len("long " * 1000) / 10


@pytest.mark.parametrize("cells", [["3"], [3], [3.0], [" 3 "]])
@pytest.mark.parametrize("kind", ["numerical", "categorical"])
def test_three_is_three_however_it_is_stored(cells: list, kind: str):
    column = Column("x", kind, categories=("3",) if kind == "categorical" else ())
    assert list(Schema((column,)).parse(pl.DataFrame({"x": cells}))["x"]) == [3.0 if kind == "numerical" else "3"]


def test_unseen_categories_are_warned_of_by_name():
    frame = pl.DataFrame({**{name: cells * 2 for name, cells in ROW.items()}, "thal": ["unheard", "fixed"]})
    with pytest.warns(InputWarning, match=r"50% of 2 rows .* 'thal' in 50% \(new: 'unheard', read as 'other'; row 1\)"):
        SCHEMA.parse(frame)
    with pytest.warns(InputWarning, match=r"new: 'c0', 'c1', 'c2' and 4 more"):
        Schema((THAL,)).parse(pl.DataFrame({"thal": [f"c{index}" for index in range(7)]}))


def test_unknown_columns_are_warned_of_by_name():
    with pytest.warns(InputWarning, match="unknown columns are not used: 'shoe size'"):
        SCHEMA.parse(pl.DataFrame({**ROW, "shoe size": [44]}))


def test_missing_cells_are_nothing_to_warn_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parsed = SCHEMA.parse(pl.DataFrame({name: [""] for name in ROW}))
    assert np.isnan(parsed["age"]).all()
    assert np.isnan(parsed["seen"]).all()
    assert parsed["thal"].null_count() == parsed["smokes"].null_count() == 1


def test_a_schema_survives_json():
    document = json.loads(json.dumps(SCHEMA.to_json()))
    assert Schema.from_json(document) == SCHEMA


@pytest.mark.parametrize(
    "faulty",
    [{"kind": "colour"}, {"name": 3}, {"categories": (1, 2)}, {"date_format": "%H"}, {"note": None}],
    ids=lambda faulty: next(iter(faulty)),
)
def test_a_column_that_cannot_be_is_refused(faulty: dict):
    with pytest.raises(SettingError):
        Column(**{"name": "x", "kind": "date", **faulty})


def test_parsing_a_row_does_not_depend_on_the_others():
    frame = pl.DataFrame({"when": ["2020-01-01", "2020-01-02 10:30", "2020-01-03T01:00+01:00"], "x": ["1", "n/a", "3"]})
    schema = infer_schema(frame)
    whole = schema.parse(frame)
    for row in range(3):
        alone = schema.parse(frame[row : row + 1])
        assert all(np.array_equal(alone[name], cells[row : row + 1], equal_nan=True) for name, cells in whole.items())


READER_SCHEMA = Schema(
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


def outcome(parse):
    """Return the parsed columns, or the problems, and the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            parsed = parse()
        except InputError as error:
            return error.problems, None
    columns = {name: pl.Series(cells, nan_to_null=True).to_list() for name, cells in parsed.items()}
    return columns, [str(warning.message) for warning in caught]


@given(st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=12), st.integers(1, 5))
def test_a_table_in_parts_is_parsed_as_the_whole_is(rows, n):
    frame = pl.DataFrame(rows, schema=dict.fromkeys(CELLS, pl.String)).with_columns(extra=1)

    def in_parts():
        reader = READER_SCHEMA.reader()
        parsed = [reader.parse(part) for part in frame.iter_slices(n)]
        reader.close()
        assert reader.n_rows == len(frame)
        return {
            name: np.concatenate([part[name] for part in parsed])
            if isinstance(parsed[0][name], np.ndarray)
            else pl.concat([part[name] for part in parsed])
            for name in parsed[0]
        }

    assert outcome(in_parts) == outcome(lambda: READER_SCHEMA.parse(frame))


def test_problems_of_all_parts_are_reported_with_the_rows_of_the_table():
    reader = READER_SCHEMA.reader()
    part = pl.DataFrame({"age": ["1", "x"], "thal": ["fixed", None]})
    assert [reader.parse(part) for _ in range(4)] == [None] * 4
    with pytest.raises(InputError) as refusal:
        reader.close()
    assert [problem.fact for problem in refusal.value.problems] == [
        "Missing column: 'seen'",
        "Column 'age' needs numbers: row 2 holds 'x', row 4 holds 'x', row 6 holds 'x', row 8 holds 'x'",
    ]


@pytest.mark.parametrize("cells", [["a", "3", None, "12:00:01.5"], [" a", "3.0", "", "new"], [None, None]])
def test_words_that_are_all_known_are_read_as_others_are(cells):
    column = Column("thal", "categorical", categories=("12:00:01.5", "3", "a", "a"))
    words = pl.Series("thal", cells, dtype=pl.String)
    assert column.parse_words(words).equals(parse_categories(words), null_equal=True)


@pytest.mark.parametrize("cells", [[True, False, None], [3, -1, None, 2**53 + 1]])
def test_booleans_and_whole_numbers_are_read_as_their_text_is(cells):
    column, text = pl.Series(cells), pl.Series([None if cell is None else str(cell) for cell in cells])
    kind = "boolean" if cells[0] is True else "categorical"
    read = [Column("x", kind).parse_words(each).to_list() for each in (column, text)]
    assert read[0] == read[1]
