"""What ``fit`` learns from: a table in memory, or one that is kept on a disk because it is larger than allowed."""

import ctypes
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from demarcate.classifier.presets import HOLDOUT_ABOVE, preset_settings
from demarcate.cli.error_handling import UsageError, say
from demarcate.cli.table_input import column_lists, load, named_target, say_left_out, split_target
from demarcate.formatting import sized
from demarcate.io.scratch import scratch_folder
from demarcate.io.tables.columnar import open_columns
from demarcate.trainingset import Allowance, Learnable, StoredTable, learnable, read_stored
from demarcate.trainingset.memory_budget import allowance

if TYPE_CHECKING:
    from demarcate.classifier import DemarcateClassifier
    from demarcate.trainingset.on_disk import TaskOnDisk

Baselines = Any

_M_MMAP_THRESHOLD, _LARGE = -3, 4 * 2**20
"""What glibc calls the size from which memory is asked of the system for each array alone; and such a size."""


class GivenTable(Protocol):
    """A table that has been read and can be learned from."""

    @property
    def name(self) -> str:
        """How the user called it."""

    @property
    def target(self) -> str:
        """The column to predict."""

    @property
    def lists(self) -> Mapping[str, list[str]]:
        """What is said of columns: ``categorical``, ``numerical`` and ``drop``."""

    def classes(self) -> list[Any]:
        """The labels, sorted."""

    def show(self) -> None:
        """Print what each column is taken to be, and how many rows each class has."""

    def fit(self, classifier: "DemarcateClassifier") -> None:
        """Fit a classifier."""

    def baselines(self, classifier: "DemarcateClassifier") -> Baselines:
        """What simple rules reach on the rows that judge the fitted classifier."""

    def looked_at(self) -> str:
        """On how many rows it was audited, if not on all; else empty."""

    def in_memory(self) -> tuple[pl.DataFrame, list[Any]] | None:
        """All rows and their labels, where they are in memory."""

    def to_json(self) -> dict[str, Any] | None:
        """What there is to say of memory and files, if anything."""


@dataclass(frozen=True, eq=False)
class InMemory:
    """A table in memory."""

    name: str
    target: str
    lists: Mapping[str, list[str]]
    frame: pl.DataFrame
    labels: list[Any]

    @cached_property
    def _checked(self) -> Learnable:
        return learnable(self.frame, self.labels, **self.lists)

    def classes(self) -> list[Any]:
        """As for `GivenTable`."""
        return list(self._checked.classes.tolist())

    def show(self) -> None:
        """As for `GivenTable`."""
        from demarcate.cli import console

        console.schema(self.name, self.frame, self._checked.schema, self.target)
        console.class_balance(Counter(self.labels))

    def fit(self, classifier: "DemarcateClassifier") -> None:
        """As for `GivenTable`."""
        classifier.fit(self.frame, self.labels)

    def baselines(self, classifier: "DemarcateClassifier") -> Baselines:
        """As for `GivenTable`."""
        return classifier.baselines(self.frame, self.labels)

    def looked_at(self) -> str:
        """Nothing: it was audited whole."""
        return ""

    def in_memory(self) -> tuple[pl.DataFrame, list[Any]] | None:
        """All rows and their labels."""
        return self.frame, self.labels

    def to_json(self) -> dict[str, Any] | None:
        """Nothing."""
        return None


