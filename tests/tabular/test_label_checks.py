import pytest

from demarcate.tabular.labels import read_labels


@pytest.mark.parametrize(
    ("counts", "is_quantity"),
    [
        ({year: 1 + year % 5 for year in range(1990, 2004)}, True),  # 14 years, uneven
        (dict.fromkeys((2, 3, 4, 6, 7, 8, 9, 10, 12, 13, 14), 20), False),  # codes with gaps, even
        ({code: 5 + 400 * (code == 3) for code in range(18)}, False),  # numbered codes, uneven
        (dict.fromkeys(range(1, 101), 30), False),
        ({number: 1 + number % 40 for number in range(60)}, True),  # a count from 0, uneven
        (dict.fromkeys(range(18, 68), 30), True),  # many, from 18
        ({float(age): 2 for age in range(18, 68)}, True),
        ({digit: 1 + digit * 50 for digit in range(10)}, False),
        ({**dict.fromkeys(range(18, 68), 2), "old": 3}, False),
    ],
)
def test_classes_that_are_values_of_a_quantity_are_warned_of(counts, is_quantity):
    labels = [label for label, n in counts.items() for _ in range(n)]
    labels = [*map(str, labels)] if "old" in counts else labels
    assert any("looks like a number to predict" in notice for notice in read_labels(labels).notices) == is_quantity
