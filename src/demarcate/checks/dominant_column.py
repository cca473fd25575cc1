"""Columns that predict the target far better than all others together: noisy copies of it, or its means.

A strong column is nothing unusual, but it is seldom alone: what it measures shows in other columns too. So a column is
a finding only if by itself it beats a model of all others on held-out rows, and leaves little of their error.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.checks.duplicate_groups import comparable_frame
from demarcate.checks.finding import Finding
from demarcate.checks.information_gain import best_binning, contingency_table, entropy, information_gain, rank_auc
from demarcate.checks.subject_ids import what_dropping_hides
from demarcate.checks.table_view import FactorizedColumn, TableView
from demarcate.checks.target_copies import MAX_CLASS_SHARE, REMEDY
from demarcate.formatting import percent

MIN_GAIN = 0.45
"""Columns with less information gain (a ROC AUC of about 0.92 for two balanced classes) are not compared."""
MAX_ERROR_SHARE = 0.62
"""The largest share that a finding leaves of the error of all other columns together."""
MAX_ERROR_SHARE_WITHOUT = 0.45
"""The same where several columns are strong, and are compared with the others without all of them."""
MAX_CANDIDATES = 5
MIN_STANDARD_ERRORS = 3.0
"""The difference of the losses in its standard errors."""
MIN_ROWS = 60
_MAX_ROWS = 4000
_MAX_OTHERS = 200
_N_FOLDS = 3
_MAX_LEVELS = 250
_PRIOR_WEIGHT = 0.02
_SLACK = 0.1
_N_TREES = 60


@dataclass(frozen=True, eq=False)
class _Sample:
    """Sampled rows and their folds, chosen by the rows' content instead of their order."""

    rows: NDArray[np.int64]
    folds: NDArray[np.int64]
    codes: NDArray[np.int64]
    n_classes: int

    @property
    def class_shares(self) -> NDArray[np.float64]:
        return np.bincount(self.codes, minlength=self.n_classes) / len(self.codes)


@dataclass(frozen=True, eq=False)
class _ModelScore:
    """Losses on held-out rows, the share of the target's entropy that they explain, and the ROC AUC."""

    losses: NDArray[np.float64]
    gain: float
    auc: float


def dominant_columns(table: TableView) -> Iterator[Finding]:
    """Yield columns that alone predict far better than all others that no earlier check has found."""
    if table.codes is None or table.n_rows < MIN_ROWS or table.class_counts.max() >= MAX_CLASS_SHARE * table.n_rows:
        return
    gains = {
        name: information_gain(column, table.codes, table.n_classes)
        for name, column in table.columns.items()
        if name not in table.suspects
    }
    order = sorted(gains, key=lambda name: -gains[name])
    strong = [name for name in order[:MAX_CANDIDATES] if gains[name] >= MIN_GAIN]
    if not strong or len(order) < 2:
        return
    comparison = _Comparison(table, _sample(table), order, gains)
    weaker = comparison.score_without(strong) if 1 < len(strong) < len(order) else None
    # A column that does not beat the weaker columns beats no more than those: one model instead of one for each.
    if weaker and not comparison.candidates(strong, weaker, MAX_ERROR_SHARE):
        return
    rest = "all other columns together"
    findings = [
        finding
        for name in strong
        for finding in comparison.findings([name], comparison.score_without([name]), rest, MAX_ERROR_SHARE)
    ]
    if not findings and weaker:
        rest = f"all columns but the {len(strong)} strongest"
        findings = [*comparison.findings(strong, weaker, rest, MAX_ERROR_SHARE_WITHOUT)]
    yield from sorted(findings, key=lambda finding: finding.columns)


@dataclass(frozen=True, eq=False)
class _Comparison:
    """Compares single columns with all others together."""

    table: TableView
    sample: _Sample
    order: Sequence[str]  # columns by falling gain
    gains: Mapping[str, float]

    def score_without(self, names: Sequence[str]) -> _ModelScore:
        """Score all columns but these."""
        others = [name for name in self.order if name not in names][:_MAX_OTHERS]
        return self._better(others[0], others)

    def findings(
        self, names: Sequence[str], others: _ModelScore, rest: str, max_error_share: float
    ) -> Iterator[Finding]:
        """Yield the columns that beat all others."""
        for name in self.candidates(names, others, max_error_share):
            alone = self._better(name, [name])
            if _is_far_better(alone, others, max_error_share):
                yield _finding(name, alone, others, rest, what_dropping_hides(self.table, name))

    def candidates(self, names: Sequence[str], others: _ModelScore, max_error_share: float) -> list[str]:
        """Return the columns whose gain may be large enough."""
        return [name for name in names if 1 - self.gains[name] <= max_error_share * (1 - others.gain) + _SLACK]

    def _better(self, best: str, names: Sequence[str]) -> _ModelScore:
        """Score one column's bins and a forest on some columns, and return the better one."""
        assert self.table.codes is not None
        bins = _score_bins(self.table.columns[best], self.table.codes, self.sample)
        return max(bins, _score_forest(self.table, self.sample, sorted(names)), key=lambda score: score.gain)


