"""Permutation importance: how much worse scores become when a column's cells are shuffled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.engine.threads import use_threads
from demarcate.errors import SettingError
from demarcate.evaluation import Score
from demarcate.evaluation.linearisation import mean_variance
from demarcate.evaluation.ranking import auc_row_values, ranked_classes
from demarcate.evaluation.row_values import row_losses
from demarcate.evaluation.sampling import PLAIN, Sampling, effective_number
from demarcate.inference import Predictor
from demarcate.nn import family_of
from demarcate.phases import phase
from demarcate.phases.time_budget import clock, leave_out, seconds_for
from demarcate.presentation import brief_repr
from demarcate.tabular import ParsedColumns

if TYPE_CHECKING:
    import polars as pl

N_PERMUTATIONS = 5
MAX_ROWS, MIN_ROWS = 5000, 1000
MAX_COLUMNS = 200
LIMITED_SHARE, LIMITED_ROWS = 0.4, 200
"""Where time is limited: the share of what is left that may be taken, and the fewest rows."""
BUDGET = 5e11
"""Multiplications of all forward passes together, about ten seconds' work; fewer rows are sampled to stay within it."""


@brief_repr
@dataclass(frozen=True, eq=False)
class RowGroup:
    """Rows, as places among those evaluated, and the members that are evaluated on them: those not trained on them."""

    rows: NDArray[np.int64]
    members: tuple[int, ...]


@brief_repr
@dataclass(frozen=True)
class ColumnImportance:
    """How much the log loss rises and the ROC AUC falls when a column is shuffled, with 95% intervals."""

    column: str
    log_loss: Score
    roc_auc: Score | None
    """None where the rows have one class."""

    def to_json(self) -> dict[str, Any]:
        """Return the numbers, ready for JSON."""
        area = self.roc_auc and self.roc_auc.to_json()
        return {"column": self.column, "log_loss": self.log_loss.to_json(), "roc_auc": area}


@brief_repr
@dataclass(frozen=True)
class Importance:
    """The columns of a classifier by how much the log loss rises when they are shuffled, most important first."""

    columns: tuple[ColumnImportance, ...]
    n_permutations: int
    n_rows: int
    """Rows evaluated, of ``n_rows_all``."""
    n_rows_all: int
    n_columns_all: int
    """Columns there are; at most 200 are shuffled."""

    def to_frame(self) -> "pl.DataFrame":
        """Return a row for each column: by how much shuffling it raises the log loss and lowers the ROC AUC."""
        import polars as pl

        return pl.DataFrame(
            {"column": each.column, **_with_ends("log_loss", each.log_loss), **_with_ends("roc_auc", each.roc_auc)}
            for each in self.columns
        )

    def to_json(self) -> dict[str, Any]:
        """Return the numbers, ready for JSON."""
        columns = [column.to_json() for column in self.columns]
        return {**{name: value for name, value in vars(self).items() if name != "columns"}, "columns": columns}


def _with_ends(name: str, score: Score | None) -> dict[str, float | None]:
    """Return a value and the ends of its interval by the names of their columns."""
    ends = (None, None, None) if score is None else (score.value, score.low, score.high)
    return dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))


