import pytest

from demarcate.formatting import aligned, counted, listed, quoted, visible


@pytest.mark.parametrize(("n", "expected"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (12_345, "12,345 rows")])
def test_a_number_of_things_is_singular_or_plural(n, expected):
    assert counted(n, "row") == expected


def test_columns_stand_below_each_other_and_lines_end_with_ink():
    assert aligned([["a", "long head", ""], ["longer", "1", "x"], ["b", "22", ""]]) == [
        "a       long head",
        "longer  1          x",
        "b       22",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x1b[31mc\x7f", r"a\x00b\x1b[31mc\x7f"),
        ("a\nb\r\tc\x85d\u2028e", r"a\nb\r\tc\x85d\u2028e"),
        ("\x9b31m", r"\x9b31m"),
        ("\u202eleft\u2066", r"\u202eleft\u2066"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("filler\u3164\u115f\ufe0f", r"filler\u3164\u115f\ufe0f"),
        ("tag\U000e0041\U000e0101", r"tag\U000e0041\U000e0101"),
        ("half \ud800", r"half \ud800"),
        ("Käse 名 👍 :bomb: [red]", "Käse 名 👍 :bomb: [red]"),
    ],
)
def test_characters_that_cannot_be_seen_are_spelled_out(text, expected):
    assert visible(text) == expected


def test_a_quoted_cell_is_visible():
    assert quoted("a\nb\ufe0f") == r"'a\nb\ufe0f'"


def test_a_list_is_shortened_only_where_it_is_too_long():
    assert listed(range(8)) == "0, 1, 2, 3, 4, 5, 6, 7"
    assert listed(range(1009)) == "0, 1, 2, 3, 4, 5, 6, 7 and 1,001 more"
    assert listed([]) == ""


def test_a_list_that_is_a_beginning_counts_what_lies_beyond():
    assert listed(["a", "b"], 5, total=2) == "a, b"
    assert listed(["a", "b"], 1, total=7, write=repr) == "'a' and 6 more"
