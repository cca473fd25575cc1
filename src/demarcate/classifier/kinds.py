"""The kinds of network that make up an ensemble: what they are, how they are trained, and what they read."""

from dataclasses import dataclass

from demarcate.engine import Training
from demarcate.nn import Network

WITH_LEAVES = "leaves"
"""The name of the kind that reads leaves of trees."""
LEAVES_WIDTH = 128
"""The width of its hidden layers, at most: what thresholds act together on, trees have found already."""


@dataclass(frozen=True)
class Kind:
    """Networks of an ensemble that differ only in their seeds and their rows.

    Attributes
    ----------
    name
        What it is called in records and checkpoints.
    network, training
        Their specification, and how they are trained.
    trees
        Whether they read the leaves of small boosted trees beside the encoded columns.
    """

    name: str
    network: Network
    training: Training
    trees: bool = False
