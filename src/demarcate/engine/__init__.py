"""The engine: trains populations of networks on encoded rows."""

from demarcate.engine.fit import Halving, fit
from demarcate.engine.history import History
from demarcate.engine.outcome import FittedMember, Standing
from demarcate.engine.plan import plan
from demarcate.engine.progress import OnEpoch, Progress
from demarcate.engine.samples import Member, Samples
from demarcate.engine.stopping import Divergence
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
    "Standing",
    "Training",
    "fit",
    "plan",
]
