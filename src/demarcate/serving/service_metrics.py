"""What a service counts, for Prometheus: requests, rows, times, batches, and how rows differ from the training rows.

No label is a value of a cell: labels are names of models, columns and classes, and words of our own.
"""

import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from demarcate.formatting import plain_text
from demarcate.inference.coded_rows import CodedRows
from demarcate.serving.answers import PredictedRows
from demarcate.serving.served_model import ServedModel
from demarcate.serving.shared_memory import NO_DESCRIPTOR
from demarcate.serving.shared_numbers import SharedNumbers

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16384, 65536)
MAX_CLASSES = 100
"""Classes of a model whose predictions are counted one by one."""
_COUNTERS = {
    "requests": ("Requests that were answered, by what asked for them and how they ended", ("route", "status")),
    "predicted_rows": ("Rows that were predicted", ("model", "version")),
    "predictions": (
        "Rows by predicted label, which is empty for no decision",
        ("model", "version", "label"),
    ),
    "outside_cells": (
        "Cells unlike the training rows: categories that they did not have, and values beyond their range",
        ("model", "version", "column"),
    ),
    "missing_cells": ("Cells that were missing", ("model", "version", "column")),
    "warnings": ("Warnings about cells, by column and kind", ("model", "version", "column", "kind")),
}
_HISTOGRAMS: Mapping[str, tuple[str, tuple[str, ...], Sequence[float]]] = {
    "request_seconds": ("Seconds from the headers of a request to its answer", ("route",), SECONDS),
    "request_rows": ("Rows of a request", ("model",), SIZES),
    "batch_rows": ("Rows that were computed at once", (), SIZES),
    "batch_requests": ("Requests whose rows were computed at once", (), SIZES),
}
_SHARES = {
    "outside_share": ("Share of a column's cells that are unlike the training rows, since the start", "outside_cells"),
    "missing_share": ("Share of a column's cells that were missing, since the start", "missing_cells"),
}
_OF_VERSIONS = ("model", "version")
_PREFIX = "demarcate_"


