import pytest
from benchmarks.tables.date_columns import draw_columns, verdict

COLUMNS = draw_columns(60, 17)


@pytest.mark.parametrize("number", range(0, len(COLUMNS), 3))
def test_a_column_of_the_grammar_is_read_right_or_warned_of(number):
    assert verdict(COLUMNS[number]) in ("right", "warned")


def test_a_column_that_is_read_otherwise_without_a_note_is_silent():
    clean = next(column for column in COLUMNS if verdict(column) == "right" and column.kind == "named")
    clean.truth[0] += 1
    assert verdict(clean) == "silent"
