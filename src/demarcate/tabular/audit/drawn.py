"""A first reading of a table in parts: rows drawn from it, and what only all of its rows can tell."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from demarcate.tabular.audit.seen import ColumnsSeen
from demarcate.tabular.label_count import LabelCount
from demarcate.tabular.sampling import RowSample
from demarcate.tabular.values import categories

MOST_JUDGED = 200_000
"""Of a table of more rows so many are drawn, and the rules are asked of them."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """Rows drawn from a table, and what is known of all.

    Attributes
    ----------
    frame
        The rows drawn, in the table's order; all of them while they are no more than `MOST_JUDGED`.
    n_rows
        How many there are in the table.
    n_left_out
        How many more had no label and were to be left out.
    seen
        Its columns.
    labels
        Its labels, counted; None if it has no target.
    """

    frame: pl.DataFrame
    n_rows: int
    n_left_out: int
    seen: ColumnsSeen
    labels: LabelCount | None

    @property
    def is_whole(self) -> bool:
        """Whether the rows drawn are all there are."""
        return len(self.frame) == self.n_rows


def draw(
    parts: Iterable[pl.DataFrame], target: str | None = None, *, drop_missing: bool = False, seed: int = 0
) -> Drawn:
    """Read a table once.

    Parameters
    ----------
    parts
        Its rows.
    target
        The column of its labels, if it has one whose classes are to be counted.
    drop_missing
        Whether rows without a label are left out.
    seed
        Decides which rows are drawn.

    Raises
    ------
    InputError
        If there are too many labels to be classes.

    Examples
    --------
    >>> drawn = draw([pl.DataFrame({"age": [63, 41, 57], "sick": ["no", "yes", "no"]})], "sick")
    >>> drawn.is_whole, drawn.labels.classes()[1].tolist()
    (True, [2, 1])
    """
    sample, seen, n_left_out = RowSample(MOST_JUDGED, seed), ColumnsSeen(), 0
    labels = None if target is None else LabelCount()
    for part in parts:
        rows = labelled(part, target) if drop_missing and target else part
        n_left_out += len(part) - len(rows)
        if target is not None and labels is not None:
            labels.add(rows[target])
        seen.add(rows)
        sample.add(rows)
    return Drawn(sample.frame(), sample.n_rows, n_left_out, seen, labels)


def labelled(part: pl.DataFrame, target: str) -> pl.DataFrame:
    """The rows of a part that have a label.

    Examples
    --------
    >>> labelled(pl.DataFrame({"age": [63, 41], "sick": ["", "yes"]}), "sick")["age"].to_list()
    [41]
    """
    return part.filter(categories(part[target]).is_not_null())
