"""The sizes of groups of rows, and what all findings of groups have in common."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RULE = "groups"
CONSEQUENCE = (
    "Random splits train on other rows of the subjects that they score, so scores are too good for new subjects"
)


@dataclass(frozen=True)
class SizeLimits:
    """What the sizes of groups must be to be those of subjects."""

    n_groups: int  # at least
    n_rows: float  # of a group on average, at most
    evenness: float  # at least
    shared: float  # at least


@dataclass(frozen=True, eq=False)
class GroupSizes:
    """The sizes of groups in a table."""

    n_groups: int
    n_rows: int
    shared: float  # share of rows in groups of two and more
    evenness: float  # groups of equal size that would be as even, by Kish, as a share of the groups

    @classmethod
    def of(cls, codes: NDArray[np.int64]) -> "GroupSizes":
        """Measure the groups of rows, ``(n_rows,)``; -1 is none."""
        sizes = np.bincount(codes[codes >= 0]).astype(np.float64)
        sizes = sizes[sizes > 0]
        n_rows = float(sizes.sum())
        if not n_rows:
            return cls(0, 0, 0.0, 0.0)
        shared, evenness = sizes[sizes > 1].sum() / n_rows, n_rows**2 / (sizes @ sizes) / len(sizes)
        return cls(len(sizes), int(n_rows), float(shared), float(evenness))

    @property
    def mean(self) -> float:
        """Return the rows of a group on average."""
        return self.n_rows / max(self.n_groups, 1)

    def are_within(self, limits: SizeLimits) -> bool:
        """Return whether the sizes are those of a subject's rows."""
        of_groups = self.n_groups >= limits.n_groups and self.mean <= limits.n_rows
        return of_groups and self.evenness >= limits.evenness and self.shared >= limits.shared

    def in_words(self) -> str:
        """Return the number of subjects and of their rows: ``60 subjects of 8 rows each``."""
        mean = f"{self.mean:,.0f}" if self.mean >= 10 else f"{self.mean:.1f}".removesuffix(".0")
        return f"{self.n_groups:,} subjects of {mean} rows each"

    def to_json(self) -> dict[str, float]:
        """Return the numbers of a finding."""
        return {"n_groups": self.n_groups, "n_rows": self.n_rows, "rows_per_group": self.mean}
