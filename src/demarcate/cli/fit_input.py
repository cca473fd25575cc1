"""The training set that ``fit`` is asked to learn from: in memory, or on disk where it exceeds ``--memory``."""

import ctypes
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from demarcate.classifier.presets import HOLDOUT_ABOVE, preset_settings
from demarcate.cli.console import notify
from demarcate.cli.error_handling import UsageError
from demarcate.cli.options import ReadingOptions, TableOptions
from demarcate.cli.table_input import load_labelled, report_dropped_rows, resolve_target
from demarcate.formatting import sized
from demarcate.io.scratch import scratch_folder
from demarcate.io.tables.columnar import ColumnarTable, open_columnar
from demarcate.trainingset import MemoryBudget, TrainingSet, TrainingSetOnDisk, open_file

_M_MMAP_THRESHOLD, _MMAP_BYTES = -3, 4 * 2**20
"""glibc's option for the size from which an array has memory of its own, and that size."""


@dataclass(frozen=True, eq=False)
class FitInput:
    """A training set, and the facts about it that the command line prints."""

    name: str
    """The table as the user names it."""
    training_set: TrainingSet
    lists: Mapping[str, list[str]]
    """Column names by setting: ``categorical``, ``numerical`` and ``drop``."""
    rows: tuple[pl.DataFrame, list[Any]] | None = None
    """All rows and their labels; None if they are on disk."""
    encoded_bytes: list[int] = field(default_factory=list)
    """Size of each file of encoded rows so far."""

    def show(self) -> None:
        """Print the kind of each column and how many rows each class has."""
        from demarcate.cli.console_tables import print_class_balance, print_described_schema, print_schema

        table = self.training_set
        if isinstance(table, TrainingSetOnDisk):
            print_described_schema(self.name, len(table.codes), table.schema, table.summaries, table.target)
        elif self.rows:
            print_schema(self.name, self.rows[0], table.schema, table.target)
        counts = Counter(table.codes.tolist())
        print_class_balance({label: counts[code] for code, label in enumerate(table.classes.tolist())})

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
    options: TableOptions,
    reading: ReadingOptions,
    settings: Mapping[str, Any],
    *,
    out: str | None,
    report: str | None,
    memory: str | None,
    seed: int,
    quiet: bool,
) -> Iterator[FitInput]:
    """Open the table that a command names: in memory, unless it exceeds the budget."""
    if memory is not None:
        budget, columns = MemoryBudget.of(memory), open_columnar(options.table)
        target = resolve_target(columns.name, columns.columns, options.target)
        types = {name: dtype for name, dtype in columns.schema.items() if name != target}
        if not budget.holds(columns.n_rows, columns.sizes, types, _n_encodings(settings, columns.n_rows)):
            _announce(columns, budget, report, quiet=quiet)
            _return_freed_memory()
            named, folder = options.column_lists(columns.columns), scratch_folder(out)
            encoded_bytes: list[int] = []
            opened = open_file(
                columns,
                target,
                budget,
                folder,
                **named,
                drop_missing_target=options.drop_missing_target,
                seed=seed,
                on_write=_report_encoded(encoded_bytes, folder, quiet=quiet),
            )
            with opened as training_set:
                report_dropped_rows(training_set.n_unlabelled)
                yield FitInput(columns.name, training_set, named, encoded_bytes=encoded_bytes)
            return
    table = load_labelled(options, reading)
    yield FitInput(table.name, table.training_set, table.column_lists, (table.frame, table.labels))


def _n_encodings(settings: Mapping[str, Any], n_rows: int) -> int:
    """Return how many encodings of the rows training holds at once."""
    if n_rows > HOLDOUT_ABOVE:
        return 1
    return int(settings.get("n_folds") or preset_settings(settings.get("preset", "default"))["n_folds"])


def _announce(source: ColumnarTable, budget: MemoryBudget, report: str | None, *, quiet: bool) -> None:
    """Report that a table goes to disk, unless an output needs it in memory."""
    fact = (
        f"{source.name} takes {sized(sum(source.sizes.values()))}, and training on it more than the "
        f"{sized(budget.n_bytes)} allowed"
    )
    if report:
        raise UsageError(f"--report needs the table in memory: {fact}. Leave out --memory or --report")
    if not quiet:
        notify(f"{fact}: it is read column by column, and its rows are kept on disk.")


def _report_encoded(encoded_bytes: list[int], folder: Any, *, quiet: bool) -> Callable[[str, int], None]:
    """Return a callback that notes, and unless quiet reports, how large a file of encoded rows is."""

    def report(what: str, n_bytes: int) -> None:
        encoded_bytes.append(n_bytes)
        if not quiet:
            notify(f"{what} are kept in a file of {sized(n_bytes)} in {folder} until this ends.")

    return report


def _return_freed_memory() -> None:
    """Have the memory of large arrays go back to the system when they are freed.

    glibc otherwise keeps it for the next array, in fragments into which the next array does not fit.
    """
    with suppress(AttributeError, OSError, TypeError):  # another C library, another system
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _MMAP_BYTES)
