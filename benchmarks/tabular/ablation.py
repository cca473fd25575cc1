"""The effect of each part of the default: the default with one change, compared with the default."""

from collections.abc import Mapping, Sequence

import numpy as np
from benchmarks.tabular.grids import Grid
from benchmarks.tabular.means import means
from benchmarks.tabular.measuring import Entry
from benchmarks.tabular.scores import Key
from benchmarks.tabular.standings import geometric_mean

TIE = 1e-3
"""Log losses that differ by less than this share count as neither better nor worse."""


def ablation(
    entries: Mapping[Key, Entry],
    tables: Sequence[str],
    variants: Sequence[str],
    subject: str,
    most_splits: int | None = None,
) -> Grid:
    """Compare each variant with the subject, over the tables where both have a mean.

    Parameters
    ----------
    entries
        Scores by table, split and algorithm.
    tables, variants
        Which to speak of.
    subject
        What they are variants of.
    most_splits
        Leave out further splits.
    """
    rows = []
    for variant in variants:
        averages = means(entries, tables, [subject, variant], most_splits)
        before, after = (averages.of(name) for name in (subject, variant))
        both = np.isfinite(before) & np.isfinite(after)
        if not both.any():
            continue
        ratios = after[both] / before[both]
        ratio, low, high = (100 * (each - 1) for each in geometric_mean(ratios))
        worse, better = int((ratios > 1 + TIE).sum()), int((ratios < 1 - TIE).sum())
        moved = [
            100 * float((averages.of(subject, metric) - averages.of(variant, metric))[both].mean())
            for metric in ("accuracy", "auc")
        ]
        rows.append(
            [
                variant,
                str(int(both.sum())),
                f"{ratio:+.1f} [{low:+.1f}, {high:+.1f}]",
                f"{better} / {worse}",
                *(f"{each:+.2f}" for each in moved),
            ]
        )
    header = ("changed", "tables", "log loss, %", "better / worse", "accuracy, points", "AUC, points")
    note = (
        f"The geometric mean over tables of the variant's log loss over that of {subject}, less 1, with a 95% "
        "bootstrap interval over tables: above 0, the default is better. A table counts as better or worse from "
        f"{100 * TIE:g}% on. Points are hundredths, above 0 if the variant is better."
    )
    return Grid("The default with one thing changed", header, rows, [note])