class ServiceMetrics:
    """Counts what a service does; the processes of a service share one.

    Parameters
    ----------
    n_places
        How many processes count. The metrics are made before the processes are copied; each then uses a place.
    descriptor
        That of the memory of `SharedNumbers`, for processes that are no copies.
    """

    def __init__(self, n_places: int = 1, descriptor: int = NO_DESCRIPTOR) -> None:
        self.descriptor = descriptor
        self._numbers = SharedNumbers(n_places, descriptor)
        self._keys: dict[tuple[str, ...], str] = {}
        """The names of numbers that were counted already, by the metric and its labels."""

    def use_place(self, place: int, versions: Collection[tuple[str, str]] | None = None) -> None:
        """Count in another place from now on; once room there is scarce, only numbers of these versions stay."""

        def is_current(key: str) -> bool:
            name, *labels = json.loads(key)
            of_versions = name in _COUNTERS and _COUNTERS[name][1][:2] == _OF_VERSIONS
            return versions is None or not of_versions or tuple(labels[:2]) in versions

        self._numbers.use_place(place, is_current)

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count a request that is over."""
        self._count("requests", 1, route, str(status))
        self._observe("request_seconds", seconds, route)

    def batch(self, n_requests: int, n_rows: int) -> None:
        """Count rows of several requests that were computed at once."""
        self._observe("batch_requests", n_requests)
        self._observe("batch_rows", n_rows)

    def predicted(self, rows: PredictedRows) -> None:
        """Count the rows of a request, and how they differ from the training rows."""
        who = (rows.name, rows.version)
        self._count("predicted_rows", len(rows.coded), *who)
        self._observe("request_rows", len(rows.coded), rows.name)
        self._count_labels(rows, who)
        self._count_cells(rows, rows.coded, who)

    def _count_labels(self, rows: PredictedRows, who: tuple[str, str]) -> None:
        labels = rows.model.classes
        if len(labels) > MAX_CLASSES:
            return
        counts = np.bincount(rows.decisions + 1, minlength=len(labels) + 1).tolist()
        for label, n in zip(["", *labels.tolist()], counts, strict=True):
            if n:
                self._count("predictions", n, *who, plain_text(label))

    def _count_cells(self, rows: PredictedRows, coded: CodedRows, who: tuple[str, str]) -> None:
        for column, n in coded.outside.items():
            self._count("outside_cells", n, *who, column)
        missing = np.isnan(coded.values)
        if missing.any():
            names = [column.name for column in rows.model.schema.used]
            for at, n in enumerate(missing.sum(axis=0).tolist()):
                if n:
                    self._count("missing_cells", n, *who, names[at])
        for warning in coded.warnings:
            self._count("warnings", 1, *who, warning.column, warning.kind)

    def text(self, models: Iterable[ServedModel] = ()) -> bytes:
        """Return the metrics of all processes, as Prometheus reads them."""
        return "".join(self._lines(models)).encode()

    def _lines(self, models: Iterable[ServedModel]) -> Iterator[str]:
        by_name: dict[str, dict[tuple[str, ...], float]] = {}
        for key, value in self._numbers.sums().items():
            name, *labels = json.loads(key)
            by_name.setdefault(name, {})[tuple(labels)] = value
        for name, (help_text, labels_of) in _COUNTERS.items():
            yield from _head(f"{name}_total", help_text, "counter")
            for labels, value in by_name.get(name, {}).items():
                yield _line(f"{name}_total", dict(zip(labels_of, labels, strict=True)), value)
        for name, (help_text, labels_of, _) in _HISTOGRAMS.items():
            yield from _head(name, help_text, "histogram")
            yield from _histogram_lines(name, labels_of, by_name)
        rows = by_name.get("predicted_rows", {})
        for name, (help_text, counter) in _SHARES.items():
            yield from _head(name, help_text, "gauge")
            for labels, n in by_name.get(counter, {}).items():
                facts = dict(zip(_COUNTERS[counter][1], labels, strict=True))
                yield _line(name, facts, n / max(1.0, rows.get(labels[:2], 0.0)))
        yield from _head("model_info", "The models that are served", "gauge")
        for served in models:
            yield _line("model_info", {"model": served.name, "version": served.version, "sha256": served.sha256}, 1.0)

    def _count(self, name: str, n: float, *labels: str) -> None:
        self._numbers.add(_key(name, labels), n)

    def _observe(self, name: str, value: float, *labels: str) -> None:
        limits = _HISTOGRAMS[name][2]
        place = bisect_left(limits, value)
        self._count(f"{name}_bucket", 1, *labels, str(limits[place]) if place < len(limits) else "+Inf")
        self._count(f"{name}_sum", value, *labels)


@lru_cache(maxsize=8192)
def _key(name: str, labels: tuple[str, ...]) -> str:
    """Return the name that a number has among those of all processes."""
    return json.dumps((name, *labels))


def _histogram_lines(
    name: str, labels_of: Sequence[str], by_name: Mapping[str, Mapping[tuple[str, ...], float]]
) -> Iterator[str]:
    """Yield the cumulative counts of each histogram of a name, with its sum."""
    counts, limits = by_name.get(f"{name}_bucket", {}), [*map(str, _HISTOGRAMS[name][2]), "+Inf"]
    for labels, total in by_name.get(f"{name}_sum", {}).items():
        facts, n = dict(zip(labels_of, labels, strict=True)), 0.0
        for limit in limits:
            n += counts.get((*labels, limit), 0.0)
            yield _line(f"{name}_bucket", {**facts, "le": limit}, n)
        yield _line(f"{name}_sum", facts, total)
        yield _line(f"{name}_count", facts, n)


def _head(name: str, help_text: str, kind: str) -> Iterator[str]:
    yield f"# HELP {_PREFIX}{name} {help_text}.\n"
    yield f"# TYPE {_PREFIX}{name} {kind}\n"


def _line(name: str, labels: Mapping[str, Any], value: float) -> str:
    shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{_PREFIX}{name}{f'{{{shown}}}' if shown else ''} {value:.17g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
