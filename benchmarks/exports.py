"""Random models in all export formats beside the model itself: ``python benchmarks/exports.py --schemas 1000``.

Each model has random columns of all kinds with odd names, random encoders, trees and networks (tests/export), and rows
with missing, unseen and extreme cells, as text. Probabilities of the ONNX graph by onnxruntime, of the page's modules
in node by onnxruntime-web (``--formats web`` needs ``npm ci`` in tests/export/web), and of the plain PyTorch folder
are compared with the model's. A label differs but for ties if it is neither the model's, nor the one that the model
would decide for at the format's own probabilities. Formats that refuse a model, such as one with text, are counted.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "export"))

from random_models import random_model  # noqa: E402

from demarcate.errors import ExportError  # noqa: E402
from demarcate.inference import NumpyPredictor  # noqa: E402
from demarcate.tabular.schema import KINDS  # noqa: E402

MODELS_AT_ONCE = 20
"""Models that one process of node predicts with."""
TOLERANCE = 1e-5

Answer = tuple[np.ndarray, list[int]]
"""Probabilities ``(n_rows, n_classes)``, and the code of each label, -1 for none."""


@dataclass(frozen=True)
class Question:
    """A model, its rows as text, and its own answer."""

    seed: int
    model: NumpyPredictor
    table: pl.DataFrame
    probabilities: np.ndarray

    @classmethod
    def of(cls, seed: int, n_rows: int, kinds: Sequence[str]) -> "Question":
        """Draw a model of columns of these kinds, and rows."""
        model, rows = random_model(seed, n_rows=n_rows, kinds=tuple(kinds))
        texts = {name: ["" if row[name] is None else str(row[name]) for row in rows] for name in rows[0]}
        table = pl.DataFrame(texts)
        return cls(seed, model, table, model.predict_proba(table))


@dataclass
class Result:
    """What a format did on all models so far."""

    n_models: int = 0
    n_refused: int = 0
    n_rows: int = 0
    largest: float = 0.0
    n_labels: int = 0
    seconds: float = 0.0
    seeds: list[int] = field(default_factory=list)  # of models that differ

    def add(self, question: Question, answer: Answer) -> None:
        """Compare an answer with the model's."""
        found, codes = answer
        apart = float(np.nan_to_num(np.abs(found - question.probabilities), nan=1.0).max(initial=0.0))
        decided, own = question.model.decisions(question.probabilities), question.model.decisions(found)
        others = [code for code, first, second in zip(codes, decided, own, strict=True) if code not in (first, second)]
        self.n_models += 1
        self.n_rows += len(found)
        self.largest = max(self.largest, apart)
        self.n_labels += len(others)
        if apart > TOLERANCE or others:
            self.seeds.append(question.seed)


def by_onnx(questions: Sequence[Question]) -> list[Answer | None]:
    """Return what onnxruntime answers; None where a graph cannot compute the model."""
    import onnxruntime

    from demarcate.export.onnx_decision import exported_labels
    from demarcate.export.onnx_export import onnx_bytes
    from demarcate.export.onnx_inputs import onnx_inputs

    answers: list[Answer | None] = []
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    for question in questions:
        try:
            graph = onnx_bytes(question.model)
        except ExportError:
            answers.append(None)
            continue
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        inputs = onnx_inputs(question.model, question.table, question.model.parse(question.table))
        labels, probabilities = session.run([output.name for output in session.get_outputs()][:2], inputs)
        names, n_classes = list(exported_labels(question.model)), len(question.model.classes)
        codes = [names.index(label) for label in labels.tolist()]
        answers.append((probabilities, [code if code < n_classes else -1 for code in codes]))
    return answers


def by_pytorch(questions: Sequence[Question]) -> list[Answer | None]:
    """Return what the code of the folders answers."""
    from demarcate.export.pytorch_folder import folder_files, load_folder

    answers: list[Answer | None] = []
    for question in questions:
        with tempfile.TemporaryDirectory() as name:
            try:
                files = folder_files(question.model, [], question.probabilities[:0])
            except ExportError:
                answers.append(None)
                continue
            for file, data in files.items():
                (Path(name) / file).write_bytes(data)
            network = load_folder(Path(name))
        probabilities = network.probabilities(question.table.to_dicts())
        answers.append((probabilities, question.model.decisions(probabilities).tolist()))
    return answers


