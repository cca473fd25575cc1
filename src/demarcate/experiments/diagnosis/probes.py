"""The probes of a diagnosis: the network as configured, and the same with one thing changed at a time."""

from dataclasses import dataclass, replace

from demarcate.engine import Training
from demarcate.nn import Network
from demarcate.nn.module_network import ModuleNetwork
from demarcate.presentation import brief_repr

MIN_LARGER_WIDTH = 16
"""Units a layer of the larger network, at least: four times one or two units would still be too few."""
MAX_LARGER_WIDTH = 256
"""Layers are not widened beyond this: more units do not help where 256 do not."""
ADDED_LAYER = 32
"""Units of the hidden layer that the larger network gets where the configured one has none."""
LONGER_TRAINING = "longer"
"""The name of the probe of more epochs."""
LONGER = 3
"""The factor by which the longer training has more epochs."""
STOPPING_SHARE = 1 / 8
"""The share of a member's rows that decide when to stop, where early stopping is on: as with eight folds."""


@brief_repr
@dataclass(frozen=True)
class Probe:
    """One network and training to try; ``share`` is that of the rows to train on, in (0, 1]."""

    name: str
    network: Network
    training: Training
    share: float = 1.0

    @property
    def stops_early(self) -> bool:
        """Whether some of its rows decide when to stop."""
        return self.training.patience is not None


def probes_of(network: Network, training: Training) -> list[Probe]:
    """Return the network as configured, which is the first, and the probes to compare it with.

    Capacity is a quarter and four times the hidden widths, with as many layers. Without a hidden layer, or without a
    nonlinear activation, the larger network has one, and there is no smaller one; layers of one unit have no smaller
    one either, and layers of 256 units or more no larger one. Regularisation is removed (no dropout, no weight decay,
    no early stopping) and added (`regularised`). The larger network is also tried with more regularisation, because
    alone it may overfit what the smaller one cannot fit. Probes equal to the configured network are left out, so those
    of capacity are for a caller's own module.
    """
    configured = Probe("configured", network, training)
    more_regularised = regularised(configured)
    candidates = [
        replace(configured, name="half of the rows", share=0.5),
        replace(configured, name="quarter of the rows", share=0.25),
        replace(configured, name="smaller", network=smaller(network)),
        replace(configured, name="larger", network=larger(network)),
        replace(configured, name=LONGER_TRAINING, training=replace(training, epochs=LONGER * training.epochs)),
        Probe(
            "unregularised",
            network.without_dropout(),
            replace(training, weight_decay=0.0, patience=None),
        ),
        more_regularised,
        replace(more_regularised, name="larger, regularised", network=larger(more_regularised.network)),
    ]
    known = {(network, training, 1.0), (more_regularised.network, more_regularised.training, 1.0)}
    distinct = [
        probe
        for probe in candidates
        if probe is more_regularised or (probe.network, probe.training, probe.share) not in known
    ]
    return [configured, *distinct]


def in_equal_steps(training: Training, n_rows: int, n_configured: int) -> Training:
    """Return a training that takes as many steps over ``n_rows`` rows as this one over ``n_configured``.

    Everything that is counted in epochs is counted in as many steps as before. Otherwise fewer rows would also mean
    fewer steps, and more rows would seem to help a network that is trained too briefly.
    """
    ratio = training.steps(n_configured) / training.steps(n_rows)
    return replace(
        training,
        epochs=max(1, round(ratio * training.epochs)),
        patience=training.patience and max(1, round(ratio * training.patience)),
        validate_every=max(1, round(ratio * training.validate_every)),
        averaging=ratio * training.averaging,
        warmup=ratio * training.warmup,
    )


def smaller(network: Network) -> Network:
    """Return the network with a quarter of the hidden widths, at least one unit a layer; a caller's module as it is."""
    return replace(network, hidden=tuple(max(1, round(width / 4)) for width in network.hidden))


def larger(network: Network) -> Network:
    """Return the network with four times the hidden widths, within the bounds, and at least one hidden layer.

    A caller's module is returned as it is: its layers are its own.
    """
    if isinstance(network, ModuleNetwork):
        return network
    nonlinear = replace(network, activation="relu") if network.activation == "none" else network
    if not network.hidden:
        return replace(nonlinear, hidden=(ADDED_LAYER,))
    widths = tuple(max(width, min(max(4 * width, MIN_LARGER_WIDTH), MAX_LARGER_WIDTH)) for width in network.hidden)
    return replace(nonlinear, hidden=widths)


def regularised(probe: Probe) -> Probe:
    """Return the probe with more dropout, more weight decay, and early stopping."""
    network, training = probe.network, probe.training
    dropout = network.dropout + 0.15 * (1 - network.dropout)
    min_decay = 1e-2 if training.optimizer == "adamw" else 1e-3
    return Probe(
        "regularised",
        replace(network, dropout=dropout if network.hidden else network.dropout),
        replace(
            training,
            weight_decay=max(10 * training.weight_decay, min_decay),
            patience=training.patience or max(10, training.epochs // 10),
        ),
        probe.share,
    )
