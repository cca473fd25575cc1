"""``fit --memory``: what is allowed, what goes to disk, and what is left of it."""

import gzip
import json
import re
import signal
import sys
import time

import numpy as np
import polars as pl
import pytest

from demarcate.cli.resumable_training import KEPT_WITH

TINY = ("--target", "sick", "--epochs", "3", "--folds", "2", "--hidden", "8")
SMALL, PLENTY = "500kB", "1GB"
"""Less than is made of the table, though all its rows fit in a sample; and more than enough."""


@pytest.fixture(scope="module")
def frame():
    draw = np.random.default_rng(1)
    size, kind = draw.normal(size=400), draw.integers(0, 4, 400)
    return pl.DataFrame(
        {
            "size": size.round(3),
            "kind": [f"kind {value}" if value else None for value in kind],
            "sick": ["yes" if value else "no" for value in size + (kind == 2) + draw.normal(size=400) / 2 > 0],
        }
    )


@pytest.fixture
def table(frame, tmp_path):
    (tmp_path / "in").mkdir()
    frame.write_parquet(tmp_path / "in" / "table.parquet")
    return tmp_path / "in" / "table.parquet"


@pytest.fixture(autouse=True)
def scratch(tmp_path, monkeypatch):
    """Where temporary files go; nothing is ever seen in it."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    yield folder
    assert not list(folder.iterdir())


@pytest.fixture
def fit(demarcate, table):
    def run(*arguments):
        return demarcate("fit", table, *TINY, *arguments)

    return run


def told(outcome):
    assert outcome.code == 0, outcome.err
    return {
        name: value for name, value in json.loads(outcome.out).items() if name not in ("fit_seconds", "memory", "model")
    }


@pytest.mark.parametrize("more", [(), ("--cost", "yes:no=5"), ("--class-weight", "balanced"), ("--drop", "kind")])
def test_a_table_on_disk_makes_the_model_that_it_makes_in_memory(fit, tmp_path, more):
    models = [tmp_path / name for name in ("disk.safetensors", "memory.safetensors")]
    on_disk = fit("--memory", SMALL, "--json", "--out", models[0], *more)
    in_memory = fit("--json", "--out", models[1], *more)
    assert told(on_disk) == told(in_memory)
    assert models[0].read_bytes() == models[1].read_bytes()


def test_it_says_how_large_the_table_and_its_file_are_and_where(fit, scratch):
    outcome = fit("--memory", SMALL)
    first, second = outcome.err.splitlines()[:2]
    assert re.search(
        r"table\.parquet takes \d+ kB, and training on it more than the 500 kB allowed: .* kept on disk\.", first
    )
    found = re.fullmatch(
        r"400 rows of (\d+) encoded columns are kept in a file of (.*) in (.*) until this ends\.", second
    )
    assert found[2] == f"{2 * 400 * int(found[1]) * 4 / 1000:.0f} kB"
    assert found[3] == str(scratch)
    memory = json.loads(fit("--memory", SMALL, "--json").out)["memory"]
    assert memory["allowed"] == 500_000
    assert memory["file"] == 2 * 400 * int(found[1]) * 4
    assert (memory["folder"], memory["sample"]) == (str(scratch), None)


def test_the_columns_shown_are_those_of_a_table_in_memory(fit):
    on_disk, in_memory = (fit(*memory).out.split("Scores on")[0] for memory in (("--memory", SMALL), ()))
    assert on_disk == in_memory


def test_a_table_that_is_allowed_stays_in_memory_and_nothing_is_said_of_disks(fit):
    outcome = fit("--memory", PLENTY, "--json", "--quiet")
    assert json.loads(outcome.out)["memory"] is None
    assert told(outcome) == told(fit("--json", "--quiet"))
    assert outcome.err == ""


def test_it_says_on_how_many_rows_the_rest_was_compared_and_so_does_the_model(fit, demarcate, tmp_path):
    outcome = fit("--memory", "200kB", "--out", tmp_path / "m.safetensors")
    sample = re.search(
        r"The audit and logistic regression read (\d+) of the 400 rows, drawn at random", " ".join(outcome.out.split())
    )
    assert 10 < int(sample[1]) < 400
    told = demarcate("inspect", tmp_path / "m.safetensors").out
    assert f"{sample[1]} rows, drawn at random, for the audit and logistic regression" in " ".join(told.split())


TEXTS = {
    "table.csv": pl.DataFrame.write_csv,
    "table.tsv": lambda frame, path: frame.write_csv(path, separator="\t"),
    "table.csv.gz": lambda frame, path: path.write_bytes(gzip.compress(frame.write_csv().encode())),
    "quoted.csv": lambda frame, path: frame.write_csv(path, quote_style="always", line_terminator="\r\n"),
}


@pytest.fixture(params=TEXTS)
def text(request, frame, tmp_path):
    path = tmp_path / request.param
    TEXTS[request.param](frame, path)
    return path


@pytest.mark.parametrize("amount", [SMALL, PLENTY])
def test_a_text_table_makes_the_model_that_it_makes_in_memory(demarcate, text, tmp_path, amount):
    models = [tmp_path / name for name in ("disk.safetensors", "memory.safetensors")]
    on_disk = demarcate("fit", text, *TINY, "--memory", amount, "--json", "--out", models[0])
    in_memory = demarcate("fit", text, *TINY, "--json", "--out", models[1])
    assert told(on_disk) == told(in_memory)
    assert models[0].read_bytes() == models[1].read_bytes()
    assert (json.loads(on_disk.out)["memory"] is None) == (amount == PLENTY)


@pytest.mark.parametrize("amount", [SMALL, PLENTY])
def test_standard_input_is_read_once(demarcate, frame, amount):
    outcome = demarcate("fit", "-", *TINY, "--memory", amount, "--json", stdin=frame.write_csv().encode())
    assert json.loads(outcome.out)["n_samples"] == 400


def test_a_text_is_kept_in_a_second_file_and_where_is_said(demarcate, tmp_path, frame, scratch):
    frame.write_csv(tmp_path / "table.csv")
    outcome = demarcate("fit", tmp_path / "table.csv", *TINY, "--memory", SMALL)
    said = rf"Its columns are kept in a file of [\d.]+ kB in {scratch} until this ends\."
    assert re.fullmatch(said, outcome.err.splitlines()[1])


def test_a_text_without_room_on_the_disk_is_refused_with_its_size(demarcate, tmp_path, frame, monkeypatch):
    frame.write_csv(tmp_path / "table.csv")
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 2000}))
    outcome = demarcate("fit", tmp_path / "table.csv", *TINY, "--memory", SMALL)
    assert outcome.code == 1
    assert re.search(r"The columns of '.*table\.csv' are [\d.]+ kB, and '.*' has 2.0 kB left\. Make room", outcome.err)


def test_a_text_that_is_wrong_is_refused_as_without_the_option(demarcate, tmp_path):
    (tmp_path / "table.csv").write_text("size,sick\n1,no\n2\n")
    outcomes = [demarcate("fit", tmp_path / "table.csv", *TINY, *more) for more in ((), ("--memory", SMALL))]
    assert outcomes[0] == outcomes[1]
    assert "line 3 (data row 2) has 1" in outcomes[0].err


@pytest.mark.parametrize("source", ["heart", "table.jsonl", "http://127.0.0.1:9/table.parquet"])
def test_what_cannot_be_read_by_column_is_refused(demarcate, tmp_path, monkeypatch, frame, source):
    monkeypatch.chdir(tmp_path)
    frame.write_ndjson("table.jsonl")
    outcome = demarcate("fit", source, *TINY, "--memory", SMALL)
    assert outcome.code == 1
    assert f"{source!r} is not a CSV, TSV, Parquet or Arrow file, which --memory reads column by column" in outcome.err


def test_an_arrow_file_does_as_well(demarcate, tmp_path, frame):
    frame.write_ipc(tmp_path / "table.arrow")
    outcome = demarcate("fit", tmp_path / "table.arrow", *TINY, "--memory", SMALL, "--json")
    assert json.loads(outcome.out)["memory"]["file"] > 0


def test_a_report_needs_the_table_in_memory_and_is_refused_before_any_work(fit, tmp_path):
    outcome = fit("--memory", SMALL, "--report", tmp_path / "page.html")
    assert outcome.code == 2
    assert re.match(
        r"Usage: .* allowed, but --report needs the table in memory\. Leave out --memory or --report\.$",
        outcome.err.strip(),
    )
    assert fit("--memory", PLENTY, "--report", tmp_path / "page.html").code == 0


def test_a_picture_of_how_training_went_needs_no_rows(fit, tmp_path):
    assert fit("--memory", SMALL, "--plot", tmp_path / "history.png").code == 0
    assert (tmp_path / "history.png").stat().st_size > 0


def test_too_little_is_refused_with_what_the_rows_take(fit):
    outcome = fit("--memory", "20kB")
    assert outcome.code == 1
    assert "400 rows take 26 kB beside their cells, but --memory allows 20 kB" in outcome.err


def test_an_amount_that_is_none_is_wrong_usage(fit):
    outcome = fit("--memory", "plenty")
    assert (outcome.code, outcome.err) == (
        2,
        "Usage: memory must be an amount such as 500MB, 1GB or 2GiB, got 'plenty'\n",
    )


def test_a_disk_without_room_is_refused_with_figures(fit, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 20_000}))
    outcome = fit("--memory", SMALL)
    assert outcome.code == 1
    assert re.search(r"400 rows of \d+ encoded columns are \d+ kB, and '.*' has 20 kB left\. Make room", outcome.err)


def test_training_goes_on_from_a_checkpoint(fit, tmp_path):
    first = fit("--memory", SMALL, "--json", "--checkpoint", tmp_path / "state")
    again = fit("--memory", SMALL, "--json", "--checkpoint", tmp_path / "state")
    assert told(first) | {"resumed": True} == told(again)
    assert "Resuming the training" in again.err
    other = fit("--memory", SMALL, "--checkpoint", tmp_path / "state", "--drop", "kind")
    assert other.code == 1


def test_rows_without_a_target_may_be_left_out(demarcate, tmp_path, frame):
    holes = frame.with_columns(pl.when(pl.int_range(pl.len()) % 50 > 0).then("sick").alias("sick"))
    holes.write_parquet(tmp_path / "table.parquet")
    outcome = demarcate("fit", tmp_path / "table.parquet", *TINY, "--memory", SMALL, "--json", "--drop-missing-target")
    assert json.loads(outcome.out)["n_samples"] == 392
    assert "8 rows without a target are left out." in outcome.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither signal")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)], ids=["killed", "interrupted"]
)
@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_nothing_is_left_of_a_fit_that_was_ended(start, frame, table, tmp_path, number, code, suffix):
    table = table.with_suffix(suffix)
    frame.write_csv(table.with_suffix(".csv"))
    out = tmp_path / "models"
    out.mkdir()
    arguments = ["--target", "sick", "--epochs", "100000", "--patience", "0", "--memory", SMALL]
    process = start("fit", table, *arguments, "--out", out / "m.safetensors")
    while b"encoded columns are kept in a file" not in process.stderr.readline():
        assert process.poll() is None
    time.sleep(0.2)
    process.send_signal(number)
    assert process.wait(60) == code
    assert not list(out.iterdir())
    if code > 0:
        last = process.stderr.read().decode().splitlines()[-1]
        assert last == f"Interrupted: {KEPT_WITH}"
