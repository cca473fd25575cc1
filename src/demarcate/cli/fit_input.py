"""The training set that ``fit`` is asked to learn from: in memory, or on disk where it exceeds ``--memory``."""

import ctypes
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from demarcate.classifier.presets import HOLDOUT_ABOVE, preset_settings
from demarcate.cli.error_handling import UsageError, say
from demarcate.cli.table_input import column_lists, load, named_target, say_left_out, split_target
from demarcate.formatting import sized
from demarcate.io.scratch import scratch_folder
from demarcate.io.tables.columnar import ColumnarTable, open_columnar
from demarcate.trainingset import MemoryBudget, TrainingSet, TrainingSetOnDisk, open_file, open_table

_M_MMAP_THRESHOLD, _MMAP_BYTES = -3, 4 * 2**20
"""glibc's option for the size from which an array has memory of its own, and that size."""


@dataclass(frozen=True, eq=False)
class FitInput:
    """A training set, and what the command line says of it.

    Attributes
    ----------
    name
        The table as the user named it.
    lists
        Column names by setting: ``categorical``, ``numerical`` and ``drop``.
    rows
        All rows and their labels; None if they are on disk.
    encoded_bytes
        Size of each file of encoded rows so far.
    """

    name: str
    training_set: TrainingSet
    lists: Mapping[str, list[str]]
    rows: tuple[pl.DataFrame, list[Any]] | None = None
    encoded_bytes: list[int] = field(default_factory=list)

    def show(self) -> None:
        """Print the kind of each column and how many rows each class has."""
        from demarcate.cli import console

        table = self.training_set
        if isinstance(table, TrainingSetOnDisk):
            console.described_schema(self.name, len(table.codes), table.schema, table.summaries, table.target)
        elif self.rows:
            console.schema(self.name, self.rows[0], table.schema, table.target)
        counts = Counter(table.codes.tolist())
        console.class_balance({label: counts[code] for code, label in enumerate(table.classes.tolist())})

    def sample_note(self) -> str:
        """Return a sentence on the sample that the audit and logistic regression read, or nothing."""
        if self.training_set.sample is None:
            return ""
        n, n_rows = len(self.training_set.sample), len(self.training_set.codes)
        return f"The audit and logistic regression read {n:,} of the {n_rows:,} rows, drawn at random."

    def memory_json(self) -> dict[str, Any] | None:
        """Return the budget, the sizes in bytes, the folder and the size of the sample; None in memory."""
        table = self.training_set
        if not isinstance(table, TrainingSetOnDisk):
            return None
        return {
            "allowed": table.budget.n_bytes,
            "table": table.table_bytes,
            "file": sum(self.encoded_bytes),
            "folder": str(table.folder),
            "sample": None if table.sample is None else len(table.sample),
        }


@contextmanager
def open_fit_input(
    source: Mapping[str, Any],
    lists: Mapping[str, list[str]],
    settings: Mapping[str, Any],
    outputs: Mapping[str, str | None],
    *,
    drop_missing_target: bool,
    memory: str | None,
    seed: int,
    quiet: bool,
) -> Iterator[FitInput]:
    """Open the table that a command names: in memory, unless it exceeds the budget."""
    if memory is not None:
        budget, columns = MemoryBudget.of(memory), open_columnar(source["table"])
        target = named_target(columns.name, columns.columns, source["target"])
        types = {name: dtype for name, dtype in columns.schema.items() if name != target}
        if not budget.holds(columns.n_rows, columns.sizes, types, _n_encodings(settings, columns.n_rows)):
            _announce(columns, budget, outputs, quiet=quiet)
            _return_freed_memory()
            named, folder = column_lists(lists, columns.columns), scratch_folder(outputs["out"])
            encoded_bytes: list[int] = []
            opened = open_file(
                columns,
                target,
                budget,
                folder,
                **named,
                drop_missing_target=drop_missing_target,
                seed=seed,
                on_write=_report_encoded(encoded_bytes, folder, quiet=quiet),
            )
            with opened as training_set:
                say_left_out(training_set.n_unlabelled)
                yield FitInput(columns.name, training_set, named, encoded_bytes=encoded_bytes)
            return
    loaded = load(source["table"], source["encoding"], source["delimiter"])
    frame, labels, target = split_target(loaded, source["target"], drop_missing=drop_missing_target)
    named = column_lists(lists, loaded.frame.columns, loaded.categorical)
    yield FitInput(loaded.name, open_table(frame, labels, target, **named), named, (frame, labels))


def _n_encodings(settings: Mapping[str, Any], n_rows: int) -> int:
    """Return how many encodings of the rows training holds at once."""
    if n_rows > HOLDOUT_ABOVE:
        return 1
    return int(settings.get("n_folds") or preset_settings(settings.get("preset", "default"))["n_folds"])


def _announce(source: ColumnarTable, budget: MemoryBudget, outputs: Mapping[str, str | None], *, quiet: bool) -> None:
    """Report that a table goes to disk, unless an output needs it in memory."""
    fact = (
        f"{source.name} takes {sized(sum(source.sizes.values()))}, and training on it more than the "
        f"{sized(budget.n_bytes)} allowed"
    )
    if outputs["report"]:
        raise UsageError(f"--report needs the table in memory: {fact}. Leave out --memory or --report")
    if not quiet:
        say(f"{fact}: it is read column by column, and its rows are kept on disk.")


def _report_encoded(encoded_bytes: list[int], folder: Any, *, quiet: bool) -> Callable[[str, int], None]:
    """Return a callback that notes, and unless quiet reports, how large a file of encoded rows is."""

    def report(what: str, n_bytes: int) -> None:
        encoded_bytes.append(n_bytes)
        if not quiet:
            say(f"{what} are kept in a file of {sized(n_bytes)} in {folder} until this ends.")

    return report


def _return_freed_memory() -> None:
    """Have the memory of large arrays go back to the system when they are freed.

    glibc otherwise keeps it for the next array, in fragments into which the next array does not fit.
    """
    with suppress(AttributeError, OSError, TypeError):  # another C library, another system
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _MMAP_BYTES)
