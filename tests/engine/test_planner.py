from dataclasses import dataclass, fields, replace
from itertools import combinations, pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.engine import Member, Samples, Training
from demarcate.engine.fit_signature import fit_signature, signature_changes
from demarcate.engine.planner import DROPOUT, ELEMENTWISE, OVERHEAD, buckets, divided, plan, stack_settings
from demarcate.nn import ACTIVATIONS, Network

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


@REPEATABLE
@given(st.lists(MEMBERS, max_size=12))
def test_every_member_is_planned_once(members):
    planned = plan(members, SAMPLES)
    assert sorted(index for population in planned for index in population) == list(range(len(members)))


def priced(widths, drops, rows):
    """What a step of one stack of these costs."""
    padded = [max(layer) for layer in zip(*widths, strict=True)]
    row = sum(d_in * d_out + ELEMENTWISE * d_out for d_in, d_out in pairwise(padded))
    return OVERHEAD + rows * len(widths) * (row + any(drops) * DROPOUT * sum(padded[1:-1]))


@REPEATABLE
@given(
    st.lists(
        st.tuples(st.tuples(st.integers(1, 40), st.integers(1, 3000), st.integers(1, 3)), st.booleans()),
        min_size=1,
        max_size=7,
    ),
    st.integers(1, 500),
)
def test_no_other_cut_into_stacks_costs_less(members, rows):
    widths, drops = [list(column) for column in zip(*members, strict=True)]
    found = buckets(widths, rows, drops=drops)
    assert sum(found) == len(widths)

    def total(ends):
        return sum(
            priced(widths[start:end], drops[start:end], rows) for start, end in pairwise([0, *ends, len(widths)])
        )

    ends = [sum(found[: i + 1]) for i in range(len(found) - 1)]
    cuts = (chosen for n in range(len(widths)) for chosen in combinations(range(1, len(widths)), n))
    assert total(ends) == pytest.approx(min(total(cut) for cut in cuts))


@REPEATABLE
@given(st.lists(st.integers(0, 99), min_size=1, max_size=20, unique=True), st.integers(1, 9))
def test_shares_are_the_population_in_order_and_nearly_equal(population, n_shares):
    shares = divided(population, n_shares)
    assert [index for share in shares for index in share] == population
    sizes = [len(share) for share in shares]
    assert len(sizes) == min(n_shares, len(population))
    assert max(sizes) - min(sizes) <= 1


def test_members_that_learn_alike_stand_next_to_each_other():
    members = [replace(MEMBER, training=Training(lr=lr, weight_decay=decay)) for lr in (2, 1) for decay in (0.5, 0.1)]
    assert plan([*members, *members], SAMPLES) == [[3, 7, 2, 6, 1, 5, 0, 4]]


@REPEATABLE
@given(st.lists(MEMBERS, min_size=1, max_size=12))
def test_members_of_a_stack_take_the_same_steps(members):
    for population in plan(members, SAMPLES):
        alike = {
            (
                len(member.network.hidden),
                member.network.activation,
                member.network.head,
                replace(member.training, lr=1.0, weight_decay=0.0, patience=None, epochs=1),
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
        replace(MEMBER, network=Network(hidden=(8, 8), input_dropout=0.5)),
        replace(MEMBER, network=Network(hidden=(8, 7))),
        replace(MEMBER, network=Network(hidden=(8, 8), head="logit")),
        replace(MEMBER, training=Training(lr=1.0, weight_decay=0.5, patience=7)),
        replace(MEMBER, training=Training(schedule="cosine", epochs=7, warmup=2.0)),
        replace(MEMBER, seed=9),
        replace(MEMBER, rows=ROWS[:50], validation_rows=ROWS[50:]),
    ],
    ids=["dropout", "input_dropout", "width", "head-by-name", "rates-and-patience", "schedule", "seed", "rows"],
)
def test_members_that_differ_in_their_own_numbers_share_a_stack(other):
    assert [sorted(population) for population in plan([MEMBER, other], SAMPLES)] == [[0, 1]]


@pytest.mark.parametrize(
    "other",
    [
        replace(MEMBER, network=Network(hidden=(8,))),
        replace(MEMBER, network=Network(hidden=(8, 8), activation="tanh")),
        replace(MEMBER, network=Network(hidden=(8, 8), head="softmax")),
        replace(MEMBER, network=Network(hidden=(640, 640))),
        replace(MEMBER, training=Training(optimizer="sgd")),
        replace(MEMBER, training=Training(betas=(0.8, 0.999))),
        replace(MEMBER, training=Training(eps=1e-6)),
        replace(MEMBER, training=Training(batch_size=16)),
        replace(MEMBER, rows=ROWS[:20]),
        replace(MEMBER, validation_rows=NO_ROWS),
        replace(MEMBER, encoding=1, network=Network(hidden=(600, 8))),
        replace(MEMBER, training=Training(validate_every=2)),
        replace(MEMBER, training=Training(averaging=2.0)),
        replace(MEMBER, training=Training(decay_biases=False)),
    ],
    ids=[
        "depth",
        "activation",
        "head",
        "width",
        "optimizer",
        "betas",
        "eps",
        "batch_size",
        "steps",
        "watched",
        "encoding",
        "validate_every",
        "averaging",
        "decay_biases",
    ],
)
def test_members_that_take_other_steps_do_not_share_a_stack(other):
    assert sorted(plan([MEMBER, other], SAMPLES)) == [[0], [1]]


def test_members_without_dropout_join_those_with_it_only_where_masks_of_ones_cost_little():
    for width, shared in [(8, True), (512, False)]:
        members = [replace(MEMBER, network=Network((width, width), dropout=rate)) for rate in (0.0, 0.5, 0.0, 0.2)]
        assert plan(members, SAMPLES) == ([[0, 2, 1, 3]] if shared else [[0, 2], [1, 3]])


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_widths_mix_only_where_a_padded_unit_stays_silent(activation):
    members = [replace(MEMBER, network=Network(hidden=(8, width), activation=activation)) for width in (8, 7, 8)]
    mixed = ACTIVATIONS[activation].zero_at_zero
    assert plan(members, SAMPLES) == ([[1, 0, 2]] if mixed else [[0, 2], [1]])


def test_nothing_to_train_is_nothing_to_plan():
    assert plan([], SAMPLES) == []


@dataclass(frozen=True)
class NewTraining(Training):
    """A training with a field that says nothing of itself."""

    clipping: float = 0.0


def test_members_that_differ_in_a_new_field_never_share_a_stack():
    alike, other = (replace(MEMBER, training=NewTraining(clipping=clipping)) for clipping in (0.0, 1.0))
    assert plan([alike, alike], SAMPLES) == [[0, 1]]
    assert plan([alike, other], SAMPLES) == [[0], [1]]
    assert plan([MEMBER, alike], SAMPLES) == [[0], [1]]
    assert "clipping: 0.0 then, 1.0 now" in signature_changes(
        *(fit_signature([member], SAMPLES, {}) for member in (alike, other))
    )


def test_the_fields_in_which_members_of_a_stack_may_differ_are_these():
    own = [each.name for each in fields(Training) if each.metadata["may_differ"]]
    assert own == ["lr", "weight_decay", "schedule", "epochs", "patience", "init", "tolerance", "warmup"]
    assert len(stack_settings(Training())) == len(fields(Training)) - len(own)
