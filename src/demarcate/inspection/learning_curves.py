"""Learning curves: loss and accuracy over epochs, averaged over networks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.formatting import listed
from demarcate.inspection.estimators import predictor_of

HISTORY_NAMES = tuple(
    f"{rows}_{metric}" for rows in ("train", "eval_train", "validation", "test") for metric in ("loss", "accuracy")
)
"""What a caller's own history may have."""


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """The mean of a number over networks, at each evaluated epoch.

    ``epochs`` are ``(n_evaluated,)``, and so are ``mean``, ``low`` and ``high``: the mean of the networks still
    training and its 95% interval, NaN where fewer than two were left.
    """

    epochs: NDArray[np.int64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def over(cls, values: NDArray[np.float64]) -> "LearningCurve":
        """Average values ``(n_networks, n_epochs)``, NaN where a network has none."""
        from scipy.special import stdtrit

        is_known = np.isfinite(values)
        evaluated = is_known.any(0)
        is_known = is_known[:, evaluated]
        values, n = np.where(is_known, values[:, evaluated], 0.0), is_known.sum(0)
        mean = values.sum(0) / n
        deviation = np.sqrt(((values - mean) ** 2 * is_known).sum(0) / np.maximum(n - 1, 1))
        half_width = np.where(n > 1, stdtrit(np.maximum(n - 1, 1), 0.975) * deviation / np.sqrt(n), np.nan)
        return cls(np.flatnonzero(evaluated) + 1, mean, mean - half_width, mean + half_width)


@dataclass(frozen=True, eq=False)
class LearningCurves:
    """The learning curves of networks, by ``train_loss``, ``train_accuracy``, ``validation_loss`` and so on."""

    curves: dict[str, LearningCurve]
    best_epochs: tuple[int, ...]
    """The epoch whose weights each network has."""
    n_epochs: int
    """The most epochs a network was trained."""

    @classmethod
    def of(cls, run: Any) -> "LearningCurves":
        """Read the histories of a run, of several, of a classifier or of a predictor, or a history itself.

        A history is lists or a frame by ``train_loss``, ``test_accuracy`` and so on, with a value for each epoch.
        """
        histories, best_epochs = _histories(run)
        longest = max((len(values) for history in histories for values in history.values()), default=0)
        if not longest:
            raise SettingError("The history has no epoch. Train for at least one epoch.")
        names = dict.fromkeys(name for history in histories for name in history)
        # Networks that stopped earlier have no values to the end.
        padded = {name: zip_longest(*(each.get(name, ()) for each in histories), fillvalue=np.nan) for name in names}
        curves = {name: LearningCurve.over(np.array([*values]).T) for name, values in padded.items()}
        evaluated = {name: curve for name, curve in curves.items() if len(curve.epochs)}
        return cls(evaluated, tuple(best_epochs), longest)


def _histories(run: Any) -> tuple[list[dict[str, NDArray[np.float64]]], list[int]]:
    """Return each network's values by name, ``(n_epochs,)`` each, and the epoch it has the weights of."""
    if isinstance(run, Sequence):
        parts = [_histories(each) for each in run]
        return [history for part, _ in parts for history in part], [epoch for _, best in parts for epoch in best]
    if isinstance(run, pl.DataFrame) or (isinstance(run, Mapping) and not _are_runs(run)):
        own = _own_history(run)
        return [own], [max(map(len, own.values()))]
    if isinstance(run, Mapping):
        return _histories([*run.values()])
    if hasattr(run, "history") and hasattr(run, "best_epoch"):
        frame = run.history.drop("epoch").cast(float)
        return [{name: frame[name].fill_null(np.nan).to_numpy() for name in frame.columns}], [run.best_epoch]
    predictor = predictor_of(run)
    if hasattr(run, "members_"):
        members = run.record()["members"]
    elif predictor is not None:
        members = predictor.record.get("members", [])
    else:
        raise SettingError(f"A {type(run).__name__} has no history. Give runs or a fitted DemarcateClassifier.")
    recorded = [member for member in members if member.get("history")]
    if not recorded:
        raise SettingError("This model has no history in its record. Train it anew: this version records one.")
    return [_member_history(member) for member in recorded], [member["best_epoch"] for member in recorded]


def _are_runs(runs: Mapping[Any, Any]) -> bool:
    """Return whether a mapping is of runs by their names rather than of values by epoch."""
    return all(hasattr(each, "history") for each in runs.values()) and bool(runs)


def _own_history(history: Mapping[str, Any] | pl.DataFrame) -> dict[str, NDArray[np.float64]]:
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


def _names(history: Mapping[str, Any] | pl.DataFrame) -> list[str]:
    return history.columns if isinstance(history, pl.DataFrame) else list(history)


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
