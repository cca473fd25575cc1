"""Columns that tell far more of the target than all others together: a noisy copy of it, or a mean of it.

A strong column is nothing strange, but it is seldom alone: what it measures shows in other columns too. So a column is
only named if by itself it beats a model of everything else, on rows that neither was fitted on, and by so much that
little of what the others leave open remains.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.checks.duplicate_groups import frame_of
from demarcate.checks.finding import Finding
from demarcate.checks.information_gain import entropy, information, telling
from demarcate.checks.table_view import Cells, View
from demarcate.checks.target_copies import LARGEST_CLASS, QUESTION, auc

LEAST_TOLD = 0.45
"""Columns that take away less of the target's entropy than this (a ROC AUC of about 0.92 for two balanced classes) are
not compared."""
MOST_LEFT = 0.62
"""A column is named if it leaves at most this share of what all others together leave."""
MOST_LEFT_OF_SOME = 0.45
"""Where several columns are strong, they are also compared with the others without all of them, but more strictly."""
MOST_CANDIDATES = 5
SURE = 3.0
"""How many standard errors the difference of the losses must be from 0."""
MIN_ROWS = 60
_MOST_ROWS = 4000
_MOST_OTHERS = 200
_N_FOLDS = 3
_LEVELS = 250
_DOUBT = 0.02
_SLACK = 0.1
_N_TREES = 60


@dataclass(frozen=True, eq=False)
class _Sample:
    """Some of the rows, and the part each is judged in; which ones goes by what they hold, not by where they stand."""

    rows: NDArray[np.int64]
    parts: NDArray[np.int64]
    codes: NDArray[np.int64]
    n_classes: int


@dataclass(frozen=True, eq=False)
class _Judged:
    """What rows cost that a model was not fitted on, how much of the entropy it takes away, and its ROC AUC."""

    losses: NDArray[np.float64]
    told: float
    auc: float


def dominant(view: View, known: Sequence[str] = ()) -> Iterator[Finding]:
    """Columns that alone tell far more than all others together.

    Parameters
    ----------
    view
        The table, with a target.
    known
        Columns already known to give the target away; they are left out of the comparison.
    """
    if view.codes is None or view.n_rows < MIN_ROWS or view.class_counts.max() >= LARGEST_CLASS * view.n_rows:
        return
    told = {
        name: information(cells, view.codes, view.n_classes) for name, cells in view.cells.items() if name not in known
    }
    order = sorted(told, key=lambda name: -told[name])
    strong = [name for name in order[:MOST_CANDIDATES] if told[name] >= LEAST_TOLD]
    if not strong or len(order) < 2:
        return
    contest = _Contest(view, _sample(view), order, told)
    weaker = contest.without(strong) if 1 < len(strong) < len(order) else None
    # Who does not beat the weaker columns beats no more than those: one model instead of one for each.
    if weaker and not contest.hopeful(strong, weaker, MOST_LEFT):
        return
    rest = "all other columns together"
    found = [each for name in strong for each in contest.winners([name], contest.without([name]), rest, MOST_LEFT)]
    if not found and weaker:
        rest = f"all columns but the {len(strong)} strongest"
        found = [*contest.winners(strong, weaker, rest, MOST_LEFT_OF_SOME)]
    yield from sorted(found, key=lambda finding: finding.columns)


@dataclass(frozen=True, eq=False)
class _Contest:
    """Columns by themselves against all that is left without them."""

    view: View
    sample: _Sample
    order: Sequence[str]
    told: Mapping[str, float]

    def without(self, group: Sequence[str]) -> _Judged:
        """All columns outside of a group."""
        outside = [name for name in self.order if name not in group][:_MOST_OTHERS]
        return self._better(outside[0], outside)

    def winners(self, group: Sequence[str], others: _Judged, rest: str, most_left: float) -> Iterator[Finding]:
        """The columns of a group that beat all columns outside of it."""
        for name in self.hopeful(group, others, most_left):
            alone = self._better(name, [name])
            if _is_far(alone, others, most_left):
                yield _finding(name, alone, others, rest)

    def hopeful(self, names: Sequence[str], others: _Judged, most_left: float) -> list[str]:
        """The columns that may leave at most this share of what others leave."""
        return [name for name in names if 1 - self.told[name] <= most_left * (1 - others.told) + _SLACK]

    def _better(self, best: str, names: Sequence[str]) -> _Judged:
        """The better of one column's values and a forest on some columns."""
        assert self.view.codes is not None
        by_value = _by_value(self.view.cells[best], self.view.codes, self.sample)
        return max(by_value, _by_forest(self.view, self.sample, sorted(names)), key=lambda model: model.told)


