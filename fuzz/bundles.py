"""Model files, damaged and forged: none is read but as it was written, or as somebody wrote it who knows the format."""

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from demarcate.bundle.document import build, to_document
from demarcate.bundle.format import encode
from demarcate.bundle.reading import audited
from demarcate.errors import BundleError, InputError
from fuzz import forging
from fuzz.campaign import Broken, Target
from fuzz.edits import edited
from fuzz.watching import nothing_but_reading

GOLDEN = Path(__file__).parents[1] / "tests" / "bundle" / "golden"
LONGEST_MESSAGE = 1500


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
        self.seeds = tuple(path.read_bytes() for path in paths)
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
                file = audited(case.data)
                predictor = build(file.contents, file.tensors)
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


def _check_words(message: str) -> None:
    if len(message) > LONGEST_MESSAGE:
        raise Broken(f"the message has {len(message)} characters")
    if not message.isprintable():
        raise Broken(f"the message does not print: {message!r}")
    odd = ("argument", "object is not", "unpack", "NoneType", "subscriptable", "has no attribute", "unhashable")
    if any(words in message for words in odd):
        raise Broken(f"the message is Python's own: {message}")
