"""Networks: their specification, how a stack of them computes, and the meaning of their outputs.

Names are imported when they are first used: a network can be specified without torch, which takes seconds to import.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demarcate.nn.activations import ACTIVATIONS, Activation
    from demarcate.nn.families import FAMILIES, family_of
    from demarcate.nn.family import Family
    from demarcate.nn.heads import HEADS, Head
    from demarcate.nn.layout import MemberState
    from demarcate.nn.population import Population
    from demarcate.nn.residual_family import ResidualNetwork
    from demarcate.nn.spec import ACTIVATION_NAMES, HEAD_NAMES, Network

__all__ = [
    "ACTIVATIONS",
    "ACTIVATION_NAMES",
    "FAMILIES",
    "HEADS",
    "HEAD_NAMES",
    "Activation",
    "Family",
    "Head",
    "MemberState",
    "Network",
    "Population",
    "ResidualNetwork",
    "family_of",
]

_MODULES = {
    "activations": ("ACTIVATIONS", "Activation"),
    "families": ("FAMILIES", "family_of"),
    "family": ("Family",),
    "heads": ("HEADS", "Head"),
    "layout": ("MemberState",),
    "population": ("Population",),
    "residual_family": ("ResidualNetwork",),
    "spec": ("ACTIVATION_NAMES", "HEAD_NAMES", "Network"),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(f"demarcate.nn.{module}"), name)
            return value
    raise AttributeError(f"module 'demarcate.nn' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("_"))})
