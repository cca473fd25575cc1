"""How callers choose test rows: a share of the rows, a split of their own, or a second table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from demarcate.errors import SettingError
from demarcate.tabular.dependent_splits import split_rows
from demarcate.trainingset.own_split import RowSplit, checked_split, read_own_splits
from demarcate.trainingset.training_set import TrainingSet

DEFAULT_TEST_SIZE = 0.2
"""The share of the rows that are held out where nobody chooses test rows."""


@dataclass(frozen=True, eq=False)
class HeldOutRows:
    """The arguments by which a caller chooses test rows, in one way at most; raises SettingError for two.

    ``test_size`` is a share below 1, or a number of rows; ``split`` is as `read_own_splits` takes it; ``X_test`` and
    ``y_test`` are rows of their own, in any form of a table and its labels.
    """

    test_size: float | None = None
    split: Any = None
    X_test: Any = None
    y_test: Any = None

    def __post_init__(self) -> None:
        if (self.X_test is None) != (self.y_test is None):
            one, other = ("X_test", "y_test") if self.y_test is None else ("y_test", "X_test")
            raise SettingError(f"X_test and y_test must be given together, got {one} without {other}")
        ways = {"test_size": self.test_size, "split": self.split, "X_test and y_test": self.X_test}
        chosen = [name for name, value in ways.items() if value is not None]
        if len(chosen) > 1:
            raise SettingError(f"test rows must be chosen in one way, got {' beside '.join(chosen)}")

    @property
    def are_own(self) -> bool:
        """Whether the caller names the rows."""
        return self.split is not None or self.X_test is not None

    @property
    def table(self) -> tuple[Any, Any] | None:
        """The test rows and their labels, if they are a table of their own."""
        return None if self.X_test is None else (self.X_test, self.y_test)

    def splits(self, table: TrainingSet, data: Any, seeds: Sequence[int]) -> list[RowSplit]:
        """Return a split for each seed, of a training set that was read from ``data`` and, after it, `table`."""
        if not self.are_own:
            size = DEFAULT_TEST_SIZE if self.test_size is None else self.test_size
            return [RowSplit(*split_rows(table.codes, size, seed, table.dependence)) for seed in seeds]
        if self.X_test is None:
            own = read_own_splits(self.split, table, data, most=len(seeds))
        else:
            rows = np.arange(len(table.codes))
            n_train = len(rows) - len(self.y_test)
            own = [checked_split((rows[:n_train], rows[n_train:]), table)]
        return own if len(own) == len(seeds) else own * len(seeds)
