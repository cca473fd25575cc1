"""A table ready to learn from, in memory or in files, and how what callers pass becomes one."""

from demarcate.trainingset.memory_budget import MemoryBudget
from demarcate.trainingset.on_disk import TrainingSetOnDisk
from demarcate.trainingset.open import open_file, open_table
from demarcate.trainingset.training_set import TrainingSet

__all__ = ["MemoryBudget", "TrainingSet", "TrainingSetOnDisk", "open_file", "open_table"]
