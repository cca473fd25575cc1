"""Networks: what one is, how a stack of them computes, and what their outputs mean."""

from demarcate.nn.activations import ACTIVATIONS, Activation
from demarcate.nn.heads import HEADS, Head, LogitHead, SoftmaxHead, head_for
from demarcate.nn.layout import Layout, MemberState
from demarcate.nn.modules import from_sequential, he_state, initial_state, linear_names, to_sequential
from demarcate.nn.network import Network
from demarcate.nn.population import Population, forward, stack

__all__ = [
    "ACTIVATIONS",
    "HEADS",
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
    "stack",
    "to_sequential",
]
