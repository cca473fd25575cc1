"""The page reads cells as the model does: the same tables, and onnxruntime-web in node, beside the model."""

import csv
import importlib.util
import json
import shutil
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest

from demarcate.export.onnx_export import onnx_bytes
from demarcate.export.web_facts import web_facts
from demarcate.tabular.frame import as_frame

HERE = Path(__file__).parent
NODE = shutil.which("node")
SEEDS = range(16)
KINDS = ("numerical", "categorical", "boolean", "date")

spec = importlib.util.spec_from_file_location("random_models", HERE / "random_models.py")
random_models = importlib.util.module_from_spec(spec)
spec.loader.exec_module(random_models)

pytestmark = pytest.mark.skipif(NODE is None, reason="needs node")


def in_node(questions):
    """What the page's modules answer, computed by onnxruntime-web."""
    asked = json.dumps(questions)
    # Code that runs for a second is not worth compiling well.
    program = [NODE, "--no-warnings", "--liftoff-only", HERE / "web" / "predict_tables.mjs"]
    done = subprocess.run(program, input=asked, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def question(model, rows, folder):
    """A model and a table of text, as files."""
    folder.mkdir()
    (folder / "model.onnx").write_bytes(onnx_bytes(model))
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([["" if cell is None else cell for cell in row.values()] for row in rows])
    paths = {"graph": str(folder / "model.onnx"), "table": str(folder / "table.csv")}
    return {"facts": web_facts(model), **paths}


def expected(model, rows):
    """Probabilities and decisions of the model for the same text."""
    texts = {name: ["" if row[name] is None else str(row[name]) for row in rows] for name in rows[0]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.predict_proba(as_frame(texts))


def test_tables_of_every_kind_are_predicted_as_by_the_model(web_runtime, tmp_path):
    drawn = [random_models.random_model(seed, kinds=KINDS) for seed in SEEDS]
    answers = in_node([question(*each, tmp_path / f"{seed}") for seed, each in zip(SEEDS, drawn, strict=True)])
    for seed, (model, rows), answer in zip(SEEDS, drawn, answers, strict=True):
        assert "problems" not in answer, (seed, answer["problems"])
        probabilities = expected(model, rows)
        assert np.abs(np.array(answer["probabilities"]) - probabilities).max() < 1e-5, seed
        decisions = [-1 if code is None else code for code in answer["decisions"]]
        # A tie is decided by the last bits.
        assert decisions == model.decisions(np.array(answer["probabilities"])).tolist(), seed


def test_a_usual_row_is_one_that_the_model_takes():
    for seed in SEEDS:
        model, _ = random_models.random_model(seed)
        facts = web_facts(model)
        json.dumps(facts, allow_nan=False)
        assert np.isfinite(expected(model, [{each["name"]: each["example"] for each in facts["columns"]}])).all()


ODD_CELLS = (
    ("numerical", "12.5.1", "needs a number"),
    ("numerical", "0x10", "needs a number"),
    ("date", "2023-02-29", "needs a date such as 2024-12-31"),
    ("date", "yesterday", "needs a date such as 2024-12-31"),
)


def test_what_the_model_refuses_is_refused_with_every_place(web_runtime, tmp_path):
    asked, shown = [], []
    for number, (kind, cell, problem) in enumerate(ODD_CELLS):
        model, rows = plain_model(kind)
        name = model.schema.used[0].name
        rows = [{**row, name: cell} for row in rows[:2]]
        with pytest.raises(ValueError, match=r"needs (numbers|dates)"):
            expected(model, rows)
        asked.append(question(model, rows, tmp_path / f"{number}"))
        shown.append([f'Row {row}, column "{name}" {problem}, and holds "{cell}".' for row in (1, 2)])
    model, _ = random_models.random_model(3, kinds=KINDS)
    asked.append(question(model, [{"other": "1", "more": "2"}], tmp_path / "without"))
    *refused, without = [answer["problems"] for answer in in_node(asked)]
    assert refused == shown
    assert len(without) == 1
    assert all(json.dumps(column.name, ensure_ascii=False) in without[0] for column in model.schema.used)


def plain_model(kind):
    """A model whose first column is of a kind, and written in the usual way."""
    for seed in range(100):
        model, rows = random_models.random_model(seed, kinds=(kind,), odd_names=False)
        column = model.schema.used[0]
        if not column.is_written_unusually and not column.date_format:
            return model, rows
    raise AssertionError(f"no plain column is {kind}")
