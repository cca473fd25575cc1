from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from demarcate.tabular.fingerprint import Fingerprint, fingerprint

CELLS = {"age": np.array([63.0, np.nan, 0.0]), "thal": pl.Series(["fixed", None, "normal"])}
CODES = np.array([0, 1, 0])


def test_equal_cells_have_one_fingerprint():
    again = {"age": np.array([63.0, -np.nan, -0.0]), "thal": pl.Series("other name", ["fixed", None, "normal"])}
    assert fingerprint(again, CODES.astype(np.int32)) == fingerprint(CELLS, CODES)
    assert len(fingerprint(CELLS, CODES)) == 64


@pytest.mark.parametrize(
    "changed",
    [
        {**CELLS, "age": np.array([63.0, np.nan, 1.0])},
        {**CELLS, "age": np.array([63.0, 0.0, 0.0])},
        {**CELLS, "thal": pl.Series(["fixed", "", "normal"])},
        {**CELLS, "thal": pl.Series([None, "fixed", "normal"])},
        {**CELLS, "thal": pl.Series(["fixedn", None, "ormal"])},
        {"Age": CELLS["age"], "thal": CELLS["thal"]},
        {"age": CELLS["age"]},
    ],
    ids=["number", "missing number", "missing word", "order", "where words part", "name", "column"],
)
def test_any_change_of_a_cell_changes_it(changed: dict):
    assert fingerprint(changed, CODES) != fingerprint(CELLS, CODES)


def test_a_changed_label_changes_it():
    assert fingerprint(CELLS, np.array([0, 1, 1])) != fingerprint(CELLS, CODES)


@pytest.mark.parametrize("parts", [(0, 3), (0, 1, 3), (0, 0, 2, 3), (0, 1, 2, 3)])
def test_how_a_table_is_parted_does_not_change_it(parts: tuple[int, ...]):
    made = Fingerprint()
    for begin, end in pairwise(parts):
        made.add({name: cells[begin:end] for name, cells in CELLS.items()}, CODES[begin:end])
    assert made.hexdigest() == fingerprint(CELLS, CODES)
