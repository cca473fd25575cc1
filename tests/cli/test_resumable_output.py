import json
import os
import shutil

import polars as pl
import pytest

from demarcate.cli.error_handling import UsageError
from demarcate.cli.resumable_output import ResumableOutput
from demarcate.errors import OutputError

IDENTITY = {"model": "5f", "table": "a.csv", "cost": None, "columns": ["age"]}
PARTS = [pl.DataFrame({"prediction": [f"{row}" for row in rows]}) for rows in (range(3), range(3, 6), range(6, 7))]
NAMES = pytest.mark.parametrize("name", ["p.csv", "p.tsv", "p.jsonl", "p.parquet"])


def read(path):
    kinds = {".csv": pl.read_csv, ".tsv": pl.read_csv, ".jsonl": pl.read_ndjson, ".parquet": pl.read_parquet}
    return kinds[path.suffix](path)["prediction"].cast(pl.Int64).to_list()


def begin(path, *, parts, resume=False, identity=IDENTITY):
    """A run that is cut off after some parts."""
    with ResumableOutput(str(path), identity, resume=resume) as output:
        for part in parts:
            output.add(part)
        return output


@NAMES
@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_file_appears_when_it_is_whole_and_nothing_is_left_beside_it(tmp_path, name, n):
    with ResumableOutput(str(tmp_path / name), IDENTITY, resume=False) as output:
        for part in PARTS[:n]:
            output.add(part)
            assert not (tmp_path / name).exists()
        output.finish()
    assert read(tmp_path / name) == pl.concat(PARTS[:n])["prediction"].cast(pl.Int64).to_list()
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


@NAMES
@pytest.mark.parametrize("n", [2, 3])
def test_another_run_goes_on_from_whole_parts(tmp_path, name, n):
    path = tmp_path / name
    cut = begin(path, parts=PARTS[:n])
    assert cut.resume_hint().endswith("the same command with --resume goes on from there.")
    # What was being written when the power went is not part of it.
    with (cut.folder / (f"{n:06}.parquet" if name == "p.parquet" else "rows")).open("ab") as file:
        file.write(b"half a li")
    with ResumableOutput(str(path), IDENTITY, resume=True) as output:
        assert output.n_rows == sum(map(len, PARTS[:n]))
        for part in PARTS[n:]:
            output.add(part)
        output.finish()
    assert read(path) == list(range(7))
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_of_a_table_in_one_part_nothing_is_kept(tmp_path):
    cut = begin(tmp_path / "p.csv", parts=PARTS[:1])
    assert (cut.resume_hint(), list(tmp_path.iterdir())) == ("", [])


def test_without_resume_a_run_begins_anew(tmp_path):
    begin(tmp_path / "p.csv", parts=PARTS)
    output = begin(tmp_path / "p.csv", parts=())
    assert (output.n_rows, list(tmp_path.iterdir())) == (0, [])


@pytest.mark.parametrize("change", [{"model": "60"}, {"columns": ["sex"]}, {"more": 1}])
def test_another_command_is_not_gone_on_with(tmp_path, change):
    begin(tmp_path / "p.csv", parts=PARTS)
    with pytest.raises(UsageError, match=rf"^({next(iter(change))}|other settings) differ from"):
        begin(tmp_path / "p.csv", parts=(), resume=True, identity=IDENTITY | change)


@pytest.mark.parametrize("lost", ["rows", "manifest.json"])
def test_what_lost_a_file_is_begun_anew(tmp_path, lost):
    cut = begin(tmp_path / "p.csv", parts=PARTS[:2])
    (cut.folder / lost).unlink()
    assert begin(tmp_path / "p.csv", parts=(), resume=True).n_rows == 0


FORGED = json.dumps({"what": "predictions of demarcate", "identity": [], "n_rows": 1, "n_parts": 1, "n_bytes": 1})