def permutation_importance(
    predictor: Predictor,
    parsed: ParsedColumns,
    codes: NDArray[np.int64],
    groups: Sequence[RowGroup],
    *,
    rows: str,
    sampling: Sampling = PLAIN,
    n_permutations: int = N_PERMUTATIONS,
    max_rows: int = MAX_ROWS,
    columns: Sequence[str] | None = None,
    seed: int = 0,
) -> Importance:
    """Shuffle one column after the other among rows, and measure how much worse the scores become.

    That breaks a column's tie to the label and to the other columns, and leaves its values as they are (Breiman, 2001,
    https://doi.org/10.1023/A:1010933404324; Fisher, Rudin and Dominici, 2019, https://jmlr.org/papers/v20/18-760.html).
    It measures what these networks use, not what causes the label: of two columns with the same information each covers
    for the other, and both look unimportant.

    Differences are taken row by row. Their interval is Student's, for the mean over rows and permutations, whose
    variances are added; that other training rows give other networks is not in it. Where rows have groups, the variance
    over rows is that over groups; where they have weights, scores and means are of the weighted rows.

    Parameters
    ----------
    predictor, parsed, codes
        What is evaluated, the rows as `Predictor.parse` returns them, and the class of each, `(n_rows,)`.
    groups
        Which members are evaluated on which rows; every row is in one group.
    rows
        Which rows these are, in words.
    sampling
        What each row counts, and its group.
    n_permutations
        At least 2.
    max_rows
        Of more rows this many are sampled, and fewer, down to 1000, where networks are large and columns many.
    columns
        Those to shuffle; None for all.
    seed
        Of the sample and the permutations.

    Raises
    ------
    SettingError
        If `n_permutations` is less than 2.

    Examples
    --------
    >>> from demarcate import Network, Training, datasets, train
    >>> data = datasets.circles(n_samples=200, noise=0.1)
    >>> predictor = train(data, Network((8,)), Training(lr=0.03, epochs=40))["network"].predictor
    >>> rows = [RowGroup(np.arange(200), members=(0,))]
    >>> importance = permutation_importance(predictor, predictor.parse(data.X), data.y, rows, rows="all")
    >>> sorted(column.column for column in importance.columns), importance.n_rows
    (['x1', 'x2'], 200)
    """
    if n_permutations < 2:
        raise SettingError(f"n_permutations is {n_permutations}. Shuffle each column at least twice.")
    generator = np.random.default_rng(seed)
    names = _tried_columns(predictor)
    if columns is not None:
        names = [name for name in names if name in columns]
    cost = sum(population.flat.numel() for population in predictor.populations) * len(names) * n_permutations
    n_rows = min(len(codes), max_rows, max(MIN_ROWS, int(BUDGET / max(cost, 1))))
    if names and (seconds := seconds_for(LIMITED_SHARE)) < np.inf:
        seconds_of_row = _seconds_of_row(predictor, parsed, codes, groups)
        n_rows, n_permutations = _within(seconds / seconds_of_row / len(names), n_rows, n_permutations)
    sampled = np.sort(generator.permutation(len(codes))[:n_rows])
    places = np.searchsorted(sampled, np.arange(len(codes)))
    sampled_groups = [
        RowGroup(places[in_group], group.members)
        for group in groups
        if len(in_group := group.rows[np.isin(group.rows, sampled, assume_unique=True)])
    ]
    cells = {name: column[sampled] for name, column in parsed.items()}
    # Products this small gain nothing by several threads, which wait for each other where a core is busy.
    with use_threads(1):
        of_sample = sampling.rows(sampled)
        effects = _effects(
            predictor, cells, codes[sampled], of_sample.weights, sampled_groups, names, n_permutations, generator
        )
    of_columns = [_column_importance(name, np.stack(values), rows, of_sample) for name, values in effects.items()]
    of_columns.sort(key=lambda column: -column.log_loss.value)
    return Importance(tuple(of_columns), n_permutations, n_rows, len(places), len(predictor.schema.used))


