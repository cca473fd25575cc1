"""What `docs/data.md` says of odd data is so."""

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


@pytest.mark.parametrize("row", rows_under("What a column is taken for"), ids=lambda row: row[0])
def test_a_column_of_these_cells_is_taken_for_that(row):
    cells = [cell.strip('"') for cell in re.findall("`([^`]+)`", row[0])]
    assert len(cells) >= 2
    column = infer_schema(pl.DataFrame({"x": cells})).columns[0]
    assert column.kind == KINDS[row[1]]


@pytest.mark.parametrize("row", rows_under("What is refused"), ids=lambda row: row[0])
def test_every_rule_of_refusal_has_a_case(row):
    words = [word for case in CASES if isinstance(case.verdict, Refused) for word in case.verdict.words]
    rules = re.findall("`([^`]+)`", row[1])
    assert rules
    assert [rule for rule in rules if rule not in words] == []


def test_as_many_tables_as_are_spoken_of():
    assert int(re.search(r"(\d+) hostile tables", TEXT)[1]) == len(CASES)
