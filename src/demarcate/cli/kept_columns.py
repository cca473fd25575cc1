"""Columns of the input that stand before the predictions, exactly as the input has them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Self

import polars as pl

from demarcate.cli.console import notify
from demarcate.cli.options import column_names
from demarcate.errors import InputError, Problem
from demarcate.formatting import listed, quoted
from demarcate.tabular.column_names import similar_names

ALL = "all"
"""In the place of names: every column of the input."""
_OF_INPUT = "input_"


@dataclass(frozen=True)
class KeptColumns:
    """The positions of columns in the input, and their names in the output."""

    positions: tuple[int, ...] = ()
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: Sequence[str] | None, columns: Sequence[str], outputs: Collection[str]) -> Self:
        """Return the columns that an option names, of a table of these columns.

        A column whose name is one of ``outputs``, those of the predictions, is called ``input_`` and its name.

        Raises
        ------
        InputError
            If the table does not have a column, or one is named twice.
        """
        kept = column_names(values, columns)
        if kept == [ALL]:
            kept = [*columns]
        if problems := [*_unknown(kept, columns), *_repeated(kept)]:
            raise InputError(problems)
        names: list[str] = []
        for name in kept:
            written = name
            while written in outputs or written in names or (written != name and written in kept):
                written = f"{_OF_INPUT}{written}"
            if written != name:
                notify(
                    f"The column {quoted(name)} is kept as {quoted(written)}: predictions have a column of its name."
                )
            names.append(written)
        return cls(tuple(columns.index(name) for name in kept), tuple(names))

    def of_rows(self, stored: pl.DataFrame) -> pl.DataFrame:
        """Return the kept cells of some rows, as they are stored."""
        columns = stored.get_columns()
        return pl.DataFrame([columns[at].alias(name) for at, name in zip(self.positions, self.names, strict=True)])


NOTHING_KEPT = KeptColumns()


def _unknown(kept: Sequence[str], columns: Sequence[str]) -> list[Problem]:
    unknown = [name for name in dict.fromkeys(kept) if name not in columns]
    if not unknown:
        return []
    pairs = [f"{quoted(other)} for {quoted(name)}" for name, other in similar_names(unknown, columns).items()]
    remedy = f"Did you mean {listed(pairs)}?" if pairs else f"The columns are {listed(columns, 20, write=quoted)}"
    return [Problem(f"--keep names columns that the table does not have: {listed(unknown, write=quoted)}", remedy)]


def _repeated(kept: Sequence[str]) -> list[Problem]:
    repeated = [name for name in dict.fromkeys(kept) if kept.count(name) > 1]
    return [Problem(f"--keep names {quoted(name)} more than once", "Name it once") for name in repeated]
