"""Predictions on standard output: nothing before all rows are known to be good."""

import json
import shutil
import sys
import tempfile
from abc import ABC, abstractmethod
from typing import Self

from demarcate.cli.predictions import Predictions

_IN_MEMORY = 1 << 24
"""Bytes kept in memory; more go to a file that vanishes with the process."""


class Printed(ABC):
    """Predictions that are held back until all are there; a context, which lets go of them."""

    def __init__(self) -> None:
        self._held = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed with the sink
            _IN_MEMORY, mode="w+", encoding="utf-8", newline="", errors="surrogatepass"
        )
        self._is_first = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    @abstractmethod
    def add(self, part: Predictions) -> None:
        """The next rows."""

    def finish(self) -> None:
        """Print what was held back, unless there is nowhere to print to."""
        self._held.seek(0)
        if sys.stdout is not None:
            shutil.copyfileobj(self._held, sys.stdout)


class PrintedCsv(Printed):
    """Predictions as CSV."""

    def add(self, part: Predictions) -> None:
        """The next rows."""
        self._held.write(part.as_table().write_csv(include_header=self._is_first))
        self._is_first = False


class PrintedJson(Printed):
    """Predictions as one JSON object."""

    def add(self, part: Predictions) -> None:
        """The next rows."""
        if self._is_first:
            self._held.write(f'{{"target": {json.dumps(part.target)}, "predictions": [')
        for row in part.json_rows():
            self._held.write("" if self._is_first else ", ")
            self._held.write(json.dumps(row, allow_nan=False))
            self._is_first = False

    def finish(self) -> None:
        """Print it."""
        self._held.write("]}\n")
        super().finish()


class PrintedWords(Printed):
    """A single row's prediction in words."""

    def add(self, part: Predictions) -> None:
        """The row."""
        self._held.write(f"{part.in_words()}\n")
