import sys
from dataclasses import dataclass

import polars as pl
import pytest

from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import OutputFile, option
from demarcate.cli.outputs import check_outputs, report_files, write_table


@dataclass(frozen=True, kw_only=True)
class Files:
    out: str | None = option("The table.", "--out", "-o", marker=OutputFile("table"))
    model_file: str | None = option("The model.", marker=OutputFile("model"))
    plot: str | None = option("The picture.", marker=OutputFile("picture"))


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
    check_outputs(Files(out=str(out)))
    write_table(str(out), FRAME)
    assert readers[out.suffix](out).equals(FRAME)


@pytest.mark.parametrize("out", ["p.txt", "csv", "p.csv.zip"])
def test_only_known_formats_are_written(out):
    with pytest.raises(
        UsageError, match=r"^--out is .* table a name that ends in one of \.csv, \.tsv, \.parquet, \.jsonl\.$"
    ):
        check_outputs(Files(out=out))


def test_an_output_that_is_an_input_is_wrong_usage(tmp_path):
    (tmp_path / "rows.csv").write_text("a\n1\n", encoding="utf-8")
    check_outputs(Files(out=str(tmp_path / "other.csv")), str(tmp_path / "rows.csv"), "heart")
    with pytest.raises(UsageError, match=r"^--out .*rows\.csv is a file that this command reads"):
        check_outputs(Files(out=str(tmp_path / "." / "rows.csv")), "heart", str(tmp_path / "rows.csv"))


def test_a_picture_without_matplotlib_is_refused_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    check_outputs(Files(out=str(tmp_path / "m.csv")))
    with pytest.raises(UsageError, match=r"^Pictures need matplotlib, which is not installed\. python -m pip install"):
        check_outputs(Files(plot=str(tmp_path / "m.png")))


def test_two_options_name_two_files(tmp_path):
    with pytest.raises(UsageError, match=r"^--out and --model-file both name .*m\.csv"):
        check_outputs(Files(out=str(tmp_path / "m.csv"), model_file=f"{tmp_path}/./m.csv"))


def test_written_files_are_reported_with_the_digest_of_the_model(capsys):
    report_files(Files(out="t.csv", model_file="m.safetensors"), "5e")
    assert capsys.readouterr() == ("", "Table saved to t.csv\nSaved to m.safetensors, SHA-256 5e\n")
    report_files(Files())
    assert capsys.readouterr() == ("", "")
