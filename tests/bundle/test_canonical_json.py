import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.bundle.canonical_json import MAX_DEPTH, from_text, to_text
from demarcate.errors import BundleError

REPEATABLE = settings(deadline=None, derandomize=True)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


@REPEATABLE
@given(VALUES)
def test_every_value_reads_back_equal_and_has_one_spelling(value):
    text = to_text(value)
    assert text.isascii()
    assert from_text(text, "the text") == value
    assert to_text(from_text(text, "the text")) == text


@REPEATABLE
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_read_back_bit_for_bit(number):
    back = from_text(to_text(number), "the text")
    assert back == number
    assert math.copysign(1, back) == math.copysign(1, number)


def test_keys_are_sorted_only_where_asked():
    assert to_text({"b": 1, "a": 2}) == '{"a":2,"b":1}'
    assert to_text({"b": 1, "a": 2}, sort_keys=False) == '{"b":1,"a":2}'


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (math.nan, "not JSON compliant"),
        ([math.inf], "not JSON compliant"),
        ({1, 2}, "set is not JSON serializable"),
        ({"a": 1, 2: 3}, "not supported between"),
        (nested(MAX_DEPTH + 1), "deeper than 64"),
        (nested(100_000), "deeper than 64"),
    ],
    ids=["nan", "infinity", "set", "mixed keys", "too deep", "absurdly deep"],
)
def test_a_value_json_cannot_hold_is_not_written(value, found):
    with pytest.raises(BundleError, match=found):
        to_text(value)


def test_the_deepest_value_allowed_is_written_and_read():
    assert from_text(to_text(nested(MAX_DEPTH)), "the text") == nested(MAX_DEPTH)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{", "the text is not JSON"),
        ("", "the text is not JSON"),
        ("{} {}", "the text is not JSON"),
        ("\ufeff{}", "the text is not JSON"),
        ('{"a":1,"b":{"c":1,"c":1}}', "'c' is repeated"),
        ('["a",{"b":["\\ud800"]}]', "text that UTF-8 can write"),
        ('{"\\uDFFF":1}', "text that UTF-8 can write"),
        ("NaN", "it holds 'NaN'"),
        ("[-Infinity]", "it holds '-Infinity'"),
        ("[1e999]", "it holds '1e999'"),
        ("9" * 10_000, "the text is not JSON"),
        (json.dumps(nested(MAX_DEPTH + 1)), "deeper than 64"),
        ("[" * 1_000_000, "deeper than 64"),
        ('{"a":' * 300_000, "deeper than 64"),
        ("[" + "1," * 1_500_000 + "1]", "room for 1500000 values, .* may have 1500001"),
        ("[" + "{}," * 375_000 + "{}]", "room for 1500000 values, .* may have 1500004"),
    ],
    ids=lambda value: value[:12],
)
def test_a_text_that_takes_liberties_is_not_read(text, found):
    with pytest.raises(BundleError, match=found):
        from_text(text, "the text")


def test_as_many_values_as_there_is_room_for_are_read():
    assert from_text("[" + "1," * 1_499_999 + "1]", "the text") == [1] * 1_500_000


def test_half_a_surrogate_pair_is_not_written_and_a_whole_one_is():
    for half in ("\ud800", "a\udfff", "\ud83d\ude00"):
        with pytest.raises(BundleError, match=r"text that UTF-8 can write: .*Replace the value before saving"):
            to_text({"a": [half]})
    assert from_text(to_text("\U0001d518"), "the text") == "\U0001d518"
