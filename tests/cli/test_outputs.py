import polars as pl
import pytest

from demarcate.cli.error_handling import UsageError
from demarcate.cli.outputs import check_writable_as_table, write_table

FRAME = pl.DataFrame({"lr": [0.1, 0.01], "hidden": ["16,16", "none"], "batch_size": [None, 32]})


def test_a_file_is_replaced_whole(tmp_path):
    out = tmp_path / "p.csv"
    out.write_text("older and longer\n" * 99)
    write_table(str(out), FRAME)
    assert len(out.read_text().splitlines()) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["p.csv"]


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.parquet", "t.jsonl"])
def test_every_format_holds_the_table(tmp_path, name):
    readers = {
        ".csv": pl.read_csv,
        ".tsv": lambda path: pl.read_csv(path, separator="\t"),
        ".parquet": pl.read_parquet,
        ".jsonl": pl.read_ndjson,
    }
    out = tmp_path / name
    check_writable_as_table(str(out))
    write_table(str(out), FRAME)
    assert readers[out.suffix](out).equals(FRAME)


@pytest.mark.parametrize("out", ["p.txt", "csv", "p.csv.zip", ""])
def test_only_known_formats_are_written(out):
    with pytest.raises(UsageError, match=r"\.csv, \.tsv, \.parquet, \.jsonl"):
        check_writable_as_table(out)
