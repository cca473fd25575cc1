import pytest
from tables.date_columns import draw_columns, verdict


@pytest.mark.parametrize("number", range(0, 60, 3))
def test_a_column_of_the_grammar_is_read_right_or_warned_of(number):
    assert verdict(draw_columns(number + 1, 17)[number]) in ("right", "warned")
