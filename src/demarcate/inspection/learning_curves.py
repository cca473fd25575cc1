"""Learning curves: loss and accuracy over epochs, with what several seeds agree on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.inspection.estimators import predictor_of


@dataclass(frozen=True, eq=False)
class Curve:
    """One number over the epochs, the mean over networks.

    Attributes
    ----------
    epochs
        ``(n_looks,)``.
    mean, low, high
        The mean of the networks that were still training, and its 95% interval, ``(n_looks,)`` each; NaN where fewer
        than two were left to tell an interval by.
    """

    epochs: NDArray[np.int64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def over(cls, values: NDArray[np.float64]) -> "Curve":
        """The curve of values ``(n_networks, n_epochs)``, NaN where a network had none.

        Examples
        --------
        >>> curve = Curve.over(np.array([[0.5, np.nan, 0.3], [0.7, np.nan, np.nan]]))
        >>> curve.epochs.tolist(), curve.mean.tolist()
        ([1, 3], [0.6, 0.3])
        """
        from scipy.special import stdtrit

        there = np.isfinite(values)
        looked = there.any(0)
        values, n = np.where(there, values, 0.0)[:, looked], there[:, looked].sum(0)
        mean = values.sum(0) / n
        spread = np.sqrt(((values - mean) ** 2 * there[:, looked]).sum(0) / np.maximum(n - 1, 1))
        reach = np.where(n > 1, stdtrit(np.maximum(n - 1, 1), 0.975) * spread / np.sqrt(n), np.nan)
        return cls(np.flatnonzero(looked) + 1, mean, mean - reach, mean + reach)


@dataclass(frozen=True, eq=False)
class Learned:
    """How training went, without a picture.

    Attributes
    ----------
    curves
        By ``train_loss``, ``train_accuracy`` and, where rows were watched, ``test_loss`` or ``validation_loss`` and so
        on.
    best_epochs
        The epoch whose weights each network carries.
    n_epochs
        The most a network was trained.
    """

    curves: dict[str, Curve]
    best_epochs: tuple[int, ...]
    n_epochs: int

    @classmethod
    def of(cls, run: Any) -> "Learned":
        """The curves of what was trained; see `HistoryDisplay.from_run`."""
        histories, best = _histories(run)
        longest = max((len(own) for history in histories for own in history.values()), default=0)
        if not longest:
            raise SettingError("a history has at least one epoch: got none")
        names = dict.fromkeys(name for history in histories for name in history)
        curves = {name: Curve.over(_stacked([history[name] for history in histories], longest)) for name in names}
        return cls({name: curve for name, curve in curves.items() if len(curve.epochs)}, tuple(best), longest)


def _histories(run: Any) -> tuple[list[dict[str, NDArray[np.float64]]], list[int]]:
    """For each network its numbers by name, ``(n_epochs,)`` each, and the epoch it carries the weights of."""
    if isinstance(run, Sequence):
        parts = [_histories(each) for each in run]
        return [history for part, _ in parts for history in part], [epoch for _, best in parts for epoch in best]
    if hasattr(run, "history") and hasattr(run, "best_epoch"):
        frame = run.history.drop("epoch").cast(float)
        return [{name: frame[name].fill_null(np.nan).to_numpy() for name in frame.columns}], [run.best_epoch]
    predictor = predictor_of(run)
    if hasattr(run, "members_"):
        members = run.record()["members"]
    elif predictor is not None:
        members = predictor.record.get("members", [])
    else:
        raise SettingError(f"a history is that of runs or of a fitted DemarcateClassifier: got {type(run).__name__}")
    kept = [member for member in members if member.get("history")]
    if not kept:
        raise SettingError("there is no history in this model. Train it anew: this version keeps one")
    return [_unthinned(member) for member in kept], [member["best_epoch"] for member in kept]


def _unthinned(member: Mapping[str, Any]) -> dict[str, NDArray[np.float64]]:
    """A member's recorded numbers at their epochs, NaN between them."""
    history = member["history"]
    places = np.asarray(history["epoch"], dtype=np.int64) - 1
    numbers = {}
    for name, values in history.items():
        if name != "epoch":
            numbers[name] = np.full(member["epochs"], np.nan)
            numbers[name][places] = values
    return numbers


def _stacked(values: Sequence[NDArray[np.float64]], longest: int) -> NDArray[np.float64]:
    """Networks' numbers as one array ``(n_networks, longest)``, the short ones filled up with NaN."""
    stacked = np.full((len(values), longest), np.nan)
    for row, own in zip(stacked, values, strict=True):
        row[: len(own)] = own
    return stacked
