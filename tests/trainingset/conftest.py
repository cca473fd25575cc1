"""A table with a column of every kind, in memory and in a file."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from demarcate.io.tables.columnar import open_columnar


def mixed(n_rows=300, seed=0):
    """Numbers with gaps, whole numbers, text that says numbers, categories, yes and no, dates, an id and a constant."""
    draw = np.random.default_rng(seed)
    size = draw.normal(size=n_rows)
    kind = draw.integers(0, 4, n_rows)
    sick = size + (kind == 2) + draw.normal(size=n_rows) / 2 > 0
    gaps = draw.random(n_rows) < 0.1
    return pl.DataFrame(
        {
            "size": pl.Series(np.where(gaps, np.nan, size)).fill_nan(None),
            "visits": draw.integers(0, 9, n_rows),
            "dose": [f"{value}.0" if value else "n/a" for value in draw.integers(0, 5, n_rows)],
            "kind": [f"kind {value}" if value else None for value in kind],
            "smokes": ["yes" if value else "no" for value in draw.integers(0, 2, n_rows)],
            "seen": [date(2020, 1, 1) + timedelta(int(days)) for days in draw.integers(0, 700, n_rows)],
            "id": [f"p{row}" for row in range(n_rows)],
            "ward": ["a"] * n_rows,
            "sick": ["yes" if value else "no" for value in sick],
        }
    )


@pytest.fixture
def frame():
    return mixed()


@pytest.fixture
def source(tmp_path):
    """Writes a frame to a file and opens that."""

    def written(frame, **settings):
        frame.write_parquet(tmp_path / "table.parquet", **settings)
        return open_columnar(str(tmp_path / "table.parquet"))

    return written
