"""Whether a temperature that out-of-fold rows call for helps fresh rows: ``calibration.py CACHE [CACHE ...]``.

Reads the fits that ``collect.py`` kept, uncalibrated; a second cache is best made with ``--overtrained``. For each
cache the rule in use stands beside the plain one, which puts the temperature of single members on the mean of all: how
many temperatures are kept, and what they save of the log loss of fresh rows.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
from collect import Fit, read

from demarcate.evaluation import Mean, calibration_error, log_loss
from demarcate.evaluation.calibration import calibrate, scale

RULE = "demarcate.evaluation.calibration"


def kept(fits: list[Fit]) -> Iterator[tuple[Fit, float, float, float]]:
    """The fits whose temperature is kept, with it and what it saves of fresh log loss and calibration error."""
    for fit in fits:
        held = fit.folds >= 0
        temperature = calibrate(fit.codes[held], fit.oof[held], fit.folds[held]).temperature
        if temperature is not None:
            pair = [(fit.fresh_codes, fresh) for fresh in (fit.fresh, scale(fit.fresh, temperature))]
            saved = [
                before - after
                for before, after in ([of(*rows) for rows in pair] for of in (log_loss, calibration_error))
            ]
            yield fit, temperature, saved[0], saved[1]


def told(found: list[tuple[Fit, float, float, float]], n_fits: int) -> None:
    """Print what the kept temperatures do."""
    print(f"    kept in {len(found)} of {n_fits} fits")
    if not found:
        return
    losses, errors = ([one[place] for one in found] for place in (2, 3))
    worst = min(found, key=lambda one: one[2])
    print(f"    fresh log loss saved          {Mean.of(losses)}; lost in {np.less(losses, 0).sum()}")
    print(f"    fresh calibration error saved {Mean.of(errors)}")
    print(f"    worst: {worst[2]:+.4f} at temperature {worst[1]:.2f}, {worst[0].source}, split {worst[0].split}")


def main(caches: list[Path]) -> None:
    """Print, for each cache, what either rule keeps and what that does to fresh rows."""
    for cache in caches:
        fits = list(read(cache))
        losses = [log_loss(fit.fresh_codes, fit.fresh) for fit in fits]
        print(f"{cache.name}: {len(fits)} fits, fresh log loss {np.mean(losses):.3f}")
        print("  as members' temperature is, kept wherever out-of-fold rows gain clearly")
        with patch(f"{RULE}.ENSEMBLE_FACTOR", 1.0), patch(f"{RULE}.MIN_ENSEMBLE_TEMPERATURE", 0.0):
            told(list(kept(fits)), len(fits))
        print("  divided for averaging, kept where enough is left")
        told(list(kept(fits)), len(fits))


if __name__ == "__main__":
    main([Path(cache) for cache in sys.argv[1:]])
