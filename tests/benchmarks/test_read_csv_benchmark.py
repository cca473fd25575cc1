"""The benchmark of reading runs and names all that it measured; how fast anything is, no test asks."""

import sys

import polars as pl
import pytest

from benchmarks import read_csv

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")


def test_every_reader_reads_the_table_that_is_drawn(tmp_path, capsys):
    read_csv.draw_table(2000, tmp_path / "drawn.csv", quoted=True)
    read_csv.main(tmp_path / "drawn.csv", repeats=1)
    told = capsys.readouterr().out
    assert "2000 x 10" in told
    assert [line[:35].split("  ")[0] for line in told.splitlines()[2:]] == [*read_csv.READERS, *read_csv.READERS]
    assert pl.read_csv(tmp_path / "drawn.csv")["w"].null_count() > 100