@pytest.mark.parametrize(
    "content",
    [
        {"diary.txt": "dear"},
        {"rows": "mine, precious"},
        {"manifest.json": "{}"},
        {"manifest.json": "not JSON"},
        {"manifest.json": '{"what": "predictions of demarcate"}'},
        {"manifest.json": FORGED},
    ],
)
def test_a_folder_of_somebody_else_is_left_alone(tmp_path, content):
    folder = tmp_path / "p.csv.parts"
    folder.mkdir()
    for name, text in content.items():
        (folder / name).write_text(text)
    with pytest.raises(OutputError, match=r"holds something else\. Rename it"):
        begin(tmp_path / "p.csv", parts=PARTS)
    assert {entry.name: entry.read_text() for entry in folder.iterdir()} == content


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path):
    (tmp_path / "p.csv.parts").write_text("mine")
    with pytest.raises(OutputError, match=r"holds something else\. Rename it"):
        begin(tmp_path / "p.csv", parts=PARTS)
    assert (tmp_path / "p.csv.parts").read_text() == "mine"


@NAMES
def test_a_folder_that_is_removed_meanwhile_is_not_mixed_with_another(tmp_path, name):
    with ResumableOutput(str(tmp_path / name), IDENTITY, resume=False) as output:
        output.add(PARTS[0])
        output.add(PARTS[1])
        shutil.rmtree(output.folder)
        other = begin(tmp_path / name, parts=PARTS[:2])
        with pytest.raises(OutputError, match="was removed while"):
            output.add(PARTS[2])
        assert output.resume_hint() == ""
    assert other.folder.exists()
    assert not (tmp_path / name).exists()


def test_of_a_part_that_was_cut_off_before_it_counted_nothing_is_left(tmp_path, monkeypatch):
    def cut(*_):
        raise KeyboardInterrupt

    with ResumableOutput(str(tmp_path / "p.csv"), IDENTITY, resume=False) as output:
        output.add(PARTS[0])
        monkeypatch.setattr("demarcate.cli.resumable_output.write_atomically", cut)
        with pytest.raises(KeyboardInterrupt):
            output.add(PARTS[1])
        assert output.resume_hint() == ""
    assert list(tmp_path.iterdir()) == []


def test_two_processes_do_not_write_the_same_file(tmp_path):
    with ResumableOutput(str(tmp_path / "p.csv"), IDENTITY, resume=False) as output:
        for part in PARTS:
            output.add(part)
        with pytest.raises(OutputError, match=r"Another process writes .*p.csv. Wait"):
            begin(tmp_path / "p.csv", parts=PARTS)
        output.finish()
    assert read(tmp_path / "p.csv") == list(range(7))


def test_an_existing_file_stays_until_then_and_keeps_its_permissions(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("old")
    path.chmod(0o600)
    with ResumableOutput(str(path), IDENTITY, resume=False) as output:
        for part in PARTS:
            output.add(part)
        assert path.read_text() == "old"
        output.finish()
    assert (read(path), path.stat().st_mode & 0o777) == (list(range(7)), 0o600)


def test_a_link_is_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "p.csv").symlink_to(tmp_path / "real" / "q.csv")
    with ResumableOutput(str(tmp_path / "p.csv"), IDENTITY, resume=False) as output:
        for part in PARTS:
            output.add(part)
        output.finish()
    assert (tmp_path / "p.csv").is_symlink()
    assert read(tmp_path / "real" / "q.csv") == list(range(7))


def test_what_the_system_refuses_is_told(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    with ResumableOutput(str(tmp_path / "p.csv"), IDENTITY, resume=False) as output:
        output.add(PARTS[0])
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match=r"p.csv' could not be written \(No space left on device\)\. Make room"):
            output.add(PARTS[1])


def test_the_manifest_says_what_is_there(tmp_path):
    cut = begin(tmp_path / "p.csv", parts=PARTS)
    manifest = json.loads((cut.folder / "manifest.json").read_text())
    assert (manifest["identity"], manifest["n_rows"], manifest["n_parts"]) == (IDENTITY, 7, 3)
    assert manifest["n_bytes"] == (cut.folder / "rows").stat().st_size
    shutil.rmtree(cut.folder)
