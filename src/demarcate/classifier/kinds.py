"""The kinds of network that make up an ensemble: what they are, how they are trained, and what they read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demarcate.engine import Halving, Training
from demarcate.engine.results import ValidationResult
from demarcate.nn import Network


@dataclass(frozen=True)
class Kind:
    """Networks of an ensemble that differ only in their seeds and their rows.

    Attributes
    ----------
    name
        What it is called in folders of checkpoints.
    network, training
        Their specification, and how they are trained.
    trees
        Whether they read the leaves of small boosted trees beside the encoded columns.
    pieces
        Whether they read numbers in bins, and target statistics, where the estimator's setting allows it.
    words
        What sets them apart, as it follows "networks".
    """

    name: str
    network: Network
    training: Training
    trees: bool = False
    pieces: bool = True
    words: str = ""


@dataclass(frozen=True)
class Variation:
    """What a kind of network has in place of the estimator's settings; None leaves a setting as it is.

    Attributes
    ----------
    hidden
        Widths of the hidden layers.
    at_most
        The most units of a hidden layer, where ``hidden`` is None.
    dropout
        Share of hidden units that a step drops, where the estimator's is its default.
    longer
        By how much more epochs and patience are.
    residual
        Whether these are residual networks.
    trees, pieces
        Whether these networks read leaves of trees, and numbers in bins.
    most_rows
        Rows of a table above which there is no such kind.
    words
        What sets these networks apart, as it follows "networks".
    """

    name: str
    hidden: tuple[int, ...] | None = None
    at_most: int | None = None
    dropout: float | None = None
    longer: int = 1
    residual: bool = False
    trees: bool = False
    pieces: bool = True
    most_rows: int | None = None
    words: str = ""


PLAIN = Variation("plain", words="of these settings as they are")
"""The network of the estimator's settings."""
LEAVES = Variation("leaves", at_most=128, trees=True, words="that read the leaves of trees")
"""What thresholds on several columns do together trees have found already, so that fewer units do."""
NARROW = Variation("narrow", hidden=(32,), dropout=0.5, trees=True, most_rows=5000, words="of 32 units")
"""Few rows are often fitted best by hardly any units."""
LINEAR = Variation("linear", hidden=(), pieces=False, most_rows=1000, words="without hidden layers")
"""Of even fewer rows nothing but a straight boundary may be known."""
DEEP = Variation("deep", hidden=(256, 256, 256), longer=3, words="of more hidden layers")
"""Classes without noise are separated better by more layers, which take their time."""
RESIDUAL = Variation("residual", hidden=(128, 128, 128), residual=True, words="of residual blocks")
"""Blocks that change features, rather than replace them, err otherwise than layers do."""

VARIATIONS: Mapping[str, tuple[Variation, ...]] = {
    "fast": (PLAIN,),
    "default": (PLAIN, LEAVES, NARROW, LINEAR),
    "best": (PLAIN, LEAVES, NARROW, LINEAR, RESIDUAL, DEEP),
    "lesson": (PLAIN,),
}
"""The kinds of each preset."""

ELIMINATION_EPOCH, ELIMINATION_RATIO = 20, 1.5
"""The epoch after which a kind is dropped, and how many times the loss of the best it then has."""


def elimination(n_kinds: int, n_each: int) -> Halving | None:
    """Return the rule by which kinds that fall far behind are dropped while they train; None for a single kind.

    Members are numbered kind after kind, ``n_each`` of each. Their mean lowest validation losses are compared.
    """
    if n_kinds == 1:
        return None

    def dropped(_: int, results: Mapping[int, ValidationResult]) -> list[int]:
        losses = [sum(results[each].loss for each in own) / n_each for own in _members(n_kinds, n_each)]
        is_far = [loss > ELIMINATION_RATIO * min(losses) for loss in losses]
        return [each for own, far in zip(_members(n_kinds, n_each), is_far, strict=True) if far for each in own]

    rule = f"kinds of network whose loss is over {ELIMINATION_RATIO:g} times the lowest"
    return Halving((ELIMINATION_EPOCH,), dropped, rule)


def _members(n_kinds: int, n_each: int) -> Sequence[range]:
    return [range(kind * n_each, (kind + 1) * n_each) for kind in range(n_kinds)]
