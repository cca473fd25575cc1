"""Fits on the record of experiment trackers: MLflow and TensorBoard.

Names are imported when they are first used: which trackers there are is known without torch.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demarcate.tracking.track_fit import track
    from demarcate.tracking.trackers import TRACKERS

__all__ = ["TRACKERS", "track"]

_HOMES = {"TRACKERS": "trackers", "track": "track_fit"}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
