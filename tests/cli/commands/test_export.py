import hashlib
import json

import pytest


def test_a_model_is_exported_under_its_own_name_and_compared_on_a_table(demarcate, model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = demarcate("export", model, "--table", "heart", "--json")
    assert outcome.code == 0, outcome.err
    first, second = outcome.err.splitlines()
    assert first == "Exported to heart.onnx"
    assert second.startswith("Compared with the model: on 559 rows its probabilities differ by at most ")
    facts = json.loads(outcome.out)
    assert facts["sha256"] == hashlib.sha256((tmp_path / "heart.onnx").read_bytes()).hexdigest()
    assert (facts["format"], facts["path"], facts["rows_compared"]) == ("onnx", "heart.onnx", 559)
    assert 0 <= facts["largest_difference"] < 1e-5


def test_costs_and_abstaining_go_into_the_graph(demarcate, model, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    out = tmp_path / "careful.onnx"
    outcome = demarcate("export", model, "--out", out, "--cost", "false_negative=5", "--abstain", "0.1", "--quiet")
    assert (outcome.code, outcome.err, outcome.out) == (0, "", "")
    session = onnxruntime.InferenceSession(out, providers=["CPUExecutionProvider"])
    assert session.get_outputs()[0].type == "tensor(string)"  # without a decision it is empty


def test_another_file_than_expected_is_refused_and_nothing_written(demarcate, model, tmp_path):
    outcome = demarcate("export", model, "--out", tmp_path / "m.onnx", "--expect-sha256", "0" * 64)
    assert outcome.code == 1
    assert "SHA-256" in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_files_is_refused_before_the_work_and_stays_as_it_is(demarcate, model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "heart_pytorch"
    folder.mkdir()
    for name in ("model.py", "README.md", "weights.safetensors", "mine.py"):
        (folder / name).write_text("kept")
    outcome = demarcate("export", model, "--to", "pytorch")
    fact = "'heart_pytorch' is a folder with files: README.md, mine.py, model.py and 1 more"
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == f"Error: {fact}. Choose another name, or remove it.\n"
    assert {path.read_text() for path in folder.iterdir()} == {"kept"}


def test_a_file_is_replaced_and_a_link_keeps_leading_to_it(demarcate, model, tmp_path):
    (tmp_path / "versions").mkdir()
    target, link = tmp_path / "versions" / "1.onnx", tmp_path / "current.onnx"
    target.write_bytes(b"old")
    link.symlink_to(target)
    assert demarcate("export", model, "--out", link, "--quiet").code == 0
    assert link.is_symlink()
    assert len(target.read_bytes()) > len(b"old")
    assert [path.name for path in target.parent.iterdir()] == ["1.onnx"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "pickle"], "Usage: --to is 'pickle'. Choose one of onnx, web, pytorch, torch-export."),
        (
            ["--to", "onnx", "--out", "m.html"],
            "Usage: --out is 'm.html'. For --to onnx name a .onnx file.",
        ),
        (["--to", "web", "--out", "m.onnx"], "Usage: --out is 'm.onnx'. For --to web name a .html file."),
        (["--to", "onnx", "--runtime", "dist"], "Usage: --runtime is only for --to web. Leave it out."),
        (["--out", "no/such/m.onnx"], "Error: 'no/such' is not a folder."),
        (["--out", ""], "Usage: --out is empty."),
    ],
)
def test_what_cannot_be_exported_is_refused_before_the_work(demarcate, model, arguments, message):
    outcome = demarcate("export", model, *arguments)
    assert outcome.code in (1, 2)
    assert outcome.err.startswith(message)
    assert outcome.out == ""
