import pytest

from demarcate.formatting import aligned, counted


@pytest.mark.parametrize(("n", "expected"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (12_345, "12,345 rows")])
def test_a_number_of_things_is_singular_or_plural(n, expected):
    assert counted(n, "row") == expected


def test_columns_stand_below_each_other_and_lines_end_with_ink():
    assert aligned([["a", "long head", ""], ["longer", "1", "x"], ["b", "22", ""]]) == [
        "a       long head",
        "longer  1          x",
        "b       22",
    ]
