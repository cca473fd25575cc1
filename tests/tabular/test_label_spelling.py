import pytest

from demarcate.errors import InputError
from demarcate.tabular.labels import read_labels

SPELLINGS = ["Yes"] * 3 + ["yes"] * 2 + ["YES "] + ["no"] * 2 + ["N"] * 3


def test_spellings_of_one_word_are_warned_of_once_with_their_rows():
    read = read_labels(SPELLINGS)
    assert read.classes.tolist() == ["N", "YES ", "Yes", "no", "yes"]
    (notice,) = read.notices
    assert "classes of their own: 'Yes' (3), 'yes' (2), 'YES ' (1); 'N' (3), 'no' (2). merge_labels=True" in notice
    assert "--merge-labels" in notice


def test_spellings_of_one_word_are_merged_when_asked_under_the_most_frequent_one():
    read = read_labels(SPELLINGS, merge=True)
    assert read.classes.tolist() == ["N", "Yes"]
    assert read.codes.tolist() == [1] * 6 + [0] * 5
    assert read.notices == ()


def test_merging_spellings_of_a_single_word_leaves_one_class():
    with pytest.raises(InputError, match="Every label is 'a'"):
        read_labels(["a", "A", "a"], merge=True)


@pytest.mark.parametrize(
    "labels", [["a", "b"] * 2, [0, 1] * 2, ["yes", "no"] * 2, ["NO2", "no"] * 2, [True, False] * 2]
)
def test_plain_labels_are_not_warned_of_and_not_changed_by_merging(labels):
    assert read_labels(labels).notices == ()
    assert read_labels(labels, merge=True).classes.tolist() == read_labels(labels).classes.tolist()