def _finding(name: str, alone: _Judged, others: _Judged, rest: str) -> Finding:
    text = (
        f"column {name!r} alone tells far more of the target than {rest}: it takes away {alone.told:.0%} of the "
        f"uncertainty, they {max(others.told, 0):.0%} (ROC AUC {alone.auc:.3f} and {others.auc:.3f}, on rows not "
        f"fitted on), as a copy of the target with noise, or its mean in a category, would. {QUESTION}"
    )
    numbers = {"told": alone.told, "others_told": others.told, "roc_auc": alone.auc, "others_roc_auc": others.auc}
    return Finding("dominant", "warning", text, (name,), numbers)


def _is_far(alone: _Judged, others: _Judged, most_left: float) -> bool:
    gain = others.losses - alone.losses
    error = gain.std() / len(gain) ** 0.5
    is_less = 1 - alone.told <= most_left * (1 - max(others.told, 0)) and 1 - alone.auc <= most_left * (1 - others.auc)
    return bool(is_less and gain.mean() > SURE * error)


def _sample(view: View) -> _Sample:
    """At most 4,000 rows, in three parts of equal class shares; rows that are the same are in the same part."""
    assert view.codes is not None
    hashes = frame_of(view.parsed).hash_rows(seed=0).to_numpy()
    rows = np.lexsort((view.codes, hashes))[:_MOST_ROWS]
    codes = view.codes[rows]
    places = pl.DataFrame({"hash": hashes[rows], "code": codes})
    parts = places.select(pl.col("hash").rank("dense").over("code")).to_series().to_numpy().astype(np.int64) % _N_FOLDS
    return _Sample(rows, parts, codes, view.n_classes)


def _by_value(cells: Cells, codes: NDArray[np.int64], sample: _Sample) -> _Judged:
    """A column by itself: the shares of the classes in each value, or bin, among the rows of the other parts."""
    bins, n_bins, _ = telling(cells, codes, sample.n_classes)
    bins, n_classes = bins[sample.rows], sample.n_classes
    shares = np.bincount(sample.codes, minlength=n_classes) / len(sample.codes)
    probabilities = np.empty((len(bins), n_classes))
    for part in range(_N_FOLDS):
        held = sample.parts == part
        counts = np.bincount(bins[~held] * n_classes + sample.codes[~held], minlength=n_bins * n_classes)
        counts = counts.reshape(n_bins, n_classes)
        smooth = (counts + shares) / (counts.sum(1, keepdims=True) + 1)
        probabilities[held] = smooth[bins[held]]
    return _judged(probabilities, sample, shares)


def _by_forest(view: View, sample: _Sample, names: Sequence[str]) -> _Judged:
    # Takes half a second to import, and few tables need it.
    from sklearn.ensemble import ExtraTreesClassifier

    matrix = np.stack([_numbers(view.cells[name])[sample.rows] for name in names], axis=1).astype(np.float32)
    probabilities = np.zeros((len(sample.rows), sample.n_classes))
    for part in range(_N_FOLDS):
        held = sample.parts == part
        forest = ExtraTreesClassifier(_N_TREES, min_samples_leaf=2, random_state=0)
        forest.fit(matrix[~held], sample.codes[~held])
        probabilities[np.ix_(held, forest.classes_)] = forest.predict_proba(matrix[held])
    shares = np.bincount(sample.codes, minlength=sample.n_classes) / len(sample.codes)
    return _judged(probabilities, sample, shares)


def _numbers(cells: Cells) -> NDArray[np.float64]:
    """A column as numbers that a tree can split: quantities in order, categories by how many rows they have."""
    if cells.quantities is None:
        order = np.argsort(np.argsort(-cells.counts, kind="stable"))
        return np.minimum(order, _LEVELS)[cells.values].astype(np.float64)
    return np.where(cells.is_missing, -1.0, cells.values.astype(np.float64))


def _judged(probabilities: NDArray[np.float64], sample: _Sample, shares: NDArray[np.float64]) -> _Judged:
    # A class without a doubt would cost without end where it is wrong once.
    doubted = (1 - _DOUBT) * probabilities + _DOUBT * shares
    losses = -np.log(doubted[np.arange(len(sample.codes)), sample.codes])
    areas = [_area(probabilities[:, code], sample.codes == code) for code in np.flatnonzero(shares)]
    return _Judged(losses, 1 - float(losses.mean()) / entropy(shares), float(np.mean(areas)))


def _area(scores: NDArray[np.float64], is_class: NDArray[np.bool_]) -> float:
    return auc(np.unique(scores, return_inverse=True)[1], is_class) or 0.5
