"""The table that ``fit`` learns from: in memory, or on disk where it exceeds ``--memory``."""

import ctypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from demarcate.classifier.presets import HOLDOUT_ABOVE, preset_settings
from demarcate.cli.console import notify
from demarcate.cli.error_handling import UsageError
from demarcate.cli.options import ReadingOptions, RowOptions, TableOptions
from demarcate.cli.table_input import LabelledTable, load_labelled, report_dropped_rows, resolve_target
from demarcate.formatting import sized
from demarcate.io.scratch import scratch_folder
from demarcate.io.tables.columnar import ColumnarTable, open_columnar
from demarcate.tabular.column_options import ColumnOptions
from demarcate.tabular.dependent_splits import FORWARD_HOLDOUT_WINDOWS
from demarcate.trainingset import MemoryBudget, TrainingSetOnDisk, open_file

_M_MMAP_THRESHOLD, _MMAP_BYTES = -3, 4 * 2**20
"""glibc's option for the size from which an array has memory of its own, and that size."""


@dataclass(frozen=True, eq=False)
class TableOnDisk:
    """A table on disk whose target is known."""

    name: str
    training_set: TrainingSetOnDisk
    options: ColumnOptions
    encoded_bytes: list[int] = field(default_factory=list)
    """Size of each file of encoded rows so far."""

    def show(self) -> None:
        """Print the kind of each column, and how many rows each class has."""
        from demarcate.cli.console_tables import print_training_set

        print_training_set(self.name, self.training_set, self.training_set.summaries)

    def memory_json(self) -> dict[str, Any]:
        """Return the budget, the sizes in bytes, the folder and the size of the sample."""
        table = self.training_set
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
    rows: RowOptions,
    settings: Mapping[str, Any],
    *,
    out: str | None,
    report: str | None,
    memory: str | None,
    seed: int,
    quiet: bool,
) -> Iterator[LabelledTable | TableOnDisk]:
    """Open the table that a command names: in memory, unless it exceeds the budget."""
    if memory is not None:
        budget, columns = MemoryBudget.of(memory), open_columnar(options.table)
        target = resolve_target(columns.name, columns.columns, options.target)
        types = {name: dtype for name, dtype in columns.schema.items() if name != target}
        n_folds = settings.get("n_folds") or preset_settings(settings.get("preset", "default"))["n_folds"]
        is_large = columns.n_rows > HOLDOUT_ABOVE
        n_encodings = int(n_folds) if not is_large else 1 if rows.time is None else FORWARD_HOLDOUT_WINDOWS
        if not budget.holds(columns.n_rows, columns.sizes, types, n_encodings):
            _announce(columns, budget, report, quiet=quiet)
            _return_freed_memory()
            column_options, folder = options.column_options(columns.columns, reading), scratch_folder(out)
            encoded_bytes: list[int] = []

            def on_write(what: str, n_bytes: int) -> None:
                encoded_bytes.append(n_bytes)
                if not quiet:
                    notify(f"{what} are kept in a file of {sized(n_bytes)} in {folder} until this ends.")

            drop, roles = options.drop_missing_target, rows.roles(columns.columns)
            roles.refuse_target(target)
            with open_file(
                columns,
                target,
                budget,
                folder,
                roles,
                column_options,
                drop_missing_target=drop,
                seed=seed,
                on_write=on_write,
            ) as training_set:
                report_dropped_rows(training_set.n_unlabelled)
                yield TableOnDisk(columns.name, training_set, column_options, encoded_bytes)
            return
    yield load_labelled(options, reading, rows)


def _announce(source: ColumnarTable, budget: MemoryBudget, report: str | None, *, quiet: bool) -> None:
    """Report that a table goes to disk, unless an output needs it in memory."""
    size, allowed = sized(sum(source.sizes.values())), sized(budget.n_bytes)
    fact = f"{source.name} takes {size}, and training on it more than the {allowed} allowed"
    if report:
        raise UsageError(f"{fact}, but --report needs the table in memory", "Leave out --memory or --report")
    if not quiet:
        notify(f"{fact}: it is read column by column, and its rows are kept on disk.")


def _return_freed_memory() -> None:
    """Have the memory of large arrays go back to the system when they are freed.

    glibc otherwise keeps it for the next array, in fragments into which the next array does not fit.
    """
    with suppress(AttributeError, OSError, TypeError):  # another C library, another system
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _MMAP_BYTES)
