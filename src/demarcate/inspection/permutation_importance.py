"""How much a fitted classifier leans on each column: what becomes of its scores when its cells are shuffled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.engine.threads import use_threads
from demarcate.errors import SettingError
from demarcate.evaluation import Score
from demarcate.evaluation.ranking import auc_row_values
from demarcate.evaluation.row_values import row_losses
from demarcate.inference import Predictor
from demarcate.nn import family_of
from demarcate.tabular import ParsedColumns

N_PERMUTATIONS = 5

MOST_ROWS, FEWEST_ROWS = 5000, 1000

MOST_COLUMNS = 200

BUDGET = 5e11

"""Multiplications that all forward passes together may take, about ten seconds' work; rows are drawn to keep to it."""


@dataclass(frozen=True, eq=False)
class Asked:
    """Some of the judged rows, and the members that did not train on them.

    Attributes
    ----------
    rows
        Places among the judged rows.
    members
        Numbers of the members.
    """

    rows: NDArray[np.int64]
    members: tuple[int, ...]


@dataclass(frozen=True)
class ColumnImportance:
    """What shuffling one column does.

    Attributes
    ----------
    column
        Its name.
    log_loss
        How much the log loss rises, with a 95% interval.
    roc_auc
        How much the area under the ROC curve falls, with a 95% interval; None where there is no area.
    """

    column: str
    log_loss: Score
    roc_auc: Score | None

    def to_json(self) -> dict[str, Any]:
        """The numbers, ready for JSON."""
        area = self.roc_auc and self.roc_auc.to_json()
        return {"column": self.column, "log_loss": self.log_loss.to_json(), "roc_auc": area}


@dataclass(frozen=True)
class Importance:
    """The columns of a classifier, most important first.

    Attributes
    ----------
    columns
        By how much the log loss rises when they are shuffled.
    n_permutations
        How often each was shuffled.
    n_rows, n_rows_all
        The rows it was tried on, and those that there were.
    n_columns_all
        The columns that there were; fewer are tried where they are more than 200.
    """

    columns: tuple[ColumnImportance, ...]
    n_permutations: int
    n_rows: int
    n_rows_all: int
    n_columns_all: int

    def to_json(self) -> dict[str, Any]:
        """The numbers, ready for JSON."""
        return {
            "n_permutations": self.n_permutations,
            "n_rows": self.n_rows,
            "n_rows_all": self.n_rows_all,
            "n_columns_all": self.n_columns_all,
            "columns": [column.to_json() for column in self.columns],
        }


