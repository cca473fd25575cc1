"""Libraries that are imported when one of their names is first used.

polars and narwhals take longer to import than a model file takes to read, or a row to predict, and neither needs them.
A module that names their types in annotations has ``from __future__ import annotations``.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals
    import polars  # noqa: ICN001 - modules call it pl

__all__ = ["narwhals", "polars"]


class _LazyModule(ModuleType):
    """Stands for a module until one of its attributes is read."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by tools that look at every module
            raise AttributeError(name)
        value = getattr(import_module(self.__name__), name)
        # The next time it is found without coming here.
        setattr(self, name, value)
        return value


if not TYPE_CHECKING:
    narwhals = _LazyModule("narwhals")
    polars = _LazyModule("polars")
