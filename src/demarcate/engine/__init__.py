"""The engine: trains populations of networks on encoded rows.

Names are imported when they are first used: the names of optimizers can be read without torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demarcate.engine.early_stopping import Divergence
    from demarcate.engine.fitting import Halving, fit
    from demarcate.engine.history import History
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
]

_MODULES = {
    "early_stopping": ("Divergence",),
    "fitting": ("Halving", "fit"),
    "history": ("History",),
    "progress": ("OnEpoch", "Progress"),
    "results": ("FittedMember", "ValidationResult"),
    "samples": ("Member", "Samples"),
    "training": ("Training",),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(f"demarcate.engine.{module}"), name)
            return value
    raise AttributeError(f"module 'demarcate.engine' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("_"))})