def permutation_importance(
    predictor: Predictor,
    parsed: ParsedColumns,
    codes: NDArray[np.int64],
    asked: Sequence[Asked],
    *,
    rows: str,
    n_permutations: int = N_PERMUTATIONS,
    most_rows: int = MOST_ROWS,
    seed: int = 0,
) -> Importance:
    """Shuffle one column after the other, and see by how much the scores become worse.

    A column's cells are dealt out anew among all judged rows, which breaks what ties it to the label and to the other
    columns, and leaves its values as they are (Breiman, 2001, https://doi.org/10.1023/A:1010933404324; Fisher, Rudin
    and Dominici, 2019, https://jmlr.org/papers/v20/18-760.html). It tells what these networks use, not what causes the
    label: of two columns that say the same, each covers for the other, and both look unimportant.

    The difference is taken row by row. Its interval is Student's, for the mean over rows and over permutations, whose
    variances are added; that other training rows would give other networks is not in it.

    Parameters
    ----------
    predictor
        The networks.
    parsed
        The judged rows' cells.
    codes
        Their classes, ``(n_rows,)``.
    asked
        Who may be asked about which rows: where rows are out-of-fold, those that did not train on them.
    rows
        What the rows are, in words.
    n_permutations
        How often each column is shuffled; at least 2, or there is no telling how much chance is in a permutation.
    most_rows
        Of more rows, this many are drawn. Fewer, but at least 1,000, where networks are large and columns are many.
    seed
        Of what is drawn.

    Raises
    ------
    SettingError
        If ``n_permutations`` is less than 2.

    Examples
    --------
    >>> from demarcate import DemarcateClassifier, datasets
    >>> X, y = datasets.moons(n_samples=200)
    >>> predictor = DemarcateClassifier(hidden=(8,), epochs=20, n_folds=2).fit(X, y).predictor_
    >>> asked = [Asked(np.arange(200), (0, 1))]
    >>> found = permutation_importance(predictor, predictor.parse(X), np.asarray(y), asked, rows="given")
    >>> sorted(column.column for column in found.columns), found.n_rows
    (['x1', 'x2'], 200)
    """
    if n_permutations < 2:
        raise SettingError(f"a column is shuffled at least twice: got n_permutations={n_permutations}")
    generator = np.random.default_rng(seed)
    names = _tried(predictor)
    n_rows = _n_drawn(predictor, len(codes), len(names) * n_permutations, most_rows)
    drawn = np.sort(generator.permutation(len(codes))[:n_rows])
    places = np.searchsorted(drawn, np.arange(len(codes)))
    groups = [
        Asked(places[kept], each.members)
        for each in asked
        if len(kept := each.rows[np.isin(each.rows, drawn, assume_unique=True)])
    ]
    cells = {name: column[drawn] for name, column in parsed.items()}
    # Products this small gain nothing by several threads, which wait for each other where a core is busy.
    with use_threads(1):
        effects = _effects(predictor, cells, codes[drawn], groups, names, n_permutations, generator)
    found = [_column(name, np.stack(worse), rows) for name, worse in effects.items()]
    found.sort(key=lambda column: -column.log_loss.value)
    return Importance(tuple(found), n_permutations, n_rows, len(places), len(predictor.schema.used))


def _effects(
    predictor: Predictor,
    cells: ParsedColumns,
    codes: NDArray[np.int64],
    groups: Sequence[Asked],
    names: Sequence[str],
    n_permutations: int,
    generator: np.random.Generator,
) -> dict[str, list[NDArray[np.float64]]]:
    """For each column, how much worse each row became in each permutation, ``(2, n_rows)`` each."""
    encoded = [_Encoded.of(predictor, cells, group) for group in groups]
    n_classes = len(predictor.classes)
    before = _row_values(codes, _gathered(groups, [each.probabilities() for each in encoded], n_classes))
    effects: dict[str, list[NDArray[np.float64]]] = {name: [] for name in names}
    for _ in range(n_permutations):
        order = generator.permutation(len(codes))
        for name in names:
            shuffled = _gathered(groups, [each.shuffled(name, order) for each in encoded], n_classes)
            effects[name].append(_row_values(codes, shuffled) - before)
    return effects


@dataclass(frozen=True, eq=False)
class _Encoded:
    """The rows that a group of members is asked about, as these members see them.

    They are encoded once. A shuffled column's cells come from all judged rows, so that its part of the matrix is
    encoded for each permutation.
    """

    predictor: Predictor
    group: Asked
    cells: ParsedColumns
    matrices: dict[int, NDArray[np.float32]]

    @classmethod
    def of(cls, predictor: Predictor, cells: ParsedColumns, group: Asked) -> "_Encoded":
        own = {name: column[group.rows] for name, column in cells.items()}
        encoders = sorted({predictor.encoding[member] for member in group.members})
        return cls(predictor, group, cells, {index: predictor.encoders[index].encode(own) for index in encoders})

    def probabilities(self) -> NDArray[np.float64]:
        """Of the group's rows, ``(n_group_rows, n_classes)``."""
        inputs = {index: torch.from_numpy(matrix) for index, matrix in self.matrices.items()}
        return self.predictor.probabilities_encoded(inputs, self.group.members)

    def shuffled(self, name: str, order: NDArray[np.int64]) -> NDArray[np.float64]:
        """The same, with the cells of a column dealt out in another order."""
        others = self.cells[name][order[self.group.rows]]
        kept = {}
        for index, matrix in self.matrices.items():
            encoder = self.predictor.encoders[index]
            part = encoder.columns_of(name)
            kept[index] = part, matrix[:, part].copy()
            matrix[:, part] = encoder.encoders[encoder.columns.index(name)].encode(others)
        found = self.probabilities()
        for index, (part, before) in kept.items():
            self.matrices[index][:, part] = before
        return found


