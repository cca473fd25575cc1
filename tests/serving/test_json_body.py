import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.errors import InputError
from demarcate.serving.json_body import read_json, rows_of
from demarcate.serving.problems import RequestRefusedError

SMALL = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    [":", "a:b", '"', "\\", "{", "}]", "[[", "é"]
)
PAIRS = st.lists(st.tuples(TEXTS, SMALL | TEXTS), min_size=1, max_size=5)
VALUES = st.recursive(
    SMALL | TEXTS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=15
)


@given(value=VALUES, ascii_only=st.booleans(), spaces=st.sampled_from([None, 2]))
def test_any_json_is_read_as_it_is(value, ascii_only, spaces):
    assert read_json(json.dumps(value, ensure_ascii=ascii_only, indent=spaces).encode()) == value


@given(
    pairs=st.lists(st.tuples(TEXTS, SMALL | TEXTS), min_size=1, max_size=5), data=st.data(), ascii_only=st.booleans()
)
def test_a_repeated_key_is_always_noticed(pairs, ascii_only, data):
    pairs.insert(data.draw(st.integers(0, len(pairs))), (data.draw(st.sampled_from(pairs))[0], ":"))
    cells = (f"{json.dumps(name, ensure_ascii=ascii_only)}: {json.dumps(cell)}" for name, cell in pairs)
    body = f'{{"rows": [{{"a": ":"}}, {{{", ".join(cells)}}}]}}'.encode()
    with pytest.raises(InputError, match="An object repeats the key"):
        read_json(body)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18446744073709551617", "18446744073709551617"),
        ("-100000000000000000000001", "-100000000000000000000001"),
        ("9007199254740993", 9007199254740993),
        ("1e400", float("inf")),
        ("-Infinity", float("-inf")),
        ("0.1000000000000000055511151231257827", 0.1),
        ("\ufeff[1]", [1]),
        ('"\\u003a"', ":"),
        ('{"\\u003a":1}', {":": 1}),
    ],
)
def test_numbers_and_escapes_that_one_reader_would_lose(text, value):
    assert read_json(text.encode()) == value


def test_nan_is_read():
    assert str(read_json(b"[NaN]")) == "[nan]"


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        (b"", "The body is not JSON: expecting value at line 1, column 1"),
        (b'{"rows": [}', "The body is not JSON"),
        (b"{'rows': []}", "The body is not JSON"),
        (b"[1] 2", "The body is not JSON"),
        (b"\xff\xfe[\0]\0", "The body is not UTF-8: byte 1 begins no character"),
        (b"[" * 100_000, "The body is nested too deeply"),
    ],
)
def test_what_is_no_json_is_refused(body, fact):
    with pytest.raises(RequestRefusedError) as caught:
        read_json(body)
    assert caught.value.status == 400
    assert fact in caught.value.problems[0].fact


def test_half_a_character_is_refused():
    with pytest.raises(InputError, match="half a character"):
        read_json(b'["\\ud800"]')
    assert read_json(b'["\\ud83d\\ude42"]') == ["🙂"]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("3", ["The body is a number"]),
        ("[]", ["The body is a list"]),
        ('{"row": []}', ["The body has no rows"]),
        ('{"rows": {}}', ["rows is an object"]),
        ('{"rows": []}', ["The request has no rows"]),
        ('{"rows": [1, {"a": 1}, null]}', ["Row 1 is a number", "Row 3 is null"]),
        (
            '{"rows": [{"a": {}, "b": 1}, {"a": [1]}]}',
            [
                "Column 'a' holds an object in row 1, not a plain value",
                "Column 'a' holds a list in row 2, not a plain value",
            ],
        ),
    ],
)
def test_what_are_no_rows_is_refused_with_every_place(text, facts):
    body = text.encode()
    with pytest.raises(InputError) as caught:
        rows_of(body, read_json(body), 10, {}, 2)
    assert [problem.fact for problem in caught.value.problems] == facts


def test_other_keys_are_returned_also_where_rows_are_refused():
    others = {}
    body = b'{"set": 0.9, "rows": 3}'
    with pytest.raises(InputError):
        rows_of(body, read_json(body), 10, others, 2)
    assert others == {"set": 0.9}