def by_page(questions: Sequence[Question]) -> list[Answer | None]:
    """Return what the page's modules answer in node, from tables of text."""
    from demarcate.export.onnx_export import onnx_bytes
    from demarcate.export.web_facts import web_facts

    asked, places = [], []
    with tempfile.TemporaryDirectory() as name:
        for place, question in enumerate(questions):
            try:
                graph = onnx_bytes(question.model)
            except ExportError:
                continue
            files = Path(name) / f"{place}.onnx", Path(name) / f"{place}.csv"
            files[0].write_bytes(graph)
            with files[1].open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(question.table.columns)
                writer.writerows(question.table.rows())
            asked.append({"facts": web_facts(question.model), "graph": str(files[0]), "table": str(files[1])})
            places.append(place)
        program = [shutil.which("node") or "node", "--no-warnings", ROOT / "tests/export/web/predict_tables.mjs"]
        done = subprocess.run(program, input=json.dumps(asked), capture_output=True, text=True, check=True)
    answers: list[Answer | None] = [None] * len(questions)
    for place, answer in zip(places, json.loads(done.stdout), strict=True):
        if "problems" in answer:
            print(f"seed {questions[place].seed}: the page refuses {answer['problems'][:2]}", flush=True)
            answers[place] = (np.full_like(questions[place].probabilities, np.nan), [-1] * len(questions[place].table))
        else:
            codes = [-1 if code is None else code for code in answer["decisions"]]
            answers[place] = (np.array(answer["probabilities"], dtype=np.float64), codes)
    return answers


FORMATS: dict[str, Callable[[Sequence[Question]], list[Answer | None]]] = {
    "onnx": by_onnx,
    "pytorch": by_pytorch,
    "web": by_page,
}


def compare(first: int, n_schemas: int, n_rows: int, formats: Sequence[str], kinds: Sequence[str]) -> dict[str, Result]:
    """Return the result of each format on models with the seeds from ``first`` on."""
    results = {name: Result() for name in formats}
    for start in range(first, first + n_schemas, MODELS_AT_ONCE):
        seeds = range(start, min(start + MODELS_AT_ONCE, first + n_schemas))
        questions = [Question.of(seed, n_rows, kinds) for seed in seeds]
        for name, result in results.items():
            began = time.perf_counter()
            for question, answer in zip(questions, FORMATS[name](questions), strict=True):
                if answer is None:
                    result.n_refused += 1
                else:
                    result.add(question, answer)
            result.seconds += time.perf_counter() - began
        print(f"{seeds.stop - first:,} of {n_schemas:,}", file=sys.stderr, flush=True)
    return results


def main(arguments: argparse.Namespace) -> dict[str, Any]:
    """Compare, print a table, and return the results."""
    import torch

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # of cells that are odd on purpose
    results = compare(arguments.first, arguments.schemas, arguments.rows, arguments.formats, arguments.kinds)
    print(f"{arguments.schemas:,} random models from seed {arguments.first}, {arguments.rows:,} rows each")
    print("| format | models | refused | rows | largest difference | labels that differ but for ties | s |")
    print("|---|" + "---:|" * 6)
    for name, own in results.items():
        cells = [
            f"{own.n_models:,}",
            f"{own.n_refused:,}",
            f"{own.n_rows:,}",
            f"{own.largest:.1e}",
            f"{own.n_labels:,}",
        ]
        print(f"| {name} | {' | '.join(cells)} | {own.seconds:.0f} |")
        if own.seeds:
            print(f"{name} differs for the seeds {own.seeds[:20]}", file=sys.stderr)
    return results


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--schemas", type=int, default=1000, help="random models")
    parser.add_argument("--rows", type=int, default=1000, help="rows of each")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS, help="kinds of columns")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=["onnx", "pytorch"])
    sys.exit(any(own.seeds for own in main(parser.parse_args()).values()))
