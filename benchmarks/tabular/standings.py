"""Ranks, wins and ratios of means."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from benchmarks.tabular.means import METRICS, Means
from numpy.typing import NDArray
from scipy.stats import rankdata

from demarcate.evaluation.scores import wilson_interval

COVERAGE = 0.9
"""Algorithms with means on a smaller share of the tables are not ranked: missing tables are left out for all."""
DRAWS = 10_000


@dataclass(frozen=True)
class Ranks:
    """Mean ranks, best first, and the omitted tables and algorithms.

    Attributes
    ----------
    ranks
        By metric, each algorithm's mean rank; 1 is best.
    tables
        Those that count: all who are ranked have a mean there.
    left_out
        Tables where someone who is ranked has none.
    not_ranked
        Algorithms with means on too few tables.
    """

    ranks: dict[str, dict[str, float]]
    tables: list[str]
    left_out: list[str]
    not_ranked: list[str]


@dataclass(frozen=True)
class Duel:
    """Two algorithms' log losses on the tables where both have a mean.

    Attributes
    ----------
    peer
        Whom the subject is compared with.
    n_tables
        Where both have a mean, or raised.
    wins
        On how many of them the subject's is less; ties count half.
    wins_low, wins_high
        Wilson's 95% interval of the share of wins.
    ratio
        The geometric mean of the subject's over the peer's, of tables where neither raised; NaN without any.
    ratio_low, ratio_high
        The 95% interval of it, by drawing tables anew.
    median
        The median of the same ratios: one table far from the others moves it little.
    wins_by
        The wins by metric, log loss among them.
    """

    peer: str
    n_tables: int
    wins: float
    wins_low: float
    wins_high: float
    ratio: float
    ratio_low: float
    ratio_high: float
    median: float
    wins_by: dict[str, float]


@dataclass(frozen=True)
class Cost:
    """A table's log loss and that of the best peer."""

    table: str
    loss: float
    peer: str
    peer_loss: float

    @property
    def ratio(self) -> float:
        """Return the ratio of the log losses: above 1 if the peer is better."""
        return self.loss / self.peer_loss


def ranks(averages: Means, subject: str | None = None, coverage: float = COVERAGE) -> Ranks:
    """Return mean ranks over the tables where all ranked algorithms have a mean; ties share a rank, errors are last.

    Parameters
    ----------
    averages
        Of the algorithms to rank.
    subject
        Always ranked: the others need means on the tables where it has one.
    coverage
        The share of tables on which another needs a mean.
    """
    known = ~np.isnan(averages.losses["logloss"])
    if subject in averages.algorithms:
        known = known[known[:, averages.algorithms.index(subject)]]
    n_known, least = known.sum(axis=0), max(coverage * len(known), 1)
    enough = [name for name, n in zip(averages.algorithms, n_known, strict=True) if n >= least]
    field = averages.only(enough)
    complete = ~np.isnan(field.losses["logloss"]).any(axis=1) & bool(enough)
    by_metric = {metric: _mean_ranks(field, metric, complete) for metric in METRICS} if complete.any() else {}
    return Ranks(
        by_metric,
        [table for table, all_there in zip(averages.tables, complete, strict=True) if all_there],
        [table for table, all_there in zip(averages.tables, complete, strict=True) if not all_there],
        [name for name in averages.algorithms if name not in enough],
    )


def duel(averages: Means, subject: str, peer: str, seed: int = 0) -> Duel | None:
    """Return wins and ratio of one algorithm against another; None without a common table."""
    ours, theirs = averages.of(subject), averages.of(peer)
    both = ~np.isnan(ours) & ~np.isnan(theirs)
    if not both.any():
        return None
    ours, theirs = ours[both], theirs[both]
    wins = {name: _wins(averages.of(subject, name)[both], averages.of(peer, name)[both]) for name in METRICS}
    low, high = wilson_interval(wins["logloss"], len(ours))
    finite = np.isfinite(ours) & np.isfinite(theirs)
    ratios = ours[finite] / theirs[finite]
    median = float(np.median(ratios)) if len(ratios) else np.nan
    return Duel(peer, len(ours), wins["logloss"], low, high, *geometric_mean(ratios, seed), median, wins)


def geometric_mean(ratios: NDArray[np.float64], seed: int = 0) -> tuple[float, float, float]:
    """Return the geometric mean of positive numbers, and its 95% interval by the percentile bootstrap.

    Examples
    --------
    >>> [round(number, 6) for number in geometric_mean(np.array([0.5, 0.5]))]
    [0.5, 0.5, 0.5]
    """
    if not len(ratios):
        return np.nan, np.nan, np.nan
    logs = np.log(ratios)
    drawn = np.random.default_rng(seed).choice(logs, (DRAWS, len(logs))).mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(np.exp(logs.mean())), float(np.exp(low)), float(np.exp(high))


def costs(averages: Means, subject: str, peers: Sequence[str]) -> list[Cost]:
    """Compare the subject with the best peer of each table, the largest ratio first."""
    losses = np.column_stack([averages.of(peer) for peer in peers]) if peers else np.empty((len(averages.tables), 0))
    rows = []
    for table, ours, theirs in zip(averages.tables, averages.of(subject), losses, strict=True):
        finite = np.where(np.isfinite(theirs), theirs, np.inf)
        if not np.isnan(ours) and np.isfinite(finite).any():
            best = int(finite.argmin())
            rows.append(Cost(table, float(ours), peers[best], float(finite[best])))
    return sorted(rows, key=lambda row: row.ratio, reverse=True)


def _wins(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    return float((ours < theirs).sum() + (ours == theirs).sum() / 2)


def _mean_ranks(averages: Means, metric: str, rows: NDArray[np.bool_]) -> dict[str, float]:
    mean = rankdata(averages.losses[metric][rows], axis=1).mean(axis=0)
    return dict(sorted(zip(averages.algorithms, mean.tolist(), strict=True), key=lambda pair: pair[1]))
