import pytest

from demarcate.argument_checks import check_consistent_length
from demarcate.errors import InputError


def test_rows_and_labels_of_different_lengths_are_refused_with_both_lengths():
    check_consistent_length(3, 3)
    with pytest.raises(InputError, match=r"^The table has 3 rows and 2 labels. Give one label for each row.$"):
        check_consistent_length(3, 2)
