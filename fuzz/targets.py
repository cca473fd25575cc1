"""The registry of targets."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from fuzz.campaign import Target


def _target(module: str) -> Callable[[], Target[Any]]:
    def make() -> Target[Any]:
        made: Target[Any] = import_module(module).target()
        return made

    return make


TARGETS: dict[str, Callable[[], Target[Any]]] = {
    "csv": _target("fuzz.csvs"),
    "fast-csv": _target("fuzz.fast_csvs"),
    "bundles": _target("fuzz.bundles"),
    "flips": _target("fuzz.flips"),
    "memory": _target("fuzz.memory"),
    "tables": _target("fuzz.tables"),
}
"""Functions that make the target, because text needs no torch."""
