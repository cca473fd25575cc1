"""The costs of decisions on rows whose class is known."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from demarcate.evaluation.bootstrap import Bootstrap, fold_values, stretch_of
from demarcate.evaluation.costs import ABSTAINED, Costs
from demarcate.evaluation.measures import mean_of
from demarcate.evaluation.row_values import check_probabilities
from demarcate.evaluation.sampling import PLAIN, Sampling, effective_number
from demarcate.evaluation.score_tables import Scores
from demarcate.evaluation.scores import Score, wilson_interval
from demarcate.presentation import brief_repr

if TYPE_CHECKING:
    import polars as pl

N_RESAMPLES = 2000
LEVEL = 0.95


@brief_repr
@dataclass(frozen=True)
class CostComparison:
    """The mean cost of a row, decided in three ways; differences are paired, row by row.

    Attributes
    ----------
    decided
        By least expected cost.
    likeliest
        For the likeliest class; with two classes, at 0.5.
    constant
        Always for the class that is cheapest on these very rows.
    always
        That class's label.
    saved, saved_over_constant
        How much less a row costs, decided by expected cost, than for the likeliest class, and than always for one.
    abstained
        The share of rows not decided.

    Examples
    --------
    >>> codes = np.array([0, 0, 0, 1] * 25)
    >>> costs = Costs.of(["well", "ill"], {"false_negative": 4}, positive="ill")
    >>> compared = compare_costs(codes, np.tile([0.7, 0.3], (100, 1)), costs, rows="test", classes=["well", "ill"])
    >>> print(compared.decided, "instead of", compared.likeliest, "or always", compared.always, compared.constant)
    0.750 [0.660, 0.840] instead of 1.000 [0.640, 1.360] or always ill 0.750 [0.660, 0.840]
    """

    decided: Score
    likeliest: Score
    constant: Score
    always: Any
    saved: Score
    saved_over_constant: Score
    abstained: float

    def to_frame(self) -> "pl.DataFrame":
        """Return the cost of a row under each way to decide, and what costs save, as `Scores.to_frame` does."""
        costs = {name: value for name, value in vars(self).items() if isinstance(value, Score)}
        return Scores(costs).to_frame().rename({"metric": "decided"})

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        scores = {name: value.to_json() for name, value in vars(self).items() if isinstance(value, Score)}
        return {**scores, "always": self.always, "abstained": self.abstained}


def compare_costs(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    costs: Costs,
    *,
    rows: str,
    folds: npt.NDArray[np.int64] | None = None,
    groups: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    classes: Any = None,
    seed: int = 0,
) -> CostComparison:
    """Compare the cost of a row decided by expected cost, for the likeliest class and always for one class.

    Intervals are the percentile bootstrap's at 95%, rows drawn with replacement, and stretched for how much folds
    differ, as those of `score`. Where all rows cost the same, which no draw would change, an interval reaches as far as
    Wilson's for a share of none.

    Parameters
    ----------
    codes, probabilities, rows, folds, groups, sample_weight, seed
        As for `score`, with the same errors.
    costs
        They also make the decisions.
    classes
        The labels, for `CostComparison.always`; None for the codes.
    """
    sampling = Sampling.of(len(codes), folds=folds, groups=groups, sample_weight=sample_weight)
    return compare_costs_sampled(codes, probabilities, costs, sampling, rows=rows, classes=classes, seed=seed)


def compare_costs_sampled(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    costs: Costs,
    sampling: Sampling,
    *,
    rows: str,
    classes: Any = None,
    seed: int = 0,
) -> CostComparison:
    """Return `compare_costs` of rows ``(n_rows,)`` that were sampled in some way."""
    probabilities = check_probabilities(codes, probabilities)
    decisions, likeliest = costs.decide(probabilities), probabilities.argmax(axis=1)
    return compare_decisions(codes, decisions, likeliest, costs, sampling, rows=rows, classes=classes, seed=seed)


def compare_decisions(
    codes: npt.NDArray[np.int64],
    decisions: npt.NDArray[np.int64],
    likeliest: npt.NDArray[np.int64],
    costs: Costs,
    sampling: Sampling = PLAIN,
    *,
    rows: str,
    classes: Any = None,
    seed: int = 0,
    counts: npt.NDArray[np.int64] | None = None,
) -> CostComparison:
    """Return `compare_costs` of decisions and likeliest classes, both ``(n_rows,)``.

    Each row stands for as many as ``counts`` says, for itself if None.
    """
    times = sampling.weights if counts is None else counts * sampling.row_weights(len(codes))
    n_rows = len(codes) if counts is None else int(counts.sum())
    total = n_rows if times is None else float(times.sum())
    class_counts = np.bincount(codes, times, minlength=len(costs.matrix))
    always = int(class_counts.dot(costs.matrix).argmin())
    of_decisions, of_likeliest = costs.row_costs(codes, decisions), costs.row_costs(codes, likeliest)
    constant = costs.matrix[codes, always]
    row_costs = np.stack(
        [of_decisions, of_likeliest, constant, of_likeliest - of_decisions, constant - of_decisions], axis=1
    )
    max_cost = max(float(costs.matrix.max()), costs.abstain or 0.0)
    means = row_costs.mean(axis=0) if times is None else times @ row_costs / total
    n_units = float(n_rows)
    if sampling.is_plain and not sampling.is_forward:
        lows, highs = _interval_ends(row_costs, sampling, seed, counts)
    else:
        of_rows = None if counts is None else counts.astype(np.float64)
        n_units = effective_number(sampling.row_weights(len(codes)), sampling.units(len(codes)), of_rows)
        lows, highs = _resampled_ends(row_costs, sampling, n_units, seed, of_rows)
    lows[:3] = lows[:3].clip(0)
    # No draw of rows that all cost the same costs anything else, and the next row may.
    same = [column for column in range(3) if (row_costs[:, column] == row_costs[0, column]).all()]
    rare = wilson_interval(0, n_units)[1]
    lows[same], highs[same] = means[same] * (1 - rare), means[same] + (max_cost - means[same]) * rare
    in_words, n_effective = sampling.rows_in_words(rows), None
    if sampling.weights is not None:
        n_effective = effective_number(sampling.weights, None, None if counts is None else counts.astype(np.float64))
    scores = [
        Score(mean, min(low, mean), max(high, mean), n_rows, in_words, sampling.n_clusters, n_effective)
        for mean, low, high in zip(means.tolist(), lows.tolist(), highs.tolist(), strict=True)
    ]
    label = always if classes is None else np.asarray(classes).tolist()[always]
    abstained = decisions == ABSTAINED
    return CostComparison(
        decided=scores[0],
        likeliest=scores[1],
        constant=scores[2],
        always=label,
        saved=scores[3],
        saved_over_constant=scores[4],
        abstained=float(abstained.mean() if times is None else times @ abstained / total),
    )


def _resampled_ends(
    row_costs: npt.NDArray[np.float64],
    sampling: Sampling,
    n_units: float,
    seed: int,
    counts: npt.NDArray[np.float64] | None,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return both ends of the interval of each column's mean, ``(n_columns,)`` each, of clustered or weighted rows."""
    means = {str(column): mean_of(row_costs[:, column]) for column in range(row_costs.shape[1])}
    units = None if sampling.is_plain else dict.fromkeys(means, n_units)
    bootstrap = Bootstrap.of(means, len(row_costs), row_costs.size, sampling, seed, LEVEL, counts, units)
    scores = [bootstrap.score(name, bootstrap.percentiles(name), "", (-np.inf, np.inf)) for name in means]
    return np.array([each.low for each in scores]), np.array([each.high for each in scores])


