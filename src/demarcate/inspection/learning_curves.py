"""Learning curves: loss and accuracy over epochs, averaged over networks, and the best epoch in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from operator import eq
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.formatting import counted, listed
from demarcate.presentation import brief_repr

if TYPE_CHECKING:
    import polars as pl

HISTORY_NAMES = tuple(
    f"{rows}_{metric}" for rows in ("train", "eval_train", "validation", "test") for metric in ("loss", "accuracy")
)
"""What a caller's own history may have."""
_BOUNDS = {"loss": (0.0, np.inf), "accuracy": (0.0, 1.0)}
"""The values that a metric can have."""
_STOPPED = 0.9
"""The share of networks that have stopped where curves end."""
_REACH = 0.5
"""How far bands may widen an axis beyond the curves, as a share of the curves' own range."""
_RISE = 0.02
"""By what share of its lowest value a loss has to rise again before the rise is spoken of."""


@brief_repr
@dataclass(frozen=True, eq=False)
class LearningCurve:
    """The mean of a number over networks, at each evaluated epoch.

    ``epochs`` are ``(n_evaluated,)``, and so are ``mean``, ``low`` and ``high``: the mean over networks and its 95%
    interval, cut off at the values there can be, NaN of fewer than two.
    """

    epochs: NDArray[np.int64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def over(cls, values: NDArray[np.float64], within: tuple[float, float] = (-np.inf, np.inf)) -> "LearningCurve":
        """Average values ``(n_networks, n_epochs)``, NaN where a network has none; none is outside of ``within``."""
        from scipy.special import stdtrit

        is_known = np.isfinite(values)
        evaluated = is_known.any(0)
        is_known = is_known[:, evaluated]
        values, n = np.where(is_known, values[:, evaluated], 0.0), is_known.sum(0)
        mean = values.sum(0) / n
        deviation = np.sqrt(((values - mean) ** 2 * is_known).sum(0) / np.maximum(n - 1, 1))
        half_width = np.where(n > 1, stdtrit(np.maximum(n - 1, 1), 0.975) * deviation / np.sqrt(n), np.nan)
        low, high = (np.clip(end, *within) for end in (mean - half_width, mean + half_width))
        return cls(np.flatnonzero(evaluated) + 1, mean, low, high)


@brief_repr
@dataclass(frozen=True, eq=False)
class LearningCurves:
    """The learning curves of networks, by ``train_loss``, ``train_accuracy``, ``validation_loss`` and so on.

    A network that has stopped counts with the values of the epoch whose weights it keeps: a mean of those still
    training would be of ever fewer and slower ones. The curves end where all but a tenth have stopped.
    """

    curves: dict[str, LearningCurve]
    best_epochs: tuple[int, ...]
    """The epoch whose weights each network has."""
    n_epochs: int
    """The most epochs a network was trained."""
    lengths: tuple[int, ...] = ()
    """The epochs that each network was trained."""

    @classmethod
    def of(cls, run: Any) -> "LearningCurves":
        """Read the histories of a run, of several, of a classifier or of a predictor, or a history itself.

        A history is lists or a frame by ``train_loss``, ``test_accuracy`` and so on, with a value for each epoch.
        """
        histories, best_epochs = _histories(run)
        lengths = tuple(max(map(len, history.values()), default=0) for history in histories)
        longest = max(lengths, default=0)
        if not longest:
            raise SettingError("The history has no epoch. Train for at least one epoch.")
        shown = sorted(lengths)[ceil(_STOPPED * len(lengths)) - 1]
        names = dict.fromkeys(name for history in histories for name in history)
        curves = {}
        for name in names:
            own = [history.get(name, np.full(0, np.nan)) for history in histories]
            values = _continued(own, best_epochs, longest)[:, :shown]
            curves[name] = LearningCurve.over(values, _BOUNDS[name.rsplit("_", 1)[1]])
        evaluated = {name: curve for name, curve in curves.items() if len(curve.epochs)}
        return cls(evaluated, tuple(best_epochs), longest, lengths)

    @property
    def best_epoch(self) -> float:
        """The median of `best_epochs`."""
        return float(np.median(self.best_epochs))

    @property
    def last_epoch(self) -> int:
        """The last epoch of a curve."""
        return max(int(curve.epochs[-1]) for curve in self.curves.values())

    def to_frame(self) -> "pl.DataFrame":
        """Return a row for each curve and evaluated epoch: its mean over the networks, with the 95% interval."""
        import polars as pl

        return pl.concat(
            pl.DataFrame({"epoch": each.epochs, "mean": each.mean, "low": each.low, "high": each.high}).select(
                pl.lit(name).alias("curve"), pl.all()
            )
            for name, each in self.curves.items()
        )

    def of_metric(self, metric: str) -> dict[str, LearningCurve]:
        """Return the curves of ``loss`` or ``accuracy`` by their rows: ``train``, ``validation`` and so on."""
        names = {name: name.rsplit("_", 1) for name in self.curves}
        return {rows: self.curves[name] for name, (rows, own) in names.items() if own == metric}

    def limits(self, metric: str) -> tuple[float, float]:
        """Return the ends of an axis for ``loss`` or ``accuracy``: all curves, and nothing that cannot be.

        A loss begins at 0. Bands widen the axis by at most half of the curves' own range.
        """
        curves = self.of_metric(metric).values()
        means = np.concatenate([curve.mean for curve in curves])
        low, high = float(means.min()), float(means.max())
        ends = np.concatenate([means, *([*curve.low, *curve.high] for curve in curves)])
        reach = _REACH * (high - low)
        low, high = max(low - reach, float(np.nanmin(ends))), min(high + reach, float(np.nanmax(ends)))
        margin = 0.05 * (high - low) or 0.05
        least, most = _BOUNDS[metric]
        return (0.0 if metric == "loss" else max(least, low - margin)), min(most, high + margin)

    def finding(self) -> str:
        """Return in words which epoch was the best, and whether the loss of other rows rose again."""
        lengths = self.lengths or (self.n_epochs,) * len(self.best_epochs)
        n_networks, n_last = len(lengths), sum(map(eq, self.best_epochs, lengths))
        if n_last == n_networks:
            return self._rise() or f"Trained for {counted(self.n_epochs, 'epoch')}, with the weights of the last"
        if 2 * n_last > n_networks:
            return f"{n_last} of {n_networks} networks were best at their last epoch: more epochs may help"
        if n_networks == 1:
            return f"Best at epoch {self.best_epochs[0]} of {self.n_epochs}, whose weights it has"
        several, first, last = counted(n_networks, "network"), min(self.best_epochs), max(self.best_epochs)
        span = f"all {several}" if first == last else f"median of {several}, {first} to {last}"
        return f"Best at epoch {self.best_epoch:.0f} ({span})"

    def _rise(self) -> str:
        """Return how the loss of rows not trained on went after its lowest value; empty without such rows."""
        of_losses = self.of_metric("loss")
        rows = next((rows for rows in ("validation", "test") if rows in of_losses), None)
        if rows is None:
            return ""
        curve = of_losses[rows]
        lowest = int(curve.mean.argmin())
        least, final = float(curve.mean[lowest]), float(curve.mean[-1])
        at = f"epoch {curve.epochs[lowest]} of {self.last_epoch}"
        if final > least * (1 + _RISE):
            return f"The {rows} loss was lowest at {at} ({least:.2g}), and rose to {final:.2g}"
        if lowest < len(curve.mean) - 1:
            return f"The {rows} loss was lowest at {at} ({least:.2g}), and hardly rose since"
        last = f"Best at the last epoch, {self.last_epoch}: more epochs may help"
        return last if rows == "validation" else f"The {rows} loss fell to {final:.2g} and did not rise again"


def _continued(
    histories: Sequence[NDArray[np.float64]], best_epochs: Sequence[int], n_epochs: int
) -> NDArray[np.float64]:
    """Return values ``(n_networks, n_epochs)`` at the epochs evaluated of any network, NaN at all others.

    Between two evaluations of a network lies a straight line, after its last epoch the value of its best one.
    """
    values = np.full((len(histories), n_epochs), np.nan)
    for row, history in zip(values, histories, strict=True):
        row[: len(history)] = history
    is_evaluated = np.isfinite(values).any(0)
    for row, history, best in zip(values, histories, best_epochs, strict=True):
        known = np.flatnonzero(np.isfinite(history))
        if len(known):
            last = known[-1] + 1
            row[known[0] : last] = np.interp(np.arange(known[0], last), known, history[known])
            row[last:] = row[min(max(best - 1, known[0]), last - 1)]
    values[:, ~is_evaluated] = np.nan
    return values


def _histories(run: Any) -> tuple[list[dict[str, NDArray[np.float64]]], list[int]]:
    """Return each network's values by name, ``(n_epochs,)`` each, and the epoch it has the weights of."""
    if isinstance(run, Sequence):
        parts = [_histories(each) for each in run]
        return [history for part, _ in parts for history in part], [epoch for _, best in parts for epoch in best]
    if _is_frame(run) or (isinstance(run, Mapping) and not _are_runs(run)):
        own = _own_history(run)
        return [own], [max(map(len, own.values()))]
    if isinstance(run, Mapping):
        return _histories([*run.values()])
    if hasattr(run, "history") and hasattr(run, "best_epoch"):
        frame = run.history.drop("epoch").cast(float)
        # Where eval mode changes nothing, its curve is that of the training rows once more.
        differs = getattr(getattr(run, "spec", None), "differs_in_eval_mode", True)
        names = [name for name in frame.columns if differs or not name.startswith("eval_train_")]
        return [{name: frame[name].fill_null(np.nan).to_numpy() for name in names}], [run.best_epoch]
    predictor = getattr(run, "predictor_", getattr(run, "predictor", run))
    if hasattr(run, "members_"):
        members = run.record()["members"]
    elif isinstance(record := getattr(predictor, "record", None), Mapping):
        members = record.get("members", [])
    else:
        raise SettingError(f"A {type(run).__name__} has no history. Give runs or a fitted DemarcateClassifier.")
    recorded = [member for member in members if member.get("history")]
    if not recorded:
        raise SettingError("This model has no history in its record. Train it anew: this version records one.")
    return [_member_history(member) for member in recorded], [member["best_epoch"] for member in recorded]


def _are_runs(runs: Mapping[Any, Any]) -> bool:
    """Return whether a mapping is of runs by their names rather than of values by epoch."""
    return all(hasattr(each, "history") for each in runs.values()) and bool(runs)


def _own_history(history: "Mapping[str, Any] | pl.DataFrame") -> dict[str, NDArray[np.float64]]:
    """Return a caller's own history as arrays ``(n_epochs,)``; SettingError for other names or unequal lengths."""
    columns = {str(name): np.asarray(history[name], dtype=np.float64) for name in _names(history)}
    columns.pop("epoch", None)
    wrong = [name for name in columns if name not in HISTORY_NAMES]
    if wrong or not columns:
        fact = f"A history has {listed(wrong, 5, write=repr) if wrong else 'no columns'}"
        raise SettingError(f"{fact}. Name its columns {', '.join(HISTORY_NAMES)}.")
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise SettingError(f"The columns of a history have unequal lengths: {shown}. Give a value for each epoch.")
    return columns


def _is_frame(history: Any) -> bool:
    """Return whether a history is a table; polars is not imported for those that are none."""
    return hasattr(history, "columns") and hasattr(history, "schema")


def _names(history: Any) -> list[str]:
    return list(history.columns if _is_frame(history) else history)


def _member_history(member: Mapping[str, Any]) -> dict[str, NDArray[np.float64]]:
    """Return a member's recorded values at their epochs, NaN between them."""
    history = member["history"]
    places = np.asarray(history["epoch"], dtype=np.int64) - 1
    values = {}
    for name, recorded in history.items():
        if name != "epoch":
            values[name] = np.full(member["epochs"], np.nan)
            values[name][places] = recorded
    return values
