import pytest
from markupsafe import Markup

from demarcate.report.filters import bdi, elided, joined, number, percent_of, with_interval


def test_long_text_is_cut_in_the_middle_and_made_visible():
    assert elided("a name\tof many words", 12) == "a name...rds"


def test_text_is_escaped_and_may_break_after_an_underscore():
    assert bdi("<script>") == Markup("<bdi>&lt;script&gt;</bdi>")
    assert bdi("years_at_work") == Markup("<bdi>years_<wbr>at_<wbr>work</bdi>")


@pytest.mark.parametrize(
    ("items", "expected"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"), (range(10), "0, 1 and 8 more")],
)
def test_items_are_joined_with_and(items, expected):
    assert joined(items, 2 if len(items) > 3 else 8) == expected


def test_numbers_have_fixed_digits_and_no_negative_zero():
    assert [number(value) for value in (0.84, None, -0.0004)] == ["0.840", "\u2013", "0.000"]
    assert (with_interval(0.2, 0.1, 0.25), percent_of(0.541)) == ("0.200 [0.100, 0.250]", "54.1%")
