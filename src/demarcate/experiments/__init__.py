"""Named networks trained side by side on one table, once or with several seeds."""

from demarcate.experiments.run import Run, Runs
from demarcate.experiments.train import train

__all__ = ["Run", "Runs", "train"]
