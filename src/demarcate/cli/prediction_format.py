"""Predictions as people and programs read them."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from typing import Self

from demarcate.cli.console import json_text
from demarcate.formatting import visible
from demarcate.inference.predictions import Predictions
from demarcate.tabular.frame_libraries import polars as pl

MAX_IN_MEMORY = 1 << 24
"""Bytes kept in memory; more go to a file that vanishes with the process."""


def write_csv(part: Predictions, is_first: bool) -> str:
    """Return rows as CSV: exact data for a file or a pipe, visible characters for a terminal."""
    table = part.as_table()
    if sys.stdout is None or not sys.stdout.isatty():
        return table.write_csv(include_header=is_first)
    names = pl.DataFrame({str(place): [visible(name)] for place, name in enumerate(table.columns)})
    head = names.write_csv(include_header=False) if is_first else ""
    rows = table.with_columns(pl.col(pl.String).map_elements(visible, return_dtype=pl.String))
    return head + rows.write_csv(include_header=False)


def write_json(part: Predictions, is_first: bool) -> str:
    """Return rows as the continuation of a JSON object, which ends with ``]}``."""
    head = f'{{"target": {json_text(part.target)}, "predictions": [' if is_first else ", "
    return head + ", ".join(map(json_text, part.json_rows()))


def write_words(part: Predictions, _: bool) -> str:
    """Return a single row's prediction in words."""
    return "".join(f"{visible(line)}\n" for line in part.in_words())


class PredictionPrinter:
    """Holds the text of predictions back until all are there, then prints it; a context, which lets go of it."""

    def __init__(self, write: Callable[[Predictions, bool], str], end: str = "") -> None:
        self._write, self._end, self._is_first = write, end, True
        self._held = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed with the printer
            MAX_IN_MEMORY, mode="w+", encoding="utf-8", newline="", errors="surrogatepass"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def add(self, part: Predictions) -> None:
        """Take the next rows, one at least."""
        self._held.write(self._write(part, self._is_first))
        self._is_first = False

    def finish(self) -> None:
        """Print all rows, unless there is no standard output."""
        self._held.write(self._end)
        self._held.seek(0)
        if sys.stdout is not None:
            shutil.copyfileobj(self._held, sys.stdout)
