"""The planner: which members train together as one stack."""

from collections.abc import Hashable, Sequence
from dataclasses import fields
from itertools import groupby, islice

import numpy as np

from demarcate.engine.optimizers import rate_key
from demarcate.engine.samples import Member, Samples
from demarcate.engine.training import Training
from demarcate.nn import Family, family_of
from demarcate.nn.mlp_family import MLP

OVERHEAD = 1e6
"""The cost of a stack's step before it computes anything, in multiplications: every call has its price."""
ELEMENTWISE = 8
"""The cost of a unit's activation and its derivative beside a multiplication."""
DROPOUT = 16
"""The cost of a hidden unit's dropout beside a multiplication, also in members of the stack that have none."""


def plan(members: Sequence[Member], samples: Samples) -> list[list[int]]:
    """Group members into populations, lists of their indices.

    Members share a stack when the same sequence of tensor operations trains them all: equal depth, activation, outputs,
    steps an epoch, and all fields of `Training` that do not say they may differ in a stack. Widths may differ where
    padding to the widest costs less than another stack, and members without dropout join those with it where masks of
    ones do. A population is ordered from narrow to wide, with members of one learning rate, weight decay and schedule
    next to each other.
    """
    kinds: dict[Hashable, list[int]] = {}
    for index, member in enumerate(members):
        kinds.setdefault(_kind(member, samples), []).append(index)
    return [population for kind in kinds.values() for population in _populations(kind, members, samples)]


def buckets(
    widths: Sequence[tuple[int, ...]], rows: int, family: Family = MLP, drops: Sequence[bool] | None = None
) -> list[int]:
    """Cut a sequence of members into stacks so that a step of all of them costs least; return the stacks' lengths.

    ``widths`` are each member's ``(d_in, *hidden, n_outputs)``, similar ones next to each other; ``drops`` says which
    have dropout of hidden units, None: none has; a step has ``rows``. A stack costs `OVERHEAD`, and for each of its
    members the cost of the widest in each layer, and of dropout where any has it. The cheapest cut of the first n
    members is the cheapest of all ways to cut off a last stack, so it is found from left to right.
    """
    kinds = zip(widths, drops or [False] * len(widths), strict=True)
    runs = [(*kind, len(list(equal))) for kind, equal in groupby(kinds)]
    cheapest: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(runs) + 1):
        padded, has_dropout, count, best = runs[end - 1][0], False, 0, (float("inf"), 0)
        for start in range(end - 1, -1, -1):
            width, drop, more = runs[start]
            padded, has_dropout, count = tuple(map(max, padded, width)), has_dropout or drop, count + more
            row_cost = family.cost(padded) + ELEMENTWISE * sum(padded[1:]) + has_dropout * DROPOUT * sum(padded[1:-1])
            best = min(best, (cheapest[start][0] + OVERHEAD + rows * count * row_cost, start))
        cheapest.append(best)
    lengths, end = [], len(runs)
    while end:
        start = cheapest[end][1]
        lengths.append(sum(count for *_, count in runs[start:end]))
        end = start
    return lengths[::-1]


def divided(population: Sequence[int], n_shares: int) -> list[list[int]]:
    """Divide a population into shares of nearly equal size, in order; a share is a population like any other."""
    return [share.tolist() for share in np.array_split(population, min(n_shares, len(population)))]


def stack_settings(training: Training) -> tuple[Hashable, ...]:
    """Return the values that members of one stack share: of every field that does not say it may differ."""
    return tuple(getattr(training, each.name) for each in fields(training) if not each.metadata.get("may_differ"))


def _kind(member: Member, samples: Samples) -> Hashable:
    """Return a key that is equal for members that may share a stack, widths aside."""
    network, training = member.network, member.training
    return (
        (network.family, family_of(network).stack_key(network), member.head(samples).name),
        stack_settings(training),
        (training.steps(len(member.rows)), len(member.validation_rows) > 0),
    )


def _populations(kind: Sequence[int], members: Sequence[Member], samples: Samples) -> list[list[int]]:
    """Split members of one kind, narrow to wide, where that is cheapest."""
    family = family_of(members[kind[0]].network)
    widths = {index: members[index].widths(samples) for index in kind}
    drops = {index: bool(members[index].network.hidden and members[index].network.dropout) for index in kind}

    def order(index: int) -> tuple[object, ...]:
        return family.cost(widths[index]), widths[index], drops[index], rate_key(members[index].training), index

    ordered = sorted(kind, key=order)
    longest = max(len(members[index].rows) for index in kind)
    rows = min(longest, members[kind[0]].training.batch_size or longest)
    if not family.is_stackable:
        return [[index] for index in ordered]
    lengths = buckets([widths[each] for each in ordered], rows, family, [drops[each] for each in ordered])
    remaining = iter(ordered)
    return [list(islice(remaining, length)) for length in lengths]
