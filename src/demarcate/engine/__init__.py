"""The engine: trains populations of networks on encoded rows."""

from demarcate.engine.fit import FittedMember, OnEpoch, Progress, fit
from demarcate.engine.history import History
from demarcate.engine.plan import plan
from demarcate.engine.samples import Member, Samples
from demarcate.engine.stopping import Divergence
from demarcate.engine.training import Training

__all__ = [
    "Divergence",
    "FittedMember",
    "History",
    "Member",
    "OnEpoch",
    "Progress",
    "Samples",
    "Training",
    "fit",
    "plan",
]
