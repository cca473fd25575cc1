"""A fitted ensemble: what predicts, and what scores it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from demarcate.engine import FittedMember
from demarcate.evaluation.averaging_gain import averaging_gain
from demarcate.evaluation.calibration import Calibration, calibrate, scale
from demarcate.evaluation.conformal import Conformal
from demarcate.evaluation.sampling import Sampling
from demarcate.inference import Predictor
from demarcate.presentation import brief_repr
from demarcate.tabular.splits import Split


@brief_repr
@dataclass(frozen=True, eq=False)
class Ensemble:
    """A fitted ensemble, and its probabilities ``(n_held, n_classes)`` of the rows that members did not train on."""

    predictor: Predictor  # the mean of all members, by the weight of their kind
    members: tuple[FittedMember, ...]  # of the predictor
    splits: tuple[Split, ...]  # in the order of the folds of `scorer`
    scorer: Predictor  # the members that scored the held-out rows: those of the predictor, except in time
    held: NDArray[np.int64]  # all held-out rows, ascending: every row but the only one of a class, or a part of them
    probabilities: NDArray[np.float64]  # at the epoch at which the next fold's members stopped
    finished: NDArray[np.float64]  # at the epoch whose weights each member keeps, which these rows chose
    sampling: Sampling  # of the held-out rows
    # Probabilities of some held-out rows by each fold, (n_folds, n_some, n_classes): these rows are numbered in `some`.
    # None where new rows are predicted by as many networks as held-out ones, or by others.
    of_folds: NDArray[np.float64] | None
    some: NDArray[np.int64]
    rows: str  # the held-out rows in words: "out-of-fold", "held-out", "test" or "later"

    @property
    def folds(self) -> NDArray[np.int64]:
        """The split that each held-out row was scored in, ``(n_held,)``."""
        assert self.sampling.folds is not None
        return self.sampling.folds

    def averaging_gain(self, temperature: float | None, positive: int) -> dict[str, float]:
        """Return by how much the mean over folds, which predicts new rows, is above single folds in each metric."""
        if self.of_folds is None:
            return {}
        weights = None if self.sampling.weights is None else self.sampling.weights[self.some]
        scaled = np.stack([scale(own, temperature) for own in self.of_folds])
        return averaging_gain(scaled, weights, positive=positive)

    def calibrated(self, codes: NDArray[np.int64], *, scale: bool) -> tuple[Predictor, NDArray[np.float64]]:
        """Return the predictor with temperature and prediction sets, and the out-of-fold probabilities.

        ``codes`` are the classes of the held-out rows, ``(n_held,)``; without ``scale`` there is no temperature.
        """
        calibration = Calibration(None, self.probabilities)
        if scale:
            calibration = calibrate(codes, self.probabilities, self.sampling)
        conformal = Conformal.of(codes, self.finished, self.sampling)
        predictor = replace(self.predictor, temperature=calibration.temperature, conformal=conformal)
        return predictor, calibration.probabilities
