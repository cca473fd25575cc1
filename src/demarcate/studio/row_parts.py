"""The training, validation and test rows, as scikit-learn's `train_test_split` draws them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from demarcate.formatting import counted, listed, quoted
from demarcate.studio.drawn_rows import hold_out
from demarcate.studio.placed_problem import PlacedProblem, StudioError
from demarcate.trainingset import TrainingSet

if TYPE_CHECKING:
    from demarcate.studio.state import SplitState


@dataclass(frozen=True, eq=False)
class RowParts:
    """Row numbers of each part, in the order in which they were drawn, and how they were drawn."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    stratified: tuple[bool, bool]
    """Whether the test rows, and the validation rows, have the classes in the shares of all rows."""

    @classmethod
    def of(cls, training_set: TrainingSet, split: "SplitState") -> "RowParts":
        """Draw the test rows first, then the validation rows from the others; StudioError where that cannot be.

        Each part is stratified by class where every class has rows enough for it.
        """
        codes, labels = training_set.codes, training_set.classes[training_set.codes]
        n_test, n_validation = (n_rows_of(share, len(codes)) for share in (split.test, split.validation))
        _check_sizes(len(codes), n_validation, n_test)
        rest, test, by_class = _drawn(np.arange(len(codes)), n_test, labels, split.seed)
        train, validation, again = _drawn(rest, n_validation, labels, split.seed)
        _check_classes(labels, train)
        return cls(train, validation, test, (by_class, again))

    @property
    def monitored(self) -> NDArray[np.int64]:
        """The rows whose loss and accuracy stand beside those of the training rows: validation rows, else test rows."""
        return self.validation if len(self.validation) else self.test


def n_rows_of(share: float, n_rows: int) -> int:
    """Return how many rows a share is, at least one of any share above 0.

    Examples
    --------
    >>> n_rows_of(0.2, 303), n_rows_of(0.001, 50), n_rows_of(0, 50)
    (61, 1, 0)
    """
    return max(1, round(share * n_rows)) if share > 0 else 0


def _drawn(
    rows: NDArray[np.int64], n_held_out: int, labels: NDArray[Any], seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], bool]:
    """Return the rows without some that are held out, these, and whether they were drawn by class."""
    if not n_held_out:
        return rows, np.empty(0, dtype=np.int64), False
    _, codes, counts = np.unique(labels[rows], return_inverse=True, return_counts=True)
    by_class = bool(counts.min() >= 2) and len(counts) <= min(n_held_out, len(rows) - n_held_out)
    rest, held_out = hold_out(len(rows), n_held_out, seed, codes if by_class else None)
    return rows[rest], rows[held_out], by_class


def _check_classes(labels: NDArray[Any], train: NDArray[np.int64]) -> None:
    """Refuse training rows that are without rows of a class."""
    missing = np.setdiff1d(labels, labels[train])
    if len(missing):
        counts = [f"{quoted(label)} ({counted(int((labels == label).sum()), 'row')})" for label in missing.tolist()]
        fact = f"No training row is of class {listed(counts)}"
        remedy = "Add rows of it, hold out fewer, or draw the split with another seed"
        raise StudioError([PlacedProblem.of("data", fact, remedy, field="seed")])


def _check_sizes(n_rows: int, n_validation: int, n_test: int) -> None:
    """Refuse a split that holds no rows out, or nearly all of them."""
    if not n_validation + n_test:
        fact, remedy = "No rows are held out", "Hold out validation or test rows, 20% for instance"
    elif n_rows - n_validation - n_test < 2:
        fact = f"{counted(n_validation, 'validation row')} and {counted(n_test, 'test row')} leave "
        fact += f"{max(0, n_rows - n_validation - n_test)} of {n_rows:,} rows to train on"
        remedy = "Hold out fewer rows, or add some"
    else:
        return
    raise StudioError([PlacedProblem.of("data", fact, remedy, field="validation")])
