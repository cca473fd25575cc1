"""The small tables of public reports about headers are read as they should be, or refused in one sentence."""

from pathlib import Path

import pytest

from demarcate.errors import InputError, InputWarning
from demarcate.io.tables import read_table

FIELD = Path(__file__).parents[2] / "data/field"
HEADERS = FIELD / "headers"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("excel", "line 1 ('sep=;') names the delimiter"),
        ("export", "lines 1 to 2 ('Report generated 2026-03-01 by LabSoft 4.2', 'Operator: X') come before the table"),
        ("hash", "lines 1 to 2 ('# LabSoft 4.2', '# operator x') come before the table and are left out"),
        ("trail", "the lines end, like line 1, in a delimiter too many"),
        ("trail2", "rows such as line 2 end in a delimiter too many"),
        ("units", "line 2 holds units ('[Jahre]', '[mg/l]') and is left out"),
    ],
)
def test_all_rows_are_read_with_one_sentence(name, sentence):
    with pytest.warns(InputWarning) as caught:
        frame = read_table(HEADERS / f"{name}.csv")
    assert len(caught) == 1
    assert sentence in str(caught[0].message)
    assert frame.columns == ["alter", "wert", "stadt", "kauf"]
    assert frame.rows() == read_table(HEADERS / "noheader.csv", header=False).rows()
    assert frame.height == 150


def test_rows_without_a_header_are_refused_with_the_option():
    with pytest.raises(InputError, match=r"line 1 is a row like those below it.*--no-header"):
        read_table(HEADERS / "noheader.csv")


def test_spaces_around_names_do_not_count():
    assert read_table(FIELD / "labels/spacehead.csv").columns == ["x1", "x2", "My Target"]
