import pytest

from demarcate.formatting import (
    aligned,
    counted,
    decimal,
    interval_texts,
    is_whole,
    listed,
    percent,
    percent_digits,
    quoted,
    shortened,
    sized,
    visible,
)


@pytest.mark.parametrize(("n", "expected"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (12_345, "12,345 rows")])
def test_a_number_of_things_is_singular_or_plural(n, expected):
    assert counted(n, "row") == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((0.842, 0.798, 0.881), ("0.842", "[0.798, 0.881]")),
        ((0.9996, 0.9991, 0.9998), ("1.000", "[0.999, 1.000]")),
        ((0.99983, 0.99961, 0.99994), ("0.9998", "[0.9996, 0.9999]")),
        ((0.0, -0.00004, 0.00001), ("0.00000", "[-0.00004, 0.00001]")),
        ((1.0, 1.0, 1.0), ("1.000", "")),
        ((0.3, 0.3 - 1e-12, 0.3 + 1e-12), ("0.300", "")),
    ],
)
def test_an_interval_has_as_many_digits_as_tell_its_ends_from_the_value(numbers, expected):
    assert interval_texts(*numbers) == expected


def test_differences_have_a_sign_and_0_is_not_negative():
    assert interval_texts(0.02, -0.01, 0.05, sign=True) == ("+0.020", "[-0.010, +0.050]")
    assert (decimal(-0.0001), decimal(-0.0001, sign=True)) == ("0.000", "+0.000")


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


def test_things_that_end_in_s_have_a_plural():
    assert counted(2, "class") == "2 classes"


@pytest.mark.parametrize(
    ("n_bytes", "text"), [(256e6, "256 MB"), (1_530_000_000, "1.5 GB"), (12, "12 bytes"), (999_600, "1.0 MB")]
)
def test_bytes_have_the_unit_that_fits(n_bytes, text):
    assert sized(n_bytes) == text


def test_a_quoted_cell_is_shortened():
    assert quoted("old") == "'old'"
    assert len(quoted("a document " * 1000)) == 63


def test_a_lone_surrogate_is_half_a_character():
    assert is_whole("\U0001f642")
    assert not is_whole("\ud83d")


def test_a_label_of_a_picture_is_shortened_and_free_of_mathematics():
    assert shortened("a label of many more words than there is room for") == "a label of many more ..."
    assert shortened("$x$") == r"\$x\$"


@pytest.mark.parametrize("n_rows", [2, 40, 199, 300, 9_999])
@pytest.mark.parametrize("digits", [0, 1])
def test_a_percentage_is_100_only_of_all_and_0_only_of_none(n_rows, digits):
    texts = [percent(n / n_rows, digits) for n in range(n_rows + 1)]
    whole = ["0%", "100%"] if digits == 0 else ["0.0%", "100.0%"]
    assert [texts[0], texts[-1]] == whole
    assert not [text for text in texts[1:-1] if float(text.strip("<>%")) in (0, 100)]


def test_a_share_that_takes_too_many_digits_has_a_bound_instead():
    assert (percent(1e-8), percent(1 - 1e-8), percent(1 - 1e-12)) == ("<0.001%", ">99.999%", "100%")
    assert (percent_digits(0.5), percent_digits(0.9996), percent_digits(1e-8, 1)) == (0, 2, 4)
