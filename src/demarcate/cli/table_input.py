"""From what a user names on the command line to a table and its target."""

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from demarcate.cli.error_handling import UsageError, say
from demarcate.cli.options import names
from demarcate.datasets import BUILT_IN, TableStream, read_table, stream_table
from demarcate.errors import InputError, InputWarning, Problem
from demarcate.io import signals
from demarcate.tabular import as_frame, typed_labels

if TYPE_CHECKING:
    from demarcate.inference import Predictor

# polars, which is loaded by now, has Ctrl-C wait until whoever writes our input has more to say.
signals.interrupt_blocking_calls()


@dataclass(frozen=True, eq=False)
class Loaded:
    """A table and what is known of it.

    Attributes
    ----------
    name
        How the user called it.
    frame
        Its rows.
    target
        The column to predict, if the table says so itself.
    categorical
        Columns that are categories although they are written as numbers.
    """

    name: str
    frame: pl.DataFrame
    target: str | None = None
    categorical: tuple[str, ...] = ()


def load(source: str, encoding: str | None = None, delimiter: str | None = None) -> Loaded:
    """A built-in data set by its name, or whatever table the source is."""
    if source in BUILT_IN:
        data = BUILT_IN[source]()
        return Loaded(source, as_frame(data.frame), data.target, tuple(data.categorical))
    return Loaded(source, as_frame(read_table(source, encoding=encoding, delimiter=_delimiter(delimiter))))


@dataclass(frozen=True, eq=False)
class Opened:
    """A table that is read in parts, and what is known of it.

    Attributes
    ----------
    name
        How the user called it.
    parts
        Frames of consecutive rows, of plain types, as they are asked for; may be iterated again if ``again``.
    columns
        The names of its columns.
    n_rows
        How many rows there are, where the format says so.
    again
        Whether it can be read more than once.
    target
        The column to predict, if the table says so itself.
    stays
        Whether another process would find it too: it is a file, or built in.
    categorical
        Columns that are categories although they are written as numbers.
    """

    name: str
    parts: Iterable[pl.DataFrame]
    columns: tuple[str, ...]
    n_rows: int | None
    again: bool
    target: str | None = None
    stays: bool = False
    categorical: tuple[str, ...] = ()


def opened(source: str, encoding: str | None = None, delimiter: str | None = None) -> Opened:
    """A built-in data set by its name, or whatever table the source is, to be read in parts."""
    if source in BUILT_IN:
        loaded = load(source)
        columns = tuple(loaded.frame.columns)
        return Opened(
            source,
            [loaded.frame],
            columns,
            len(loaded.frame),
            again=True,
            target=loaded.target,
            stays=True,
            categorical=loaded.categorical,
        )
    table = stream_table(source, encoding=encoding, delimiter=_delimiter(delimiter))
    return Opened(source, _Plain(table), table.columns, table.n_rows, table.again, stays=Path(source).is_file())


@dataclass(frozen=True)
class _Plain:
    """The parts of a table as frames of plain types."""

    table: TableStream

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return map(as_frame, self.table)


def _delimiter(given: str | None) -> str | None:
    # A tab cannot be typed between quotes in most shells.
    return "\t" if given in ("\\t", "tab") else given


def column_lists(
    given: Mapping[str, list[str]], columns: Sequence[str], own: Sequence[str] = ()
) -> dict[str, list[str]]:
    """What the user says of columns, and, where that is nothing, what the table says itself.

    Parameters
    ----------
    given
        The values of the options ``categorical``, ``numerical`` and ``drop``.
    columns
        Those of the table.
    own
        Columns that are categories by what the table says.

    Examples
    --------
    >>> given = {"categorical": ["a,b"], "numerical": ["c, d"], "drop": []}
    >>> column_lists(given, ["a", "b", "c, d", "e"], own=["b", "e"])
    {'categorical': ['a', 'b', 'e'], 'numerical': ['c, d'], 'drop': []}
    """
    lists = {setting: names(values, columns) for setting, values in given.items()}
    said = set(chain(*lists.values()))
    return {**lists, "categorical": [*lists["categorical"], *(name for name in own if name not in said)]}


def refuse_overwriting(out: str, *inputs: str, option: str = "--out") -> None:
    """Refuse an output that is one of the files a command reads.

    Raises
    ------
    UsageError
        If writing ``out`` would destroy an input.
    """
    for source in inputs:
        if source not in BUILT_IN and Path(out).exists() and Path(source).exists() and Path(out).samefile(source):
            raise UsageError(f"{option} {out} is a file this command reads: give the result another name")


def split_target(
    loaded: Loaded, target: str | None, *, drop_missing: bool = False
) -> tuple[pl.DataFrame, list[Any], str]:
    """Features, labels and the name of the target.

    Raises
    ------
    UsageError
        If it is not said which column is the target.
    InputError
        If there is no such column.
    """
    target = named_target(loaded.name, loaded.frame.columns, target or loaded.target)
    frame, labels = loaded.frame.drop(target), typed_labels(loaded.frame[target])
    if drop_missing:
        kept = [row for row, label in enumerate(labels) if label is not None]
        say_left_out(len(labels) - len(kept))
        frame, labels = frame[kept], [labels[row] for row in kept]
    return frame, labels, target


def named_target(name: str, columns: Sequence[str], target: str | None) -> str:
    """The target of a table with some columns, if it is one of them and not the only one.

    Raises
    ------
    UsageError
        If it is not said which column is the target.
    InputError
        If there is no such column, or no other.
    """
    if target is None:
        # The target is often last: the middle is what can be left out.
        shown = ", ".join(columns if len(columns) <= 20 else [*columns[:9], "...", *columns[-9:]])
        raise UsageError(f"name the column to predict with --target; the columns of {name} are {shown}")
    if target not in columns:
        close = get_close_matches(target, columns, 1, cutoff=0.75)
        remedy = f"Did you mean {close[0]!r}" if close else f"The table has {', '.join(columns[:20])}"
        raise InputError([Problem("The target is a column of the table", f"there is no {target!r}", remedy)])
    if len(columns) == 1:
        raise InputError([Problem("A table has columns beside its target", f"{target!r} is the only one", "Add some")])
    return target


def say_left_out(n_rows: int) -> None:
    """Say how many rows had no target, if any had none."""
    if n_rows:
        rows = "1 row without a target is" if n_rows == 1 else f"{n_rows:,} rows without a target are"
        say(f"{rows} left out.")


def warn_of_training_rows(predictor: "Predictor", fingerprint: str) -> None:
    """Say so if a model is about to be judged by the very rows that it was trained on."""
    if fingerprint == predictor.record.get("provenance", {}).get("data_sha256"):
        message = "these are the very rows the model was trained on: their scores flatter it"
        warnings.warn(InputWarning(message), stacklevel=2)
