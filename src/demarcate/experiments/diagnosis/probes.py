"""What is tried: the network as configured, and the same with one thing changed at a time."""

from dataclasses import dataclass, replace

from demarcate.engine import Training
from demarcate.nn import Network

NARROWEST_LARGER = 16
"""A larger network has at least so many units a layer: four times next to nothing is next to nothing."""
WIDEST_LARGER = 256
"""Layers are not widened beyond this: what so many units cannot do is not for the want of units."""
FIRST_LAYER = 32
"""The hidden layer that the larger network has where the configured one has none."""
LONGER = 3
"""How many times as many epochs the longer training has."""
STOPPING_SHARE = 1 / 8
"""The share of a member's rows that decide when to stop, where stopping early is asked for: as in eight folds."""


@dataclass(frozen=True)
class Probe:
    """One thing to try.

    Attributes
    ----------
    name
        What it is called.
    network, training
        What is trained, and how.
    share
        The share of the rows to train on, in (0, 1].

    Examples
    --------
    >>> Probe("configured", Network(), Training()).stops
    False
    """

    name: str
    network: Network
    training: Training
    share: float = 1.0

    @property
    def stops(self) -> bool:
        """Whether some of its rows decide when to stop."""
        return self.training.patience is not None


def probes_of(network: Network, training: Training) -> list[Probe]:
    """The network as configured, and what is tried beside it.

    Capacity is a quarter and four times the hidden widths, with as many layers. Where there is no hidden layer, or none
    that bends, the larger network has one that does, and there is no smaller one; layers of one unit have no smaller
    one either, and layers of 256 units or more no larger one. Regularisation is taken away (no dropout, no weight
    decay, no early stopping) and added (`regularised`); the larger network is tried with more regularisation too, for
    alone it may overfit what the smaller one cannot fit. A probe that would be the network as configured is left out.

    Returns
    -------
    list of Probe
        The first is ``configured``.

    Examples
    --------
    >>> [probe.name for probe in probes_of(Network(hidden=(8, 8)), Training())]
    ['configured', 'half of the rows', 'quarter of the rows', 'smaller', 'larger', 'longer', 'regularised',
     'larger, regularised']
    """
    own = Probe("configured", network, training)
    bare = Probe(
        "unregularised",
        replace(network, dropout=0.0, input_dropout=0.0),
        replace(training, weight_decay=0.0, patience=None),
    )
    held = regularised(own)
    tried = [
        replace(own, name="half of the rows", share=0.5),
        replace(own, name="quarter of the rows", share=0.25),
        replace(own, name="smaller", network=smaller(network)),
        replace(own, name="larger", network=larger(network)),
        replace(own, name="longer", training=replace(training, epochs=LONGER * training.epochs)),
        bare,
        held,
        replace(held, name="larger, regularised", network=larger(held.network)),
    ]
    seen, kept = {(network, training, 1.0), (held.network, held.training, 1.0)}, [own]
    for probe in tried:
        spec = (probe.network, probe.training, probe.share)
        if probe is held or spec not in seen:
            kept.append(probe)
    return kept


def smaller(network: Network) -> Network:
    """A quarter of the hidden widths, and at least one unit.

    Examples
    --------
    >>> smaller(Network(hidden=(16, 3))).hidden
    (4, 1)
    """
    return replace(network, hidden=tuple(max(1, round(width / 4)) for width in network.hidden))


def larger(network: Network) -> Network:
    """Four times the hidden widths, within `NARROWEST_LARGER` and `WIDEST_LARGER`; a hidden layer where there is none.

    Examples
    --------
    >>> [larger(Network(hidden=hidden)).hidden for hidden in [(16, 16), (2,), (128,), (256,), ()]]
    [(64, 64), (16,), (256,), (256,), (32,)]
    """
    bent = replace(network, activation="relu") if network.activation == "none" else network
    if not network.hidden:
        return replace(bent, hidden=(FIRST_LAYER,))
    widths = tuple(max(width, min(max(4 * width, NARROWEST_LARGER), WIDEST_LARGER)) for width in network.hidden)
    return replace(bent, hidden=widths)


def regularised(probe: Probe) -> Probe:
    """The same with more against overfitting: dropout, weight decay, and stopping early.

    Examples
    --------
    >>> more = regularised(Probe("configured", Network(dropout=0.2), Training(epochs=300)))
    >>> round(more.network.dropout, 2), more.training.weight_decay, more.training.patience
    (0.32, 0.001, 30)
    """
    network, training = probe.network, probe.training
    dropout = network.dropout + 0.15 * (1 - network.dropout)
    least = 1e-2 if training.optimizer == "adamw" else 1e-3
    patience = training.patience or max(10, training.epochs // 10)
    decay = max(10 * training.weight_decay, least)
    return Probe(
        "regularised",
        replace(network, dropout=dropout if network.hidden else network.dropout),
        replace(training, weight_decay=decay, patience=patience),
        probe.share,
    )
