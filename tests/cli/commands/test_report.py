import html
import json
import re
import shlex
from pathlib import Path

import polars as pl
import pytest

from demarcate.cli.commands.report import short_name

OWN_ROWS = (
    "Warning: These are the very rows the model was trained on: its scores are too good. Score it on other rows.\n"
)
TINY = ("--epochs", "3", "--folds", "2", "--hidden", "8")


@pytest.fixture
def other(heart_frame, tmp_path):
    """A table that differs from the training rows."""
    path = tmp_path / "other.csv"
    heart_frame[:100].write_csv(path)
    return path


def test_a_page_of_a_saved_model_and_a_table(demarcate, model, other, tmp_path):
    out = tmp_path / "page.html"
    outcome = demarcate("report", model, other, "--out", out)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", f"Reported to {out}\n")
    html = out.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "other.csv" in html
    assert str(tmp_path) not in html


def test_json_has_the_scores_that_evaluate_prints(demarcate, model, other):
    told = json.loads(demarcate("report", model, other, "--json").out)
    expected = json.loads(demarcate("evaluate", model, other, "--json").out)["scores"]
    assert told["scores"]["contenders"][0]["scores"] == expected


def test_the_training_rows_are_warned_of_on_the_page_as_well(demarcate, model, tmp_path):
    out = tmp_path / "page.html"
    outcome = demarcate("report", model, "heart", "--out", out, "--quiet")
    assert (outcome.code, outcome.err) == (0, OWN_ROWS)
    assert "but these are the rows that it was trained on" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "Name the page with --out FILE.html, or ask for --json"),
        (("--out", "page.pdf"), 2, "--out is 'page.pdf'. Give the page a name that ends in one of .html, .htm."),
        (("--out", "nowhere/page.html"), 1, "nowhere"),
        (("--json", "--target", "age"), 1, "label"),
    ],
)
def test_what_cannot_be_reported_is_refused(arguments, code, message, demarcate, model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = demarcate("report", model, "heart", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert message in outcome.err
    assert not list(tmp_path.iterdir())


def test_neither_the_model_nor_the_table_is_written_over(demarcate, model, other, tmp_path):
    copy = tmp_path / "model.html"
    copy.write_bytes(model.read_bytes())
    assert demarcate("report", copy, other, "--out", copy).code == 2
    assert copy.read_bytes() == model.read_bytes()


def test_fit_reports_on_out_of_fold_rows(demarcate, tmp_path):
    out = tmp_path / "heart.html"
    outcome = demarcate("fit", "heart", *TINY, "--report", out)
    assert outcome.code == 0, outcome.err
    assert f"Reported to {out}" in outcome.err
    html = out.read_text(encoding="utf-8")
    assert "The scores are out-of-fold: each of 303 rows" in html
    assert "demarcate fit heart --target target --hidden 8" in html


def test_fit_tells_in_json_where_the_report_is_and_it_has_the_same_scores(demarcate, tmp_path):
    out = tmp_path / "heart.html"
    told = json.loads(demarcate("fit", "heart", *TINY, "--report", out, "--json").out)
    assert told["report"] == str(out)
    accuracy = told["scores"]["accuracy"]
    assert f"{accuracy['value']:.3f}" in out.read_text(encoding="utf-8")


def test_a_report_of_no_known_ending_is_refused_before_the_work(demarcate, tmp_path):
    outcome = demarcate("fit", "heart", "--report", tmp_path / "report.txt")
    assert (outcome.code, outcome.out) == (2, "")
    assert "Give the page a name that ends in one of .html" in outcome.err


def test_the_report_and_the_model_are_two_files(demarcate, tmp_path):
    same = tmp_path / "one.html"
    outcome = demarcate("fit", "heart", "--report", same, "--out", same)
    assert outcome.code == 2
    assert "both name" in outcome.err


def test_the_command_on_the_page_runs_as_it_stands_and_ends_with_the_same_scores(
    demarcate, heart_frame, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    text = heart_frame.with_columns(thal=pl.lit("d\u00e9j\u00e0")).write_csv(separator=";")
    first, *others = text.splitlines()
    # A row without a target, which is the last column or not.
    place = first.split(";").index("target")
    cells = others[0].split(";")
    cells[place] = ""
    Path("heart.csv").write_text("\n".join([first, ";".join(cells), *others[1:]]), encoding="latin-1")
    reading = ("--target", "target", "--drop-missing-target", "--delimiter", ";", "--encoding", "latin-1")
    outcome = demarcate("fit", "heart.csv", *reading, *TINY, "--report", "page.html", "--json")
    assert outcome.code == 0, outcome.err
    page = Path("page.html").read_text(encoding="utf-8")
    command = html.unescape(re.search(r'aria-label="Command"><code>(.*?)</code>', page)[1])
    words = shlex.split(command)
    assert words[0] == "demarcate"
    again = demarcate(*words[1:], "--json")
    assert again.code == 0, again.err
    assert json.loads(again.out)["scores"] == json.loads(outcome.out)["scores"]


def test_a_tab_between_cells_is_named_in_the_command(demarcate, heart_frame, tmp_path):
    table, page = tmp_path / "heart.txt", tmp_path / "page.html"
    heart_frame.write_csv(table, separator="\t")
    outcome = demarcate("fit", table, "--target", "target", "--delimiter", "\t", *TINY, "--report", page)
    assert outcome.code == 0, outcome.err
    assert "--delimiter tab " in page.read_text(encoding="utf-8")


def test_the_command_of_a_preset_on_the_page_ends_with_the_same_scores(demarcate, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small = ("--preset", "fast", "--hidden", "4", "--epochs", "3")
    outcome = demarcate("fit", "moons", *small, "--report", "page.html", "--json")
    assert outcome.code == 0, outcome.err
    page = Path("page.html").read_text(encoding="utf-8")
    words = shlex.split(html.unescape(re.search(r'aria-label="Command"><code>(.*?)</code>', page)[1]))
    assert words[words.index("--preset") + 1] == "fast"
    assert not {"--folds", "--patience", "--seeds"} & set(words)
    again = demarcate(*words[1:], "--json")
    assert json.loads(again.out)["scores"] == json.loads(outcome.out)["scores"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("/home/ada/patients.csv", "patients.csv"),
        ("C:\\ada\\patients.csv", "patients.csv"),
        ("https://a.org/t.csv?key=1", "t.csv"),
        ("heart", "heart"),
        ("-", ""),
    ],
)
def test_a_page_names_a_table_without_its_folders_and_keys(source, name):
    assert short_name(source) == name
