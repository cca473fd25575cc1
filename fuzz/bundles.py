"""Damaged and forged model files: a file is accepted only if a writer of the format could have written its bytes."""

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
from demarcate.cli.console_tables import print_model
from demarcate.errors import BundleError, InputError
from fuzz import forging
from fuzz.campaign import CheckFailed, Target
from fuzz.edits import edited
from fuzz.side_effects import forbid_side_effects

GOLDEN = Path(__file__).parents[1] / "tests" / "bundle" / "golden"
MAX_MESSAGE = 1500
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
"""The record of a fitted model; the golden files have nearly empty ones."""


@dataclass(frozen=True)
class Case:
    """The bytes of a file; a forged one may have a valid digest."""

    data: bytes
    is_forged: bool = False


class ModelFileCheck:
    """Checks files: it has the valid ones, and rows to predict with the model of a forged one."""

    def __init__(self) -> None:
        import torch

        torch.set_num_threads(1)
        paths = sorted(GOLDEN.glob("*.safetensors"))
        golden = tuple(path.read_bytes() for path in paths)
        self.seeds = (*golden, forging.file_bytes(forging.with_record(forging.parts(golden[-1]), RECORD)))
        self.parts = tuple(map(forging.parts, self.seeds))
        self.rows = json.loads(paths[-1].with_suffix(".json").read_text(encoding="utf-8"))["rows"]
        self._parsed: dict[str, Any] = {}
        for seed, file in zip(self.seeds, self.parts, strict=True):
            # Lazy imports happen here, before side effects are forbidden.
            if not self.check(Case(seed)) or forging.file_bytes(file) != seed:
                raise AssertionError("a valid file is refused, or its bytes change when it is written again")

    def draw(self, random_: random.Random, _number: int) -> Case:
        """Draw a file with random damage (84%), or with a changed part under a valid digest."""
        kind = random_.random()
        if kind < 0.84:
            return Case(edited(self.seeds, random_))
        file = random_.choice(self.parts)
        if kind < 0.89:
            return Case(forging.file_bytes(file, lambda header: forging.change(header, random_)), is_forged=True)
        if kind < 0.92:
            return Case(forging.file_bytes(forging.with_tensors_changed(file, random_)), is_forged=True)
        if kind < 0.97:
            return Case(forging.file_bytes(forging.with_document_changed(file, random_)), is_forged=True)
        return Case(forging.file_bytes(forging.with_numbers_changed(file, random_)), is_forged=True)

    def check(self, case: Case) -> bool:
        """Return whether a file is accepted; raise if that is wrong."""
        try:
            with forbid_side_effects():
                file = parse_model_file(case.data)
                predictor = build_predictor(file.spec, file.tensors)
        except BundleError as error:
            _check_words(str(error))
            return False
        if case.data in self.seeds:
            return True
        if not case.is_forged:
            raise CheckFailed("a damaged file is accepted")
        if encode(*to_document(predictor)) != case.data:
            raise CheckFailed("a file is accepted whose bytes change when it is written again")
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
                # The forged columns are missing in our rows, or of another kind.
                self._parsed[schema] = None
        parsed = self._parsed[schema]
        if parsed is None:
            return
        probabilities = predictor.probabilities(parsed)
        if not np.isfinite(probabilities).all() or not np.allclose(probabilities.sum(1), 1):
            raise CheckFailed(f"invalid probabilities: {probabilities}")
        if len(predictor.decide(probabilities)) != len(probabilities):
            raise CheckFailed("the number of decisions is not the number of rows")


def target() -> Target[Case]:
    """Return the target: `BundleError`, or bytes that a writer of the format writes."""
    reading = ModelFileCheck()
    return Target("bundles", ".safetensors", reading.draw, reading.check, lambda case: case.data)


def _check_shown(file: ModelFile) -> None:
    """Check the summary of `demarcate inspect`, and for one file in ten that its text is printable."""
    json.dumps(model_summary.summary_json(file), allow_nan=False)
    if zlib.crc32(file.data) % 10:
        model_summary.summarize(file)
        return
    with redirect_stdout(io.StringIO()) as printed:
        print_model("model.safetensors", file)
    if not printed.getvalue().replace("\n", "").isprintable():
        raise CheckFailed(f"the summary is not printable: {printed.getvalue()!r}")


def _check_words(message: str) -> None:
    if len(message) > MAX_MESSAGE:
        raise CheckFailed(f"the message has {len(message)} characters")
    if not message.isprintable():
        raise CheckFailed(f"the message is not printable: {message!r}")
    odd = ("argument", "object is not", "unpack", "NoneType", "subscriptable", "has no attribute", "unhashable")
    if any(words in message for words in odd):
        raise CheckFailed(f"the message is one of Python: {message}")
