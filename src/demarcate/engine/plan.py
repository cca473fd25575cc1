"""The plan: which members train together as one stack."""

from collections.abc import Hashable, Sequence
from itertools import accumulate

from demarcate.engine.samples import Member, Samples
from demarcate.nn import ACTIVATIONS
from demarcate.nn.layout import cheap_runs, cost


def plan(members: Sequence[Member], samples: Samples) -> list[list[int]]:
    """Group members into populations.

    Members share a stack when the same sequence of tensor operations trains them all: equal depth, activation, outputs,
    optimizer, schedule, epochs, batch size and steps an epoch. Learning rate, weight decay, dropout, seed, patience and
    rows are each member's own. Widths may differ while padding to the widest stays cheap
    (`demarcate.nn.layout.MAX_PADDING`).

    Returns
    -------
    list of list of int
        Indices into ``members``; each once.

    Examples
    --------
    >>> import torch
    >>> from demarcate.engine.training import Training
    >>> from demarcate.nn import Network
    >>> samples = Samples.of([torch.zeros(4, 2)], torch.tensor([0, 1, 0, 1]), 2)
    >>> rows, none = torch.arange(4), torch.arange(0)
    >>> members = [Member(Network(hidden=(h,)), Training(), 0, rows, none) for h in (16, 256, 16, 15)]
    >>> plan(members, samples)
    [[0, 2, 3], [1]]
    """
    kinds: dict[Hashable, list[int]] = {}
    for index, member in enumerate(members):
        kinds.setdefault(_kind(member, samples), []).append(index)
    populations = [bucket for kind in kinds.values() for bucket in _buckets(kind, members, samples)]
    return sorted(sorted(population) for population in populations)


def _kind(member: Member, samples: Samples) -> Hashable:
    network, training = member.network, member.training
    exact_widths = () if ACTIVATIONS[network.activation].zero_at_zero else network.hidden
    return (
        (len(network.hidden), network.activation, exact_widths, member.head(samples).name),
        (training.optimizer, training.momentum, training.betas, training.eps, training.schedule, training.epochs),
        (training.batch_size, training.steps(len(member.rows)), len(member.validation_rows) > 0),
    )


def _buckets(kind: Sequence[int], members: Sequence[Member], samples: Samples) -> list[list[int]]:
    """Split members of one kind, narrow to wide, wherever padding would cost too much."""
    widths = {index: members[index].widths(samples) for index in kind}
    ordered = sorted(kind, key=lambda index: (cost(widths[index]), index))
    runs = cheap_runs([widths[index] for index in ordered])
    return [ordered[end - length : end] for length, end in zip(runs, accumulate(runs), strict=True)]
