"""The plan: which members train together as one stack."""

from collections.abc import Hashable, Sequence
from itertools import pairwise

from demarcate.engine.samples import Member, Samples
from demarcate.nn import ACTIVATIONS

MAX_PADDING = 1.5
"""A stack may cost at most this many times what its members would cost without padding."""


def plan(members: Sequence[Member], samples: Samples) -> list[list[int]]:
    """Group members into populations.

    Members share a stack when the same sequence of tensor operations trains them all: equal depth, activation, outputs,
    optimizer, schedule, epochs, batch size and steps an epoch. Learning rate, weight decay, dropout, seed, patience and
    rows are each member's own. Widths may differ while padding to the widest stays cheap (`MAX_PADDING`).

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
    buckets: list[list[int]] = []
    own_cost, padded = 0, widths[kind[0]]
    for index in sorted(kind, key=lambda index: (_cost(widths[index]), index)):
        wider = tuple(max(pair) for pair in zip(padded, widths[index], strict=True))
        cost = _cost(widths[index])
        if buckets and _cost(wider) * (len(buckets[-1]) + 1) <= MAX_PADDING * (own_cost + cost):
            buckets[-1].append(index)
            own_cost, padded = own_cost + cost, wider
        else:
            buckets.append([index])
            own_cost, padded = cost, widths[index]
    return buckets


def _cost(widths: Sequence[int]) -> int:
    """Multiplications a row costs."""
    return sum(d_in * d_out for d_in, d_out in pairwise(widths))
