"""Text tables without names, or with lines before them, at the command line."""

import gzip
from pathlib import Path

import pytest

from demarcate.io.tables import read_table

FIELD = Path(__file__).parents[1] / "data/field/headers"
TINY = ("--epochs", "2", "--folds", "2", "--hidden", "4")
QUIET = ("--quiet", *TINY)


@pytest.fixture(scope="module")
def model(demarcate, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "m.safetensors"
    outcome = demarcate("fit", FIELD / "noheader.csv", "--no-header", "-t", "column_4", *QUIET, "--out", path)
    assert outcome.code == 0, outcome.err
    return path


def test_without_the_option_a_first_row_is_refused_in_one_line(demarcate):
    outcome = demarcate("fit", FIELD / "noheader.csv", "-t", "column_4", *QUIET)
    assert outcome.code == 1
    assert outcome.err.count("\n") == 1
    assert "line 1 is a row like those below it, not a header" in outcome.err
    assert "--no-header" in outcome.err


def test_every_command_reads_a_table_without_names(demarcate, model, tmp_path):
    table = FIELD / "noheader.csv"
    predicted = demarcate("predict", model, table, "--no-header")
    assert (predicted.code, predicted.out.count("\n")) == (0, 151)
    assert demarcate("evaluate", model, table, "--no-header").code == 0
    assert demarcate("report", model, table, "--no-header", "--out", tmp_path / "r.html").code == 0
    assert demarcate("audit", table, "-t", "column_4", "--no-header", "--no-rescore").code == 0
    assert demarcate("predict", model, table).code == 1


def test_lines_before_the_table_are_skipped_at_predict(demarcate, model, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text(f"Report\nOp: X\n{(FIELD / 'noheader.csv').read_text(encoding='utf-8')}", encoding="utf-8")
    outcome = demarcate("predict", model, table, "--skip-rows", "2", "--no-header")
    assert (outcome.code, outcome.out.count("\n")) == (0, 151)
    outcome = demarcate("predict", model, table)
    assert (outcome.code, "--skip-rows 2 --no-header" in outcome.err) == (1, True)


def test_another_header_does_not_resume(demarcate, model, tmp_path, monkeypatch):
    monkeypatch.setattr("demarcate.io.tables.stream._MIN_PART_ROWS", 50)
    monkeypatch.setattr("demarcate.io.tables.stream._PART_CELLS", 200)
    command = ("predict", model, FIELD / "noheader.csv", "--out", tmp_path / "p.csv", "--no-header")

    def interrupt(self, *parts):
        if (tmp_path / "p.csv.parts").exists():
            raise KeyboardInterrupt
        return predict(self, *parts)

    from demarcate.cli.prediction_stream import PartPredictor

    predict = PartPredictor.predict
    with monkeypatch.context() as patched:
        patched.setattr(PartPredictor, "predict", interrupt)
        assert demarcate(*command).code == 130
    outcome = demarcate(*command, "--resume", "--skip-rows", "0")
    assert (outcome.code, "reading differ from those of the predictions" in outcome.err) == (2, True)
    assert demarcate(*command, "--resume").code == 0
    assert read_table(tmp_path / "p.csv").height == 150


def test_options_of_lines_are_refused_for_files_without_lines(demarcate, model, tmp_path):
    read_table(FIELD / "noheader.csv", header=False).write_parquet(tmp_path / "t.parquet")
    outcome = demarcate("predict", model, tmp_path / "t.parquet", "--no-header")
    assert outcome.code == 1
    assert "holds Parquet, which has no lines before or without names. Leave out --skip-rows" in outcome.err


@pytest.mark.parametrize("name", ["excel", "export", "hash", "trail", "trail2", "units"])
def test_exported_tables_are_fitted_with_one_warning(demarcate, name):
    outcome = demarcate("audit", FIELD / f"{name}.csv", "-t", "kauf", "--no-rescore")
    assert outcome.code == 0
    assert outcome.err.count("Warning: ") == 1


@pytest.mark.parametrize("target", ["Kauf", "KAUF", "kauf "])
def test_a_target_in_another_case_is_asked_about(demarcate, target):
    outcome = demarcate("audit", FIELD / "export.csv", "-t", target, "--no-rescore")
    assert outcome.code == 1
    assert f"There is no column {target!r} to predict. Did you mean 'kauf'?\n" in outcome.err


def test_a_target_in_another_case_is_asked_about_at_evaluate(demarcate, model, tmp_path):
    table = tmp_path / "t.csv"
    rows = (FIELD / "noheader.csv").read_text(encoding="utf-8")
    table.write_text(f"column_1,column_2,column_3,Column_4\n{rows}", encoding="utf-8")
    for command in (("evaluate", model, table), ("report", model, table, "--out", tmp_path / "r.html")):
        outcome = demarcate(*command)
        assert outcome.code == 1
        assert "Did you mean 'Column_4'?\n" in outcome.err


def test_compressed_tables_are_predicted(demarcate, model, tmp_path):
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress((FIELD / "noheader.csv").read_bytes()))
    assert demarcate("predict", model, packed, "--no-header").out.count("\n") == 151
