"""The tables of `docs/data.md` agree with the code and with the corpus."""

import re
from pathlib import Path

import polars as pl
import pytest
from cases import Refused
from corpus import CASES

from demarcate.tabular import infer_schema

TEXT = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
KINDS = {"numbers": "numerical", "categories": "categorical", "yes or no": "boolean", "dates": "date"}


def rows_under(heading):
    section = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"\s\|\s|^\| |\|$", line)[1:]] for line in lines[1:]]


@pytest.mark.parametrize("row", rows_under("How a column is read"), ids=lambda row: row[0])
def test_a_column_of_these_cells_is_read_as_documented(row):
    cells = [cell.strip('"') for cell in re.findall("`([^`]+)`", row[0])]
    assert len(cells) >= 2
    column = infer_schema(pl.DataFrame({"x": cells})).columns[0]
    assert column.kind == KINDS[row[1]]


@pytest.mark.parametrize("row", rows_under("Refused input"), ids=lambda row: row[0])
def test_every_documented_message_has_a_case(row):
    words = [word for case in CASES if isinstance(case.verdict, Refused) for word in case.verdict.words]
    messages = re.findall("`([^`]+)`", row[1])
    assert messages
    assert [message for message in messages if message not in words] == []


def test_the_documented_number_of_tables_is_right():
    assert int(re.search(r"(\d+) hostile tables", TEXT)[1]) == len(CASES)