@dataclass(eq=False)
class OnDisk:
    """A table kept on a disk."""

    name: str
    target: str
    lists: Mapping[str, list[str]]
    table: StoredTable
    quiet: bool
    _files: ExitStack
    _task: "TaskOnDisk | None" = None
    _n_bytes: int = field(default=0)

    def classes(self) -> list[Any]:
        """As for `GivenTable`."""
        return list(self.table.classes.tolist())

    def show(self) -> None:
        """As for `GivenTable`."""
        from demarcate.cli import console

        table = self.table
        console.described_schema(self.name, len(table.codes), table.schema, table.described, self.target)
        counts = Counter(table.codes.tolist())
        console.class_balance({label: counts[code] for code, label in enumerate(self.classes())})

    def fit(self, classifier: "DemarcateClassifier") -> None:
        """As for `GivenTable`."""
        from demarcate.trainingset.on_disk import task_on_disk

        self._task = self._files.enter_context(task_on_disk(self.table, on_write=self._tell))
        classifier.fit_task(self._task)

    def baselines(self, classifier: "DemarcateClassifier") -> Baselines:
        """As for `GivenTable`."""
        assert self._task
        return classifier.task_baselines(self._task)

    def looked_at(self) -> str:
        """The size of the sample."""
        if self.table.sample is None:
            return ""
        n, n_rows = len(self.table.sample), len(self.table.codes)
        return (
            f"The audit looked at {n:,} of the {n_rows:,} rows, drawn at random; logistic regression learned from them."
        )

    def in_memory(self) -> tuple[pl.DataFrame, list[Any]] | None:
        """Nothing: it is not."""
        return None

    def to_json(self) -> dict[str, Any] | None:
        """What was allowed and what there was, in bytes."""
        return {
            "allowed": self.table.allowance.n_bytes,
            "table": self.table.n_bytes,
            "file": self._n_bytes,
            "folder": str(self.table.folder),
            "sample": None if self.table.sample is None else len(self.table.sample),
        }

    def _tell(self, n_encoded: int, n_bytes: int) -> None:
        self._n_bytes = n_bytes
        if not self.quiet:
            rows = f"{len(self.table.codes):,} rows of {n_encoded:,} encoded columns"
            say(f"{rows} are kept in a file of {sized(n_bytes)} in {self.table.folder}, until this ends.")


@contextmanager
def given_table(
    source: Mapping[str, Any],
    lists: Mapping[str, list[str]],
    settings: Mapping[str, Any],
    outputs: Mapping[str, str | None],
    *,
    drop_missing_target: bool,
    memory: str | None,
    seed: int,
    quiet: bool,
) -> Iterator[GivenTable]:
    """The table that a command names: in memory, if it and all that is made of it may be there.

    Raises
    ------
    UsageError
        If there is no target, or something is asked for that needs the table in memory.
    InputError
        If the table is refused, or larger than memory and in no format that can be read by column.
    """
    if memory is not None:
        allowed = allowance(memory)
        columns = open_columns(source["table"])
        target = named_target(columns.name, columns.columns, source["target"])
        named = column_lists(lists, columns.columns)
        features = {name: dtype for name, dtype in columns.schema.items() if name != target}
        if not allowed.holds(columns.n_rows, columns.sizes, features, _n_encodings(settings, columns.n_rows)):
            _announce(columns.name, sum(columns.sizes.values()), allowed, outputs, quiet=quiet)
            _give_back_what_is_freed()
            folder = scratch_folder(outputs["out"])
            reading = read_stored(
                columns,
                target,
                allowed,
                folder,
                **named,
                drop_missing_target=drop_missing_target,
                seed=seed,
            )
            with ExitStack() as files:
                table = files.enter_context(reading)
                say_left_out(table.n_left_out)
                yield OnDisk(columns.name, target, named, table, quiet, files)
            return
    loaded = load(source["table"], source["encoding"], source["delimiter"])
    frame, labels, target = split_target(loaded, source["target"], drop_missing=drop_missing_target)
    yield InMemory(loaded.name, target, column_lists(lists, loaded.frame.columns, loaded.categorical), frame, labels)


def _n_encodings(settings: Mapping[str, Any], n_rows: int) -> int:
    """In how many encodings the rows are wanted at once."""
    if n_rows > HOLDOUT_ABOVE:
        return 1
    return int(settings.get("n_folds") or preset_settings(settings.get("preset", "default"))["n_folds"])


def _announce(name: str, n_bytes: int, allowed: Allowance, outputs: Mapping[str, str | None], *, quiet: bool) -> None:
    """Say that a table goes to disk, unless something is wanted that needs it in memory."""
    found = (
        f"{name} takes {sized(n_bytes)}, and with all that is made of it more than the {sized(allowed.n_bytes)} allowed"
    )
    if outputs["report"]:
        raise UsageError(f"--report needs the table in memory: {found}. Leave out --memory or --report")
    if not quiet:
        say(f"{found}: it is read column by column, and its rows are kept on disk.")


def _give_back_what_is_freed() -> None:
    """Have memory of large arrays go back to the system when they are freed.

    glibc comes to keep such memory for the next array, in pieces that the next array does not fit in.
    """
    with suppress(AttributeError, OSError, TypeError):  # another C library, another system
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)
