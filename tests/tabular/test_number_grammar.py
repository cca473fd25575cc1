import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.tabular.number_grammar import NumberParts, digit_values, normalised


def values(*texts, decimal=".", thousands=","):
    return NumberParts.of(pl.Series(texts)).values(decimal, thousands).to_list()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$44,328.11", 44328.11),
        ("9.0%", 9.0),
        ("(6,502)", -6502.0),
        ("\u2212759", -759.0),
        ("759-", -759.0),
        ("1.2k", 1200.0),
        ("$-5", -5.0),
        ("-$5", -5.0),
        ("USD 5", 5.0),
        ("12 mm Hg", 12.0),
        ("25 kg/m2", 25.0),
        ("1,23,456.5", 123456.5),
        ("5e-1", 0.5),
        ("~5", 5.0),
        ("<0.3", 0.15),
        (">5", 5.0),
        ("100.-", 100.0),
        ("3 Mio. \u20ac", 3e6),
        ("+5", 5.0),
        (".5", 0.5),
    ],
)
def test_a_number_is_read_whatever_is_written_around_its_digits(text, value):
    assert values(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "V57",
        "PT-0023",
        "30-39",
        "1/2",
        "(5",
        "-5-",
        "-(5)",
        "[0-10)",
        "12:5",
        "a",
        "",
        "5'",
        "1.2.3",
        "192.168.1.1",
        "\uff13",
    ],
)
def test_what_is_no_number_has_no_value(text):
    assert values(text) == [None]


@pytest.mark.parametrize("text", ["007", "0012", "1,23", "12,3456", "1,2345", ",123,456", "01.5"])
def test_digits_that_do_not_fit_the_separators_have_no_value(text):
    assert values(text) == [None]


@pytest.mark.parametrize(("text", "seconds"), [("20:40", 1240), ("1:02:03", 3723), ("0:05.5", None), ("-1:30", -90)])
def test_durations_are_minutes_and_seconds_or_hours_too(text, seconds):
    assert NumberParts.of(pl.Series([text])).durations().to_list() == [seconds]


def test_a_letter_behind_every_number_may_be_a_unit():
    parts = NumberParts.of(pl.Series(["5 M", "7M"]))
    assert parts.letter_unit == "M"
    assert parts.values(".", "", "M").to_list() == [5.0, 7.0]
    assert parts.units("M").to_list() == ["M", "M"]
    assert NumberParts.of(pl.Series(["5 M", "7"])).letter_unit == ""


def test_dashes_spaces_and_apostrophes_of_every_kind_are_one():
    texts = pl.Series(["\u22125", "\u20135", "1\u202f234", "1\u00a0234", "1\u2019234"])
    assert normalised(texts).to_list() == ["-5", "-5", "1 234", "1 234", "1'234"]


@given(
    st.floats(-1e12, 1e12, allow_nan=False),
    st.sampled_from([(".", ""), (".", ","), (",", "."), (",", " "), (".", "'"), (",", "")]),
    st.integers(0, 6),
)
def test_what_is_written_in_a_format_is_read_in_it(number, separators, n_digits):
    decimal, thousands = separators
    text = f"{number:,.{n_digits}f}".replace(",", "_").replace(".", decimal).replace("_", thousands)
    (read,) = values(text, decimal=decimal, thousands=thousands)
    assert math.isclose(read, float(f"{number:.{n_digits}f}"), rel_tol=1e-12, abs_tol=1e-12)


@given(st.lists(st.text(max_size=12), max_size=20))
def test_any_text_is_a_number_or_none(texts):
    stripped = pl.Series([text.strip() for text in texts], dtype=pl.String)
    parts = NumberParts.of(stripped)
    assert len(parts.parts) == len(texts)
    for decimal, thousands in ((".", ","), (",", ".")):
        read = parts.values(decimal, thousands)
        assert (read.is_null() | parts.is_number).all()


@given(st.integers(0, 10**12))
def test_groups_of_three_are_the_whole_number(number):
    assert digit_values(pl.Series([f"{number:,}"]), ".", ",").to_list() == [float(number)]
