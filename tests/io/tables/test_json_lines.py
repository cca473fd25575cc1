import json
import math

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from demarcate.errors import InputError, InputWarning
from demarcate.io.tables.json_lines import read_json_lines

REPEATABLE = settings(deadline=None, derandomize=True)

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"), max_size=5)
)


def read(*lines):
    return read_json_lines("\n".join(lines), "a.jsonl")


def column(*cells):
    return read(*(f'{{"x": {cell}}}' for cell in cells))["x"]


def problems(*lines):
    with pytest.raises(InputError) as refusal:
        read(*lines)
    return [problem.fact for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("cells", "dtype", "values"),
    [
        (["1", "null", "-0"], pl.Int64, [1, None, 0]),
        ([str(2**63 - 1), str(-(2**63))], pl.Int64, [2**63 - 1, -(2**63)]),
        (["1", str(2**63)], pl.String, ["1", str(2**63)]),
        (["9" * 5000], pl.String, ["9" * 5000]),
        (["1", "2.5", "1e2"], pl.Float64, [1.0, 2.5, 100.0]),
        (["Infinity", "-Infinity", "1e999"], pl.Float64, [math.inf, -math.inf, math.inf]),
        ([str(2**53), "0.5"], pl.Float64, [float(2**53), 0.5]),
        ([str(2**53 + 1), "0.50"], pl.String, [str(2**53 + 1), "0.50"]),
        (["true", "false", "null"], pl.Boolean, [True, False, None]),
        (['"a"', '""'], pl.String, ["a", ""]),
        (["true", "1", "1.50", '"x"', "null"], pl.String, ["true", "1", "1.50", "x", None]),
        (["null", "null"], pl.String, [None, None]),
    ],
)
def test_column_types(cells, dtype, values):
    series = column(*cells)
    assert series.dtype == dtype
    assert series.to_list() == values


def test_nan_is_a_number():
    assert column("NaN", "1").is_nan().to_list() == [True, False]


def test_columns_are_all_keys_in_order_of_first_appearance():
    frame = read('{"b": 1}', '{"a": 2, "b": 3}', '{"c": "x"}')
    assert frame.columns == ["b", "a", "c"]
    assert frame.rows() == [(1, None, None), (3, 2, None), (None, None, "x")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_blank_lines_are_skipped_and_counted(line_end):
    assert read_json_lines(line_end.join(["", '{"a": 1}', "  ", '{"a": 2}', ""]), "a.jsonl").height == 2
    with pytest.raises(InputError, match=r"'a.jsonl' line 3, column 1 is not JSON"):
        read_json_lines(line_end.join(["", '{"a": 1}', "nonsense"]), "a.jsonl")


def test_line_separators_inside_texts_end_no_line():
    assert column('"a\u2028b\x85c"').to_list() == ["a\u2028b\x85c"]


@REPEATABLE
@given(st.lists(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), PLAIN, max_size=4), min_size=1))
def test_any_rows_are_read_back(rows):
    keys = list(dict.fromkeys(key for row in rows for key in row))
    assume(all(keys) and all(key == key.strip() for key in keys))
    if not keys:
        assert problems(*map(json.dumps, rows)) == ["'a.jsonl' has only empty objects"]
        return
    frame = read(*map(json.dumps, rows))
    assert frame.columns == keys
    for key in keys:
        assert frame[key].to_list() == expected([row.get(key) for row in rows], frame[key].dtype)


def expected(cells, dtype):
    if dtype == pl.String:
        return [cell if cell is None or isinstance(cell, str) else json.dumps(cell) for cell in cells]
    return cells


def test_all_failures_are_named_at_once():
    assert problems('{"a": 1', "[1]", '{"a": [1], "b": {}}', '{"a": 1, "b": 2, "a": 3, "b": 4}', '{"a": 1} x', "7") == [
        "'a.jsonl' line 1, column 8 is not JSON (Expecting ',' delimiter)",
        "'a.jsonl' line 2 holds a list",
        "'a.jsonl' line 3 has a list under 'a', not a plain value",
        "'a.jsonl' line 3 has an object under 'b', not a plain value",
        "'a.jsonl' line 4 repeats the key 'a', 'b'",
        "'a.jsonl' line 5, column 10 is not JSON (Extra data)",
        "'a.jsonl' line 6 holds a number",
    ]


@pytest.mark.parametrize(
    ("line", "kind"), [("null", "null"), ("true", "a truth value"), ('"a"', "a text"), ("NaN", "a number")]
)
def test_line_that_is_no_object_is_refused(line, kind):
    assert problems(line) == [f"'a.jsonl' line 1 holds {kind}"]


def test_deep_nesting_is_refused():
    assert problems("[" * 100_000) == ["'a.jsonl' line 1 is nested too deeply"]


@pytest.mark.parametrize("line", [r'{"a": "\ud800"}', r'{"\uDFFF": 1}'])
def test_half_a_character_is_refused(line):
    assert problems(line) == [r"'a.jsonl' line 1 holds half a character (a lone \ud800 to \udfff)"]


def test_escaped_pair_is_one_character():
    assert column(r'"\ud83d\ude00"').to_list() == ["😀"]


def test_empty_key_becomes_a_name_with_a_warning():
    with pytest.warns(InputWarning, match="they are called 'column_2'"):
        assert read('{"a": 1, "": 2}').columns == ["a", "column_2"]
    assert problems('{"column_2": 1, "": 2}') == [
        "'a.jsonl' has more than one column named 'column_2': columns 1 and 2 (without a name)"
    ]


def test_table_without_rows_is_refused():
    assert problems("", " ") == ["'a.jsonl' has no rows"]
