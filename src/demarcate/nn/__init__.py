"""Networks: what one is, how a stack of them computes, and what their outputs mean.

Names are imported when they are first used: what a network is can be said without torch, which takes seconds to import.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demarcate.nn.activations import ACTIVATIONS, Activation
    from demarcate.nn.heads import HEADS, Head, LogitHead, SoftmaxHead, head_for
    from demarcate.nn.init import he_state, initial_state
    from demarcate.nn.layout import Layout, MemberState
    from demarcate.nn.mlp import Population, forward, stack
    from demarcate.nn.spec import ACTIVATION_NAMES, HEAD_NAMES, Network, linear_names, n_outputs
    from demarcate.nn.torch_modules import from_sequential, to_sequential

__all__ = [
    "ACTIVATIONS",
    "ACTIVATION_NAMES",
    "HEADS",
    "HEAD_NAMES",
    "Activation",
    "Head",
    "Layout",
    "LogitHead",
    "MemberState",
    "Network",
    "Population",
    "SoftmaxHead",
    "forward",
    "from_sequential",
    "he_state",
    "head_for",
    "initial_state",
    "linear_names",
    "n_outputs",
    "stack",
    "to_sequential",
]

_HOMES = {
    "activations": ("ACTIVATIONS", "Activation"),
    "heads": ("HEADS", "Head", "LogitHead", "SoftmaxHead", "head_for"),
    "init": ("he_state", "initial_state"),
    "layout": ("Layout", "MemberState"),
    "mlp": ("Population", "forward", "stack"),
    "spec": ("ACTIVATION_NAMES", "HEAD_NAMES", "Network", "linear_names", "n_outputs"),
    "torch_modules": ("from_sequential", "to_sequential"),
}


def __getattr__(name: str) -> Any:
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module 'demarcate.nn' has no attribute {name!r}")
    # Kept, so that it is looked for once.
    found = globals()[name] = getattr(import_module(f"demarcate.nn.{home}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("_"))})
