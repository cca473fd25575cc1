"""The engine: trains populations of networks on encoded rows."""

from demarcate.engine.early_stopping import Divergence
from demarcate.engine.fitting import Halving, fit
from demarcate.engine.history import History
from demarcate.engine.planner import plan
from demarcate.engine.progress import OnEpoch, Progress
from demarcate.engine.results import FittedMember, ValidationResult
from demarcate.engine.samples import Member, Samples
from demarcate.engine.training import Training

__all__ = [
    "Divergence",
    "FittedMember",
    "Halving",
    "History",
    "Member",
    "OnEpoch",
    "Progress",
    "Samples",
    "Training",
    "ValidationResult",
    "fit",
    "plan",
]
