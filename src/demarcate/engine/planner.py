"""The plan: which members train together as one stack."""

from collections.abc import Hashable, Sequence
from itertools import groupby

from demarcate.engine.samples import Member, Samples
from demarcate.nn import Family, family_of
from demarcate.nn.mlp_family import MLP

OVERHEAD = 1e6
"""What a stack's step costs before it computes anything, in multiplications: every call has its price."""
ELEMENTWISE = 8
"""What the activation of a unit costs beside a multiplication: dropout, its masks and its derivative included."""


def plan(members: Sequence[Member], samples: Samples) -> list[list[int]]:
    """Group members into populations.

    Members share a stack when the same sequence of tensor operations trains them all: equal depth, activation, outputs,
    optimizer, schedule, warmup, averaging, epochs, batch size, steps an epoch, and whether biases decay. Learning rate,
    weight decay, dropout of units and inputs, seed, patience, tolerance and rows are each member's own. Widths may
    differ where padding to the widest costs less than a stack more (`buckets`).

    Returns
    -------
    list of list of int
        Indices into ``members``; each once. Members of a population stand narrow to wide, those that learn at one rate
        and decay next to each other.

    Examples
    --------
    >>> import torch
    >>> from demarcate.engine.training import Training
    >>> from demarcate.nn import Network
    >>> samples = Samples.of([torch.zeros(4, 2)], torch.tensor([0, 1, 0, 1]), 2)
    >>> rows, none = torch.arange(4), torch.arange(0)
    >>> members = [Member(Network(hidden=(h, h)), Training(), 0, rows, none) for h in (16, 1024, 16, 15)]
    >>> plan(members, samples)
    [[3, 0, 2], [1]]
    """
    kinds: dict[Hashable, list[int]] = {}
    for index, member in enumerate(members):
        kinds.setdefault(_kind(member, samples), []).append(index)
    return [population for kind in kinds.values() for population in _populations(kind, members, samples)]


def buckets(widths: Sequence[tuple[int, ...]], rows: int, family: Family = MLP) -> list[int]:
    """Cut a sequence of members into stacks so that a step of all of them costs least.

    A stack costs `OVERHEAD`, and for each of its members what the widest of each layer would cost alone. The cheapest
    cut of the first n members is the cheapest of all ways to cut off a last stack, so it is found from left to right.

    Parameters
    ----------
    widths
        Each member's ``(d_in, *hidden, n_outputs)``, in an order that keeps like beside like.
    rows
        Rows of a step.
    family
        Says what a row of these widths costs.

    Returns
    -------
    list of int
        Lengths of the stacks; they add up to ``len(widths)``.

    Examples
    --------
    >>> buckets([(2, 16, 1), (2, 32, 1), (2, 32, 1), (2, 4096, 1)], rows=200)
    [3, 1]
    """
    runs = [(width, len(list(alike))) for width, alike in groupby(widths)]
    cheapest: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(runs) + 1):
        padded, count, best = runs[end - 1][0], 0, (float("inf"), 0)
        for start in range(end - 1, -1, -1):
            width, more = runs[start]
            padded, count = tuple(map(max, padded, width)), count + more
            best = min(best, (cheapest[start][0] + OVERHEAD + rows * count * _price(padded, family), start))
        cheapest.append(best)
    lengths, end = [], len(runs)
    while end:
        start = cheapest[end][1]
        lengths.append(sum(count for _, count in runs[start:end]))
        end = start
    return lengths[::-1]


def shared_out(population: Sequence[int], n_shares: int) -> list[list[int]]:
    """A population as shares of nearly equal size, in order; a share is a population like any other.

    Examples
    --------
    >>> shared_out([4, 5, 6, 7, 8], 2)
    [[4, 5, 6], [7, 8]]
    """
    size, more = divmod(len(population), min(n_shares, len(population)))
    shares, start = [], 0
    for share in range(min(n_shares, len(population))):
        end = start + size + (share < more)
        shares.append(list(population[start:end]))
        start = end
    return shares


def _price(widths: tuple[int, ...], family: Family) -> float:
    """What a row costs."""
    return family.cost(widths) + ELEMENTWISE * sum(widths[1:])


def _kind(member: Member, samples: Samples) -> Hashable:
    network, training = member.network, member.training
    return (
        (network.family, family_of(network).stack_key(network), member.head(samples).name),
        (training.optimizer, training.momentum, training.betas, training.eps, training.schedule, training.epochs),
        training.decay_biases,
        (training.batch_size, training.steps(len(member.rows)), len(member.validation_rows) > 0),
        (training.validate_every, training.averaging, training.warmup),
    )


def _populations(kind: Sequence[int], members: Sequence[Member], samples: Samples) -> list[list[int]]:
    """Split members of one kind, narrow to wide, where that is cheapest."""
    family = family_of(members[kind[0]].network)
    widths = {index: members[index].widths(samples) for index in kind}

    def order(index: int) -> tuple[object, ...]:
        training = members[index].training
        return family.cost(widths[index]), widths[index], training.lr, training.weight_decay, index

    ordered = sorted(kind, key=order)
    longest = max(len(members[index].rows) for index in kind)
    rows = min(longest, members[kind[0]].training.batch_size or longest)
    populations, start = [], 0
    for length in buckets([widths[index] for index in ordered], rows, family):
        populations.append(ordered[start : start + length])
        start += length
    return populations
