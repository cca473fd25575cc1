"""The decisions of a model on rows with labels, counted: the confusion matrix on standard output."""

from collections.abc import Iterator, Sequence
from typing import Any

from demarcate.cli.console import print_lines, print_table
from demarcate.formatting import percent, quoted
from demarcate.inspection.confusion import ConfusionMatrix

MAX_CROSSED = 8
"""Classes up to which each pair of them is counted; of more, the commonest mistakes are."""
MAX_MISTAKES = 10


def print_decisions(classes: Sequence[Any], matrix: ConfusionMatrix, rule: str, *, is_likeliest: bool) -> None:
    """Print how many rows of each class are decided as each, by which rule, and the share that is right.

    Where the likeliest class does not decide, it says which of two accuracies is which.
    """
    if len(classes) <= MAX_CROSSED:
        heads = ["class", *(f"as {quoted(label)}" for label in classes)] + ["undecided"] * bool(matrix.undecided.any())
        print_table(f"Decisions: {rule}", heads, [*_rows(classes, matrix)], right=[] if matrix.cells else heads[1:])
    elif matrix.mistakes:
        rows = [
            (str(classes[each.true]), str(classes[each.predicted]), f"{each.n_rows:,}", percent(each.share, 1))
            for each in matrix.mistakes[:MAX_MISTAKES]
        ]
        heads = ["class", "decided as", "rows", "of the class"]
        print_table(f"The commonest mistakes of decisions: {rule}", heads, rows, right=heads[2:])
    if matrix.n_rows:
        share = f"{matrix.n_right / matrix.n_rows:.3f}"
        fact = f"Of {matrix.n_rows:,} rows {matrix.n_right:,} are decided for their class ({share})"
        of_likeliest = "" if is_likeliest else "; the accuracy among the scores is that of the likeliest class"
        print_lines(f"{fact}{of_likeliest}.", "")


def _rows(classes: Sequence[Any], matrix: ConfusionMatrix) -> Iterator[tuple[str, ...]]:
    for true, label in enumerate(classes):
        cells = [
            f"{count:,} {matrix.cell_name(true, decided)}".rstrip()
            for decided, count in enumerate(matrix.counts[true].tolist())
        ]
        yield str(label), *cells, *([f"{matrix.undecided[true]:,}"] if matrix.undecided.any() else [])