def _gathered(groups: Sequence[Asked], parts: Sequence[NDArray[np.float64]], n_classes: int) -> NDArray[np.float64]:
    """The groups' probabilities in the order of the rows, ``(n_rows, n_classes)``."""
    probabilities = np.empty((sum(map(len, parts)), n_classes))
    for group, part in zip(groups, parts, strict=True):
        probabilities[group.rows] = part
    return probabilities


def _row_values(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each row's part in the log loss, and in what the ROC AUC lacks of 1, ``(2, n_rows)``; NaN without an area."""
    counts = np.bincount(codes, minlength=probabilities.shape[1])
    columns = [1] if len(counts) == 2 else range(len(counts))
    areas = [auc_row_values(codes == code, probabilities[:, code]) for code in columns if 0 < counts[code] < len(codes)]
    lacking = 1 - np.mean(areas, axis=0) if areas else np.full(len(codes), np.nan)
    return np.stack([row_losses(codes, probabilities), lacking])


def _column(name: str, worse: NDArray[np.float64], rows: str) -> ColumnImportance:
    """From how much worse each row became in each permutation, ``(n_permutations, 2, n_rows)``."""
    area = None if np.isnan(worse[:, 1]).any() else _mean(worse[:, 1], rows)
    return ColumnImportance(name, _mean(worse[:, 0], rows), area)


def _mean(worse: NDArray[np.float64], rows: str) -> Score:
    """The mean of numbers ``(n_permutations, n_rows)``, with Student's interval over both.

    The degrees of freedom are those of Welch and Satterthwaite for a sum of two variances.
    """
    from scipy.special import stdtrit

    n_permutations, n_rows = worse.shape
    value = float(worse.mean())
    over_rows = float(worse.mean(0).var(ddof=1)) / n_rows if n_rows > 1 else 0.0
    over_permutations = float(worse.mean(1).var(ddof=1)) / n_permutations
    variance = over_rows + over_permutations
    if variance == 0:
        return Score(value, value, value, n_rows, rows)
    freedom = variance**2 / (over_rows**2 / max(n_rows - 1, 1) + over_permutations**2 / (n_permutations - 1))
    reach = float(stdtrit(freedom, 0.975)) * variance**0.5
    return Score(value, value - reach, value + reach, n_rows, rows)


def _n_drawn(predictor: Predictor, n_rows: int, n_passes: int, most_rows: int) -> int:
    """How many rows are drawn: as many as there are, or as may be, or as the budget allows."""
    cost = sum(population.flat.numel() for population in predictor.populations) * n_passes
    return min(n_rows, most_rows, max(FEWEST_ROWS, int(BUDGET / cost)))


def _tried(predictor: Predictor) -> list[str]:
    """The columns to shuffle; of very many, those that the first layers give the most weight."""
    names = [column.name for column in predictor.schema.used]
    if len(names) <= MOST_COLUMNS:
        return names
    weight = dict.fromkeys(names, 0.0)
    for network, state, index in zip(predictor.networks, predictor.states(), predictor.encoding, strict=True):
        if not family_of(network).starts_linear:
            continue
        lengths = state[0][0].norm(dim=0).cpu().numpy()
        for name in names:
            weight[name] += float(lengths[predictor.encoders[index].columns_of(name)].sum())
    heaviest = set(sorted(names, key=lambda name: -weight[name])[:MOST_COLUMNS])
    return [name for name in names if name in heaviest]
