"""Learning-rate schedules: the factor on the learning rate in each step."""

import math

from demarcate.engine.training import Training


def lr_factor(training: Training, n_steps: int, step: int) -> float:
    """Return the factor that warmup and schedule put on the rate in a step, from 0; an epoch has ``n_steps``."""
    warmup = min(1.0, (step + 1) / (training.warmup * n_steps)) if training.warmup else 1.0
    if training.schedule == "constant":
        return warmup
    return warmup * 0.5 * (1 + math.cos(math.pi * step / (training.epochs * n_steps)))
