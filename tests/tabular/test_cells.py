import math

import polars as pl
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from demarcate.tabular.cells import MISSING_WORDS, find_numbers, parse_booleans, parse_categories, parse_numbers

_numerals = st.from_regex(r"[+-]?([0-9]{1,20}\.?[0-9]{0,5}|\.[0-9]{1,5})([eE][+-]?[0-9]{1,3})?", fullmatch=True)


@given(text=_numerals)
@example(text="1e999")
@example(text="-0.0")
def test_every_numeral_is_read_as_python_reads_it(text: str):
    parsed = parse_numbers(pl.Series([f" {text}\t"]))
    expected = float(text)
    assert not parsed.bad[0]
    assert parsed.values[0] == expected if math.isfinite(expected) else math.isnan(parsed.values[0])


@given(text=st.text(max_size=8))
def test_text_is_a_number_missing_or_bad_and_never_silently_lost(text: str):
    parsed = parse_numbers(pl.Series([text], dtype=pl.String))
    stripped = pl.Series([text], dtype=pl.String).str.strip_chars()[0].lower()
    says_nothing = stripped in MISSING_WORDS or stripped.lstrip("+-") in ("nan", "inf", "infinity")
    assert parsed.bad[0] == (math.isnan(parsed.values[0]) and not says_nothing)


@pytest.mark.parametrize("word", ["", " ", "NA", "n/a", "NaN", "NULL", "None", "?", "-", ".", "missing", "NaT", "<NA>"])
def test_words_for_missing_are_missing_among_numbers(word: str):
    parsed = parse_numbers(pl.Series([word]))
    assert math.isnan(parsed.values[0])
    assert not parsed.bad[0]


@pytest.mark.parametrize("cells", [["inf", "-Infinity", "INF"], [math.inf, -math.inf, math.nan], [None, None, None]])
def test_infinities_are_missing(cells: list):
    parsed = parse_numbers(pl.Series(cells, dtype=pl.String if cells[0] is None else None))
    assert all(map(math.isnan, parsed.values))
    assert not parsed.bad.any()


@pytest.mark.parametrize("word", ["three", "1,5", "1_000", "0x10", "12kg", "٣", "--1"])
def test_other_text_among_numbers_is_bad(word: str):
    assert parse_numbers(pl.Series([word])).bad.tolist() == [True]


def test_truth_values_count_as_one_and_nought_whether_typed_or_written():
    assert parse_numbers(pl.Series([True, False, None])).values.tolist()[:2] == [1.0, 0.0]
    assert parse_numbers(pl.Series(["True", "false", None])).values.tolist()[:2] == [1.0, 0.0]


def test_three_has_one_spelling():
    for cells in ([3], [3.0], ["3"], ["3.0"], [" 3 "], ["+3"], ["3e0"]):
        assert parse_categories(pl.Series(cells)).to_list() == ["3"]


@pytest.mark.parametrize("text", ["007", "-05", "NA", "none", "?", "3a", "2020-01-31", "9007199254740993"])
def test_codes_and_words_keep_their_spelling_as_categories(text: str):
    assert parse_categories(pl.Series([text])).to_list() == [text]


def test_whole_numbers_too_large_for_a_float_stay_apart_as_categories():
    large = [2**53, 2**53 + 1, 2**53 + 2]
    assert parse_categories(pl.Series(large)).n_unique() == 3
    assert parse_categories(pl.Series(list(map(str, large)))).to_list() == parse_categories(pl.Series(large)).to_list()


def test_empty_cells_are_missing_among_categories():
    assert parse_categories(pl.Series(["", "  ", None, "a"])).to_list() == [None, None, None, "a"]
    assert parse_categories(pl.Series([math.nan, None, 1.0])).to_list() == [None, None, "1"]


@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_the_same_category_as_its_text(number: float):
    assume(abs(number) < 2**53)
    assert parse_categories(pl.Series([number])).to_list() == parse_categories(pl.Series([repr(number)])).to_list()


@given(cells=st.lists(st.text(max_size=5) | st.none(), max_size=10))
def test_spelling_a_category_again_changes_nothing(cells: list):
    once = parse_categories(pl.Series(cells, dtype=pl.String))
    assert parse_categories(once).to_list() == once.to_list()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["Yes", "NO", "y", "n", " t ", "F", "TRUE", "false"], ["true", "false"] * 4),
        ([1, 0, None], ["true", "false", None]),
        ([1.0, 0.0, None], ["true", "false", None]),
        (["1.0", "0", "n/a"], ["true", "false", None]),
        ([True, False, None], ["true", "false", None]),
        (["perhaps", "2"], ["perhaps", "2"]),
    ],
)
def test_yes_and_no_in_every_spelling(cells: list, expected: list):
    assert parse_booleans(pl.Series(cells)).to_list() == expected


def test_codes_are_not_numbers():
    texts = ["1", "-2.5", "1e3", "inf", "0", "0.5", "007", "1,5", "nan", "12kg"]
    assert find_numbers(pl.Series(texts))[0].to_list() == [True] * 6 + [False] * 4


def test_whole_numbers_from_two_to_the_53_on_are_too_large():
    texts = [str(2**53 - 1), str(2**53), str(2**53 + 1), "-1" + "0" * 30, "1e30"]
    is_number, is_too_large = find_numbers(pl.Series(texts))
    assert is_number.all()
    assert is_too_large.to_list() == [False, True, True, True, False]


def test_zeros_at_the_end_of_a_time_are_dropped():
    times = pl.Series(["09:30:00.000000000", "09:30:00.250"])
    assert parse_categories(times).to_list() == ["09:30:00", "09:30:00.25"]
