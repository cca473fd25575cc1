from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.engine import Member, Samples, Training, plan
from demarcate.engine.samples import layout_of
from demarcate.nn import ACTIVATIONS, Network
from demarcate.nn.layout import MAX_PADDING

REPEATABLE = settings(deadline=None, derandomize=True)
SAMPLES = Samples.of([torch.zeros(64, 2), torch.zeros(64, 40)], torch.arange(64) % 2, 2)
ROWS, NO_ROWS = torch.arange(64), torch.arange(0)
MEMBER = Member(Network(hidden=(8, 8)), Training(), 0, ROWS[:60], ROWS[60:])

MEMBERS = st.builds(
    Member,
    network=st.builds(
        Network,
        hidden=st.lists(st.integers(1, 64), max_size=2),
        activation=st.sampled_from(["relu", "none", "sigmoid"]),
        dropout=st.sampled_from([0.0, 0.5]),
        head=st.sampled_from(["logit", "softmax"]),
    ),
    training=st.builds(
        Training,
        optimizer=st.sampled_from(["sgd", "adam"]),
        lr=st.sampled_from([0.1, 0.2]),
        epochs=st.sampled_from([5, 6]),
        batch_size=st.sampled_from([None, 16]),
    ),
    seed=st.integers(0, 3),
    rows=st.sampled_from([ROWS, ROWS[:40], ROWS[:33]]),
    validation_rows=st.sampled_from([ROWS, NO_ROWS]),
    encoding=st.integers(0, 1),
)


def cost(widths):
    return sum(d_in * d_out for d_in, d_out in pairwise(widths))


@REPEATABLE
@given(st.lists(MEMBERS, max_size=12))
def test_every_member_is_planned_once(members):
    planned = plan(members, SAMPLES)
    assert sorted(index for population in planned for index in population) == list(range(len(members)))
    assert all(population == sorted(population) for population in planned)


@REPEATABLE
@given(st.lists(MEMBERS, min_size=1, max_size=12))
def test_padding_stays_within_its_bound(members):
    for population in plan(members, SAMPLES):
        chosen = [members[index] for index in population]
        own = sum(cost(member.widths(SAMPLES)) for member in chosen)
        assert len(chosen) * cost(layout_of(chosen, SAMPLES).padded) <= MAX_PADDING * own


@REPEATABLE
@given(st.lists(MEMBERS, min_size=1, max_size=12))
def test_members_of_a_stack_take_the_same_steps(members):
    for population in plan(members, SAMPLES):
        alike = {
            (
                len(member.network.hidden),
                member.network.activation,
                member.network.head,
                replace(member.training, lr=1.0, weight_decay=0.0, patience=None),
                member.training.steps(len(member.rows)),
                len(member.validation_rows) > 0,
            )
            for member in (members[index] for index in population)
        }
        assert len(alike) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(MEMBER, network=Network(hidden=(8, 8), dropout=0.5)),
        replace(MEMBER, network=Network(hidden=(8, 7))),
        replace(MEMBER, network=Network(hidden=(8, 8), head="logit")),
        replace(MEMBER, training=Training(lr=1.0, weight_decay=0.5, patience=7)),
        replace(MEMBER, seed=9),
        replace(MEMBER, rows=ROWS[:50], validation_rows=ROWS[50:]),
    ],
    ids=["dropout", "width", "head-by-name", "rates-and-patience", "seed", "rows"],
)
def test_members_that_differ_in_their_own_numbers_share_a_stack(other):
    assert plan([MEMBER, other], SAMPLES) == [[0, 1]]


@pytest.mark.parametrize(
    "other",
    [
        replace(MEMBER, network=Network(hidden=(8,))),
        replace(MEMBER, network=Network(hidden=(8, 8), activation="tanh")),
        replace(MEMBER, network=Network(hidden=(8, 8), head="softmax")),
        replace(MEMBER, network=Network(hidden=(64, 64))),
        replace(MEMBER, training=Training(optimizer="sgd")),
        replace(MEMBER, training=Training(betas=(0.8, 0.999))),
        replace(MEMBER, training=Training(eps=1e-6)),
        replace(MEMBER, training=Training(schedule="cosine")),
        replace(MEMBER, training=Training(epochs=7)),
        replace(MEMBER, training=Training(batch_size=16)),
        replace(MEMBER, rows=ROWS[:20]),
        replace(MEMBER, validation_rows=NO_ROWS),
        replace(MEMBER, encoding=1),
    ],
    ids=[
        "depth",
        "activation",
        "head",
        "width",
        "optimizer",
        "betas",
        "eps",
        "schedule",
        "epochs",
        "batch_size",
        "steps",
        "watched",
        "encoding",
    ],
)
def test_members_that_take_other_steps_do_not_share_a_stack(other):
    assert plan([MEMBER, other], SAMPLES) == [[0], [1]]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_widths_mix_only_where_a_padded_unit_stays_silent(activation):
    members = [replace(MEMBER, network=Network(hidden=(8, width), activation=activation)) for width in (8, 7, 8)]
    mixed = ACTIVATIONS[activation].zero_at_zero
    assert plan(members, SAMPLES) == ([[0, 1, 2]] if mixed else [[0, 2], [1]])


def test_nothing_to_train_is_nothing_to_plan():
    assert plan([], SAMPLES) == []
