"""Check that a temperature fitted on out-of-fold rows helps fresh rows: ``calibration.py CACHE [CACHE ...]``.

Reads the uncalibrated fits of ``collect.py``; make a second cache with ``--overtrained``. For each cache the rule in
use is compared with the plain one, which applies the temperature of single members to the mean of all: the number of
temperatures, and the log loss of fresh rows that they save.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
from collect import Fit, read

from demarcate.evaluation import Mean, calibration_error, log_loss
from demarcate.evaluation.calibration import calibrate, scale
from demarcate.evaluation.sampling import Sampling

RULE = "demarcate.evaluation.calibration"


def kept(fits: list[Fit]) -> Iterator[tuple[Fit, float, float, float]]:
    """Yield fits with a temperature, and its savings of fresh log loss and calibration error."""
    for fit in fits:
        held = fit.folds >= 0
        temperature = calibrate(fit.codes[held], fit.oof[held], Sampling(folds=fit.folds[held])).temperature
        if temperature is not None:
            pair = [(fit.fresh_codes, fresh) for fresh in (fit.fresh, scale(fit.fresh, temperature))]
            saved = [
                before - after
                for before, after in ([of(*rows) for rows in pair] for of in (log_loss, calibration_error))
            ]
            yield fit, temperature, saved[0], saved[1]


def print_temperatures(found: list[tuple[Fit, float, float, float]], n_fits: int) -> None:
    """Print the effect of the temperatures."""
    print(f"    used in {len(found)} of {n_fits} fits")
    if not found:
        return
    losses, errors = ([one[place] for one in found] for place in (2, 3))
    worst = min(found, key=lambda one: one[2])
    print(f"    fresh log loss saved          {Mean.of(losses)}; lost in {np.less(losses, 0).sum()}")
    print(f"    fresh calibration error saved {Mean.of(errors)}")
    print(f"    worst: {worst[2]:+.4f} at temperature {worst[1]:.2f}, {worst[0].source}, split {worst[0].split}")


def main(caches: list[Path]) -> None:
    """Print, for each cache, the temperatures of both rules and their effect on fresh rows."""
    for cache in caches:
        fits = list(read(cache))
        losses = [log_loss(fit.fresh_codes, fit.fresh) for fit in fits]
        print(f"{cache.name}: {len(fits)} fits, fresh log loss {np.mean(losses):.3f}")
        print("  members' temperature, used if out-of-fold rows clearly gain")
        with patch(f"{RULE}.ENSEMBLE_FACTOR", 1.0), patch(f"{RULE}.MIN_ENSEMBLE_TEMPERATURE", 0.0):
            print_temperatures(list(kept(fits)), len(fits))
        print("  divided for averaging, used if enough is left")
        print_temperatures(list(kept(fits)), len(fits))


if __name__ == "__main__":
    main([Path(cache) for cache in sys.argv[1:]])
