"""The table that ``fit`` learns from: in memory, or on disk where it exceeds ``--memory``."""

import ctypes
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demarcate.classifier.presets import HOLDOUT_ABOVE, folds_for, preset_settings
from demarcate.cli.console import notify
from demarcate.cli.error_handling import UsageError
from demarcate.cli.options import ReadingOptions, RowOptions, TableOptions
from demarcate.cli.table_input import (
    LabelledTable,
    TableInput,
    load_labelled,
    open_table_stream,
    report_dropped_rows,
    resolve_target,
)
from demarcate.datasets import BUILT_IN
from demarcate.errors import InputError, Problem
from demarcate.formatting import sized
from demarcate.io.scratch import scratch_folder
from demarcate.io.tables.columnar import ColumnSource, open_columnar
from demarcate.io.tables.text_columns import TextColumns, store_columns
from demarcate.tabular import as_frame
from demarcate.tabular.column_options import ColumnOptions
from demarcate.tabular.dependent_splits import FORWARD_HOLDOUT_WINDOWS
from demarcate.trainingset import MemoryBudget, TrainingSetOnDisk, open_file

_M_MMAP_THRESHOLD, _MMAP_BYTES = -3, 4 * 2**20
"""glibc's option for the size from which an array has memory of its own, and that size."""
_TEXT_BYTES = 64
"""About the size of a cell of text in memory while it is stored."""


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
    if memory is None:
        yield load_labelled(options, reading, rows)
        return
    reading.refuse_shape(options.table)
    budget, folder = MemoryBudget.of(memory), scratch_folder(out)
    with ExitStack() as files:
        columns = open_columnar(options.table) or files.enter_context(
            _open_text(options.table, reading, budget, folder)
        )
        target = resolve_target(columns.name, columns.columns, options.target)
        types = {name: dtype for name, dtype in columns.schema.items() if name != target}
        of_preset = preset_settings(settings.get("preset", "default"))["n_folds"]
        n_folds = settings.get("n_folds") or folds_for(of_preset, columns.n_rows)
        is_large = columns.n_rows > HOLDOUT_ABOVE
        n_encodings = int(n_folds) if not is_large else 1 if rows.time is None else FORWARD_HOLDOUT_WINDOWS
        if budget.holds(columns.n_rows, columns.sizes, types, n_encodings):
            # A text is not read again: standard input cannot be, and its warnings are shown.
            read = None
            if isinstance(columns, TextColumns):
                read = TableInput.of_frame(columns.name, as_frame(columns.frame()))
            files.close()
            yield load_labelled(options, reading, rows, read)
            return
        _announce(columns, budget, report, folder, quiet=quiet)
        _return_freed_memory()
        column_options = options.column_options(columns.columns, reading)
        encoded_bytes: list[int] = []

        def on_write(what: str, n_bytes: int) -> None:
            encoded_bytes.append(n_bytes)
            if not quiet:
                notify(f"{what} are kept in a file of {sized(n_bytes)} in {folder} until this ends.")

        drop, roles = options.drop_missing_target, rows.roles(columns.columns)
        roles.refuse_target(target)
        training_set = files.enter_context(
            open_file(
                columns,
                target,
                budget,
                folder,
                roles,
                column_options,
                drop_missing_target=drop,
                merge_labels=options.merge_labels,
                seed=seed,
                on_write=on_write,
            )
        )
        report_dropped_rows(training_set.n_unlabelled)
        yield TableOnDisk(columns.name, training_set, column_options, encoded_bytes)


@contextmanager
def _open_text(source: str, reading: ReadingOptions, budget: MemoryBudget, folder: Path) -> Iterator[TextColumns]:
    """Read a text table into a file of columns; refuse anything that is read whole."""
    table = None if source in BUILT_IN or "://" in source else open_table_stream(source, reading)
    if table is None or table.n_rows is not None:
        fact = f"'{source}' is not a CSV, TSV, Parquet or Arrow file, which --memory reads column by column"
        raise InputError([Problem(fact, "Leave out --memory, or save the table as one")])
    n_bytes = Path(source).stat().st_size if Path(source).is_file() else 0
    part_rows = budget.chunk_rows(_TEXT_BYTES * len(table.columns))
    with store_columns(table, folder, n_bytes, min(part_rows, table.part_rows)) as columns:
        yield columns


def _announce(source: ColumnSource, budget: MemoryBudget, report: str | None, folder: Path, *, quiet: bool) -> None:
    """Report that a table goes to disk, unless an output needs it in memory."""
    size, allowed = sized(sum(source.sizes.values())), sized(budget.n_bytes)
    fact = f"{source.name} takes {size}, and training on it more than the {allowed} allowed"
    if report:
        raise UsageError(f"{fact}, but --report needs the table in memory", "Leave out --memory or --report")
    if not quiet:
        notify(f"{fact}: it is read column by column, and its rows are kept on disk.")
        if isinstance(source, TextColumns):
            notify(f"Its columns are kept in a file of {sized(source.n_bytes)} in {folder} until this ends.")


def _return_freed_memory() -> None:
    """Have the memory of large arrays go back to the system when they are freed.

    glibc otherwise keeps it for the next array, in fragments into which the next array does not fit.
    """
    with suppress(AttributeError, OSError, TypeError):  # another C library, another system
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _MMAP_BYTES)