def _within(n_shuffled: float, n_rows: int, n_permutations: int) -> tuple[int, int]:
    """Return rows and permutations of a column that are at most so many shuffled cells, if at all possible."""
    if n_rows * n_permutations <= n_shuffled:
        return n_rows, n_permutations
    leave_out("importance comes from fewer rows and shuffles than it would")
    n_permutations = int(np.clip(n_shuffled // n_rows, 2, n_permutations))
    return min(n_rows, max(LIMITED_ROWS, int(n_shuffled // n_permutations))), n_permutations


def _seconds_of_row(
    predictor: Predictor, parsed: ParsedColumns, codes: NDArray[np.int64], groups: Sequence[RowGroup]
) -> float:
    """Return the seconds that the scores of a row take, by trying some rows."""
    some, start = groups[0].rows[:LIMITED_ROWS], clock()
    cells = {name: column[some] for name, column in parsed.items()}
    encoded = _Encoded.of(predictor, cells, RowGroup(np.arange(len(some)), groups[0].members))
    with use_threads(1):
        _row_values(codes[some], encoded.probabilities(), None)
    return (clock() - start) / len(some)


def _effects(
    predictor: Predictor,
    cells: ParsedColumns,
    codes: NDArray[np.int64],
    weights: NDArray[np.float64] | None,
    groups: Sequence[RowGroup],
    names: Sequence[str],
    n_permutations: int,
    generator: np.random.Generator,
) -> dict[str, list[NDArray[np.float64]]]:
    """Return by column how much worse each row became in each permutation, ``(2, n_rows)`` each."""
    encoded = [_Encoded.of(predictor, cells, group) for group in groups]
    n_classes = len(predictor.classes)
    before = _row_values(codes, _rejoin(groups, [each.probabilities() for each in encoded], n_classes), weights)
    effects: dict[str, list[NDArray[np.float64]]] = {name: [] for name in names}
    with phase("importance", total=n_permutations * len(names)) as current:
        for _ in range(n_permutations):
            order = generator.permutation(len(codes))
            for name in names:
                shuffled = _rejoin(groups, [each.shuffled(name, order) for each in encoded], n_classes)
                effects[name].append(_row_values(codes, shuffled, weights) - before)
                current.advance(detail=f"shuffling {name!r}")
    return effects


@dataclass(frozen=True, eq=False)
class _Encoded:
    """The rows of a group, encoded once for each of its members' encoders.

    A shuffled column's cells come from all rows, so that its part of a matrix is encoded for each permutation.
    """

    predictor: Predictor
    group: RowGroup
    cells: ParsedColumns  # of all rows
    own: ParsedColumns  # of the group's rows
    matrices: dict[int, NDArray[np.float32]]

    @classmethod
    def of(cls, predictor: Predictor, cells: ParsedColumns, group: RowGroup) -> "_Encoded":
        own = {name: column[group.rows] for name, column in cells.items()}
        encoders = sorted({predictor.encoding[member] for member in group.members})
        return cls(predictor, group, cells, own, {index: predictor.encoders[index].encode(own) for index in encoders})

    def probabilities(self) -> NDArray[np.float64]:
        """Return the probabilities of the group's rows, ``(n_group_rows, n_classes)``."""
        inputs = {index: torch.from_numpy(matrix) for index, matrix in self.matrices.items()}
        return self.predictor.probabilities_encoded(inputs, self.group.members)

    def shuffled(self, name: str, order: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the same with a column's cells in another order."""
        cells = {**self.own, name: self.cells[name][order[self.group.rows]]}
        before = {}
        for index, matrix in self.matrices.items():
            encoder = self.predictor.encoders[index]
            part = encoder.columns_reading(name)
            before[index] = part, matrix[:, part]
            matrix[:, part] = encoder.encode_reading(name, cells)
        probabilities = self.probabilities()
        for index, (part, values) in before.items():
            self.matrices[index][:, part] = values
        return probabilities


def _rejoin(groups: Sequence[RowGroup], parts: Sequence[NDArray[np.float64]], n_classes: int) -> NDArray[np.float64]:
    """Return the groups' probabilities in the order of the rows, ``(n_rows, n_classes)``."""
    probabilities = np.empty((sum(map(len, parts)), n_classes))
    for group, part in zip(groups, parts, strict=True):
        probabilities[group.rows] = part
    return probabilities


def _row_values(
    codes: NDArray[np.int64], probabilities: NDArray[np.float64], weights: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Return each row's log loss and its part of 1 - ROC AUC, ``(2, n_rows)``; NaN where the AUC is undefined."""
    classes = ranked_classes(codes if weights is None else codes[weights > 0], probabilities.shape[1])
    areas = [auc_row_values(codes == code, probabilities[:, code], weights) for code in classes]
    auc_losses = 1 - np.mean(areas, axis=0) if areas else np.full(len(codes), np.nan)
    return np.stack([row_losses(codes, probabilities), auc_losses])


def _column_importance(name: str, increases: NDArray[np.float64], rows: str, sampling: Sampling) -> ColumnImportance:
    """Average each row's increases in each permutation, ``(n_permutations, 2, n_rows)``."""
    area = None if np.isnan(increases[:, 1]).any() else _mean_score(increases[:, 1], rows, sampling)
    return ColumnImportance(name, _mean_score(increases[:, 0], rows, sampling), area)


def _mean_score(values: NDArray[np.float64], rows: str, sampling: Sampling = PLAIN) -> Score:
    """Return the mean of ``(n_permutations, n_rows)``, with Student's interval over both.

    The degrees of freedom are those of Welch and Satterthwaite for a sum of two variances.
    """
    from scipy.special import stdtrit

    n_permutations, n_rows = values.shape
    means, n_units = values.mean(1), float(n_rows)
    if sampling.is_plain:
        value = float(values.mean())
        over_rows = float(values.mean(0).var(ddof=1)) / n_rows if n_rows > 1 else 0.0
    else:
        weights = sampling.row_weights(n_rows)
        means = np.average(values, axis=1, weights=weights)
        value, over_rows = float(means.mean()), mean_variance(values.mean(0), sampling)
        n_units = effective_number(weights, sampling.units(n_rows))
    over_permutations = float(means.var(ddof=1)) / n_permutations
    variance = over_rows + over_permutations
    half_width = 0.0
    if variance > 0:
        freedom = variance**2 / (over_rows**2 / max(n_units - 1, 1) + over_permutations**2 / (n_permutations - 1))
        half_width = float(stdtrit(freedom, 0.975)) * variance**0.5
    in_words = sampling.rows_in_words(rows)
    return Score(value, value - half_width, value + half_width, n_rows, in_words, sampling.n_clusters)


def _tried_columns(predictor: Predictor) -> list[str]:
    """Return the columns to shuffle; of very many, those that the first layers give the most weight."""
    names = [column.name for column in predictor.schema.used]
    if len(names) <= MAX_COLUMNS:
        return names
    weight = dict.fromkeys(names, 0.0)
    shares = predictor.weights or (1.0,) * predictor.n_members
    members = zip(predictor.networks, predictor.states(), predictor.encoding, shares, strict=True)
    for network, state, index, share in members:
        if not family_of(network).starts_linear:
            continue
        lengths = state[0][0].norm(dim=0).cpu().numpy()
        for name in names:
            weight[name] += share * float(lengths[predictor.encoders[index].columns_reading(name)].sum())
    heaviest = set(sorted(names, key=lambda name: -weight[name])[:MAX_COLUMNS])
    return [name for name in names if name in heaviest]
