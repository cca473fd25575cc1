"""Named networks trained side by side on one table, once or with several seeds."""

from demarcate.runs.run import Run
from demarcate.runs.runs import Runs
from demarcate.runs.train import train

__all__ = ["Run", "Runs", "train"]
