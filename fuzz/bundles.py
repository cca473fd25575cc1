"""Model files, damaged and forged: none is read but as it was written, or as somebody wrote it who knows the format."""

import io
import json
import random
import zlib
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from demarcate.bundle.document import build_predictor, to_document
from demarcate.bundle.format import encode
from demarcate.bundle.read_model import ModelFile, parse_model_file
from demarcate.cli import model_summary
from demarcate.cli.result_tables import print_model
from demarcate.errors import BundleError, InputError
from fuzz import forging
from fuzz.campaign import Broken, Target
from fuzz.edits import edited
from fuzz.watching import nothing_but_reading

GOLDEN = Path(__file__).parents[1] / "tests" / "bundle" / "golden"
LONGEST_MESSAGE = 1500
_SCORE = {"value": 0.75, "low": 0.5, "high": 0.875, "n_rows": 8, "rows": "out-of-fold"}
_TRAINING = {"epochs": 3, "best_epoch": 2, "timed_out": True, "diverged": None}
_TRAINING["history"] = {"epoch": [1, 2, 3], "train_loss": [1.0, 0.5, 0.25], "validation_loss": [1.0, 0.75, None]}
RECORD = {
    "n_samples": 8,
    "n_features": 6,
    "class_rows": {"absent": 4, "mild": 2, "sévère": 2},
    "scores": {"accuracy": _SCORE, "log_loss": _SCORE},
    "class_scores": {"absent": {"recall": _SCORE}},
    "baselines": {"majority": {"accuracy": _SCORE}, "logistic_regression": {"log_loss": _SCORE}},
    "members": [_TRAINING] * 3,
    "audit": [
        {"rule": "constant", "severity": "note", "text": "'unit' is constant", "columns": ["unit"], "numbers": {}}
    ],
    "settings": {"preset": "default", "hidden": [3], "cost": None},
    "provenance": {"seed": 0, "torch": "2.6", "data_sha256": "0" * 64},
}
"""What a fitted model's record has: the golden files have next to none."""


@dataclass(frozen=True)
class Case:
    """The bytes of a file; forged ones have a digest that may be right."""

    data: bytes
    is_forged: bool = False


class Reading:
    """What judges files: it knows the good ones, and rows for whatever model a forged one holds."""

    def __init__(self) -> None:
        import torch

        torch.set_num_threads(1)
        paths = sorted(GOLDEN.glob("*.safetensors"))
        golden = tuple(path.read_bytes() for path in paths)
        self.seeds = (*golden, forging.written(forging.with_record(forging.parts(golden[-1]), RECORD)))
        self.parts = tuple(map(forging.parts, self.seeds))
        self.rows = json.loads(paths[-1].with_suffix(".json").read_text(encoding="utf-8"))["rows"]
        self._parsed: dict[str, Any] = {}
        for seed, file in zip(self.seeds, self.parts, strict=True):
            # All that is imported where it is used is there before anyone watches.
            if not self.holds(Case(seed)) or forging.written(file) != seed:
                raise AssertionError("the good files are good, and are written as they are")

    def draw(self, random_: random.Random, _number: int) -> Case:
        """Most are damaged anyhow; of each hundred some have a header, a document or numbers changed with care."""
        kind = random_.random()
        if kind < 0.84:
            return Case(edited(self.seeds, random_))
        file = random_.choice(self.parts)
        if kind < 0.89:
            return Case(forging.written(file, lambda header: forging.change(header, random_)), is_forged=True)
        if kind < 0.92:
            return Case(forging.written(forging.with_tensors_changed(file, random_)), is_forged=True)
        if kind < 0.97:
            return Case(forging.written(forging.with_document_changed(file, random_)), is_forged=True)
        return Case(forging.written(forging.with_numbers_changed(file, random_)), is_forged=True)

    def holds(self, case: Case) -> bool:
        """Whether a file was read, if rightly."""
        try:
            with nothing_but_reading():
                file = parse_model_file(case.data)
                predictor = build_predictor(file.spec, file.tensors)
        except BundleError as error:
            _check_words(str(error))
            return False
        if case.data in self.seeds:
            return True
        if not case.is_forged:
            raise Broken("a damaged file is read")
        if encode(*to_document(predictor)) != case.data:
            raise Broken("a file is read that would be written otherwise")
        self._check_predictions(predictor, json.dumps(file.document["schema"]))
        _check_shown(file)
        return True

    def _check_predictions(self, predictor: Any, schema: str) -> None:
        if schema not in self._parsed:
            if len(self._parsed) > 1000:
                self._parsed.clear()
            try:
                self._parsed[schema] = predictor.parse(self.rows)
            except InputError:
                # Somebody's columns are not among ours, or not of our kind.
                self._parsed[schema] = None
        parsed = self._parsed[schema]
        if parsed is None:
            return
        probabilities = predictor.probabilities(parsed)
        if not np.isfinite(probabilities).all() or not np.allclose(probabilities.sum(1), 1):
            raise Broken(f"it predicts {probabilities}")
        if len(predictor.decide(probabilities)) != len(probabilities):
            raise Broken("rows go missing in decisions")


def target() -> Target[Case]:
    """Refused with `BundleError`; or it is byte for byte a file that was written, or forged as only a writer writes."""
    reading = Reading()
    return Target("bundles", ".safetensors", reading.draw, reading.holds, lambda case: case.data)


def _check_shown(file: ModelFile) -> None:
    """What `demarcate inspect` says is said, and of one file in ten printed: no text of it rules a terminal."""
    json.dumps(model_summary.summary_json(file), allow_nan=False)
    if zlib.crc32(file.data) % 10:
        model_summary.summarize(file)
        return
    with redirect_stdout(io.StringIO()) as printed:
        print_model("model.safetensors", file)
    if not printed.getvalue().replace("\n", "").isprintable():
        raise Broken(f"it prints {printed.getvalue()!r}")


def _check_words(message: str) -> None:
    if len(message) > LONGEST_MESSAGE:
        raise Broken(f"the message has {len(message)} characters")
    if not message.isprintable():
        raise Broken(f"the message does not print: {message!r}")
    odd = ("argument", "object is not", "unpack", "NoneType", "subscriptable", "has no attribute", "unhashable")
    if any(words in message for words in odd):
        raise Broken(f"the message is Python's own: {message}")