def _interval_ends(
    row_costs: npt.NDArray[np.float64],
    sampling: Sampling,
    seed: int,
    counts: npt.NDArray[np.int64] | None,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return both ends of the interval of each column's mean, ``(n_columns,)`` each, of independent, equal rows."""
    # Rows that cost the same in every way are interchangeable: drawing how many there are of each kind is drawing rows.
    kinds, kind, n_of_kind = np.unique(row_costs, axis=0, return_inverse=True, return_counts=True)
    if counts is not None:
        n_of_kind = np.bincount(kind.reshape(-1), counts)
    generator, n_rows = np.random.default_rng(seed), int(n_of_kind.sum())
    drawn = np.stack([generator.multinomial(n_rows, n_of_kind / n_rows) @ kinds / n_rows for _ in range(N_RESAMPLES)])
    lows, highs = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    if sampling.folds is not None:
        columns = range(row_costs.shape[1])
        means, draws = {str(at): mean_of(row_costs[:, at]) for at in columns}, {str(at): drawn[:, at] for at in columns}
        stretch = np.array([*stretch_of(draws, fold_values(means, sampling), sampling, LEVEL).values()])
        centre = row_costs.mean(axis=0)
        lows, highs = centre + stretch * (lows - centre), centre + stretch * (highs - centre)
    return lows, highs
