"""Classification live: networks that draw their line while they train, in the browser and in notebooks."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demarcate.studio.notebook import Studio
    from demarcate.studio.recorder import record
    from demarcate.studio.recording import Recording

__all__ = ["Recording", "Studio", "record"]


def __getattr__(name: str) -> Any:
    """Import what is asked for, so that the command's page appears before torch is imported."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module = {"Recording": "recording", "Studio": "notebook", "record": "recorder"}[name]
    return getattr(import_module(f"{__name__}.{module}"), name)