def _finding(name: str, alone: _ModelScore, others: _ModelScore, rest: str, hidden: str) -> Finding:
    text = (
        f"column {name!r} alone predicts the target far better than {rest}: it explains {percent(alone.gain)} of the "
        f"uncertainty, they {percent(max(others.gain, 0))} (ROC AUC {alone.auc:.3f} and {others.auc:.3f} on held-out "
        f"rows), like a noisy copy of the target or its mean within a category. {REMEDY}{hidden}"
    )
    numbers = {"told": alone.gain, "others_told": others.gain, "roc_auc": alone.auc, "others_roc_auc": others.auc}
    return Finding("dominant", "warning", text, (name,), numbers)


def _is_far_better(alone: _ModelScore, others: _ModelScore, max_error_share: float) -> bool:
    gain = others.losses - alone.losses
    error = gain.std() / len(gain) ** 0.5
    has_less_entropy = 1 - alone.gain <= max_error_share * (1 - max(others.gain, 0))
    has_less_error = 1 - alone.auc <= max_error_share * (1 - others.auc)
    return bool(has_less_entropy and has_less_error and gain.mean() > MIN_STANDARD_ERRORS * error)


def _sample(table: TableView) -> _Sample:
    """Sample at most 4,000 rows in three stratified folds; equal rows are in the same fold."""
    assert table.codes is not None
    hashes = comparable_frame(table.parsed).hash_rows(seed=0).to_numpy()
    rows = np.lexsort((table.codes, hashes))[:_MAX_ROWS]
    codes = table.codes[rows]
    ranks = pl.DataFrame({"hash": hashes[rows], "code": codes}).select(pl.col("hash").rank("dense").over("code"))
    folds = ranks.to_series().to_numpy().astype(np.int64) % _N_FOLDS
    return _Sample(rows, folds, codes, table.n_classes)


def _score_bins(column: FactorizedColumn, codes: NDArray[np.int64], sample: _Sample) -> _ModelScore:
    """Score the class shares in each bin of a column."""
    all_bins, n_bins, _ = best_binning(column, codes, sample.n_classes)
    bins, shares = all_bins[sample.rows], sample.class_shares

    def predict(train: NDArray[np.bool_], held_out: NDArray[np.bool_]) -> NDArray[np.float64]:
        counts = contingency_table(bins[train], n_bins, sample.codes[train], sample.n_classes)
        smooth: NDArray[np.float64] = (counts + shares) / (counts.sum(1, keepdims=True) + 1)
        return smooth[bins[held_out]]

    return _cross_validate(predict, sample)


def _score_forest(table: TableView, sample: _Sample, names: Sequence[str]) -> _ModelScore:
    """Score a forest on some columns."""
    # Takes half a second to import, and few tables need it.
    from sklearn.ensemble import ExtraTreesClassifier

    matrix = np.stack([_numbers(table.columns[name])[sample.rows] for name in names], axis=1).astype(np.float32)

    def predict(train: NDArray[np.bool_], held_out: NDArray[np.bool_]) -> NDArray[np.float64]:
        forest = ExtraTreesClassifier(_N_TREES, min_samples_leaf=2, random_state=0)
        forest.fit(matrix[train], sample.codes[train])
        probabilities = np.zeros((held_out.sum(), sample.n_classes))
        probabilities[:, forest.classes_] = forest.predict_proba(matrix[held_out])
        return probabilities

    return _cross_validate(predict, sample)


def _numbers(column: FactorizedColumn) -> NDArray[np.float64]:
    """Return a column as numbers that a tree can split: numbers by rank, categories by their number of rows."""
    if column.numbers is None:
        order = np.argsort(np.argsort(-column.counts, kind="stable"))
        return np.minimum(order, _MAX_LEVELS)[column.value_codes].astype(np.float64)
    return np.where(column.is_missing, -1.0, column.value_codes.astype(np.float64))


def _cross_validate(
    predict: Callable[[NDArray[np.bool_], NDArray[np.bool_]], NDArray[np.float64]], sample: _Sample
) -> _ModelScore:
    """Score probabilities of held-out rows, predicted fold by fold from the masks of training and held-out rows."""
    shares = sample.class_shares
    probabilities = np.empty((len(sample.rows), sample.n_classes))
    for fold in range(_N_FOLDS):
        held_out = sample.folds == fold
        probabilities[held_out] = predict(~held_out, held_out)
    # A probability of 0 for the true class would have an infinite loss.
    mixed = (1 - _PRIOR_WEIGHT) * probabilities + _PRIOR_WEIGHT * shares
    losses = -np.log(mixed[np.arange(len(sample.codes)), sample.codes])
    ranks = (np.unique(column, return_inverse=True)[1] for column in probabilities.T)
    areas = [rank_auc(rank, sample.codes == code) or 0.5 for code, rank in enumerate(ranks) if shares[code]]
    return _ModelScore(losses, 1 - float(losses.mean()) / entropy(shares), float(np.mean(areas)))
