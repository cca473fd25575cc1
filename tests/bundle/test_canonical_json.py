import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.bundle.canonical_json import MAX_DEPTH, dumps, loads
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
    text = dumps(value)
    assert text.isascii()
    assert loads(text, "The text") == value
    assert dumps(loads(text, "The text")) == text


@REPEATABLE
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_read_back_bit_for_bit(number):
    back = loads(dumps(number), "The text")
    assert back == number
    assert math.copysign(1, back) == math.copysign(1, number)


def test_keys_are_sorted_only_where_asked():
    assert dumps({"b": 1, "a": 2}) == '{"a":2,"b":1}'
    assert dumps({"b": 1, "a": 2}, sort_keys=False) == '{"b":1,"a":2}'


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
        dumps(value)


def test_the_deepest_value_allowed_is_written_and_read():
    assert loads(dumps(nested(MAX_DEPTH)), "The text") == nested(MAX_DEPTH)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{", "The text is not JSON"),
        ("", "The text is not JSON"),
        ("{} {}", "The text is not JSON"),
        ("\ufeff{}", "The text is not JSON"),
        ('{"a":1,"b":{"c":1,"c":1}}', "'c' is repeated"),
        ('["a",{"b":["\\ud800"]}]', "cannot be encoded in UTF-8"),
        ('{"\\uDFFF":1}', "cannot be encoded in UTF-8"),
        ("NaN", "holds the number 'NaN', which is not finite"),
        ("[-Infinity]", "holds the number '-Infinity'"),
        ("[1e999]", "holds the number '1e999'"),
        ("9" * 10_000, "The text is not JSON"),
        (json.dumps(nested(MAX_DEPTH + 1)), "deeper than 64"),
        ("[" * 1_000_000, "deeper than 64"),
        ('{"a":' * 300_000, "deeper than 64"),
        ("[" + "1," * 1_500_000 + "1]", "may hold 1,500,001 JSON values .* at most 1,500,000 are allowed"),
        ("[" + "{}," * 375_000 + "{}]", "may hold 1,500,004 JSON values .* at most 1,500,000 are allowed"),
    ],
    ids=lambda value: value[:12],
)
def test_a_text_that_takes_liberties_is_not_read(text, found):
    with pytest.raises(BundleError, match=found):
        loads(text, "The text")


def test_as_many_values_as_there_is_room_for_are_read():
    assert loads("[" + "1," * 1_499_999 + "1]", "The text") == [1] * 1_500_000


def test_half_a_surrogate_pair_is_not_written_and_a_whole_one_is():
    for half in ("\ud800", "a\udfff", "\ud83d\ude00"):
        with pytest.raises(BundleError, match=r"cannot be encoded in UTF-8\. Replace the value before saving"):
            dumps({"a": [half]})
    assert loads(dumps("\U0001d518"), "The text") == "\U0001d518"
