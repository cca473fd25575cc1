import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.engine.batches import PAD, Batches, restore_generators

REPEATABLE = settings(deadline=None, derandomize=True)


@st.composite
def stacks(draw):
    """Members' row counts that take equally many steps, and the batch size."""
    batch_size = draw(st.integers(1, 12))
    n_steps = draw(st.integers(1, 4))
    counts = st.integers((n_steps - 1) * batch_size + 1, n_steps * batch_size)
    return draw(st.lists(counts, min_size=1, max_size=4)), batch_size


def rows_of(counts):
    return [torch.arange(count) * 3 + 1000 * member for member, count in enumerate(counts)]


def seeded(counts):
    return [torch.Generator().manual_seed(member) for member in range(len(counts))]


@REPEATABLE
@given(stacks(), st.booleans(), st.integers(1, 5))
def test_each_member_sees_each_of_its_rows_once_an_epoch(stack, full, max_steps):
    counts, batch_size = stack
    batches = Batches(rows_of(counts), None if full else batch_size, seeded(counts))
    for _ in range(2):
        blocks = list(batches.epoch(max_steps))
        steps = [step for block in blocks for step in block]
        assert len(steps) == batches.n_steps
        assert all(len(block) <= max_steps for block in blocks)
        seen = torch.cat(steps, 1)
        for member, rows in enumerate(rows_of(counts)):
            own = seen[member][seen[member] != PAD]
            assert own.sort().values.tolist() == rows.tolist()


@REPEATABLE
@given(stacks(), st.integers(1, 3))
def test_whole_epochs_are_epochs_one_after_the_other_with_the_last_step_filled_up(stack, n_epochs):
    counts, batch_size = stack
    whole, plain = (Batches(rows_of(counts), batch_size, seeded(counts)) for _ in range(2))
    if whole.batch_size is None:
        return
    expected = [step for _ in range(n_epochs) for block in plain.epoch(9) for step in block]
    for long, short in zip(whole.padded_epochs(n_epochs), expected, strict=True):
        real = short != PAD
        assert torch.equal(real, torch.arange(short.shape[1]) < real.sum(1, keepdim=True))
        assert torch.equal(long[:, : short.shape[1]], short)
        assert long[:, short.shape[1] :].eq(PAD).all()


def test_the_order_is_that_of_randperm_after_manual_seed():
    batches = Batches([torch.arange(10), torch.arange(10)], 4, seeded([10, 10]))
    epochs = [torch.cat([step for block in batches.epoch(9) for step in block], 1) for _ in range(3)]
    for member in range(2):
        with torch.random.fork_rng():
            torch.manual_seed(member)
            assert [epoch[member].tolist() for epoch in epochs] == [torch.randperm(10).tolist() for _ in range(3)]


def test_a_full_batch_keeps_the_rows_in_order_and_draws_nothing():
    generators = seeded([5])
    before = generators[0].get_state()
    batches = Batches([torch.tensor([4, 2, 0])], 3, generators)
    assert batches.batch_size is None
    assert [block.tolist() for block in batches.epoch(9)] == [[[[4, 2, 0]]]]
    assert torch.equal(generators[0].get_state(), before)


def test_an_epoch_can_be_begun_again():
    batches = Batches([torch.arange(10)], 4, seeded([10]))
    list(batches.epoch(9))
    first = [block.tolist() for block in batches.epoch(9)]
    restore_generators(batches.generators, batches.epoch_states)
    assert [block.tolist() for block in batches.epoch(9)] == first


@REPEATABLE
@given(stacks(), st.data())
def test_members_that_go_on_see_what_they_would_have_seen(stack, data):
    counts, batch_size = stack
    kept = data.draw(st.lists(st.sampled_from(range(len(counts))), unique=True, min_size=1).map(sorted))
    together, apart = (Batches(rows_of(counts), batch_size, seeded(counts)) for _ in range(2))
    for batches in (together, apart):
        list(batches.epoch(9))
    apart.keep(kept)
    steps = [[step for block in batches.epoch(9) for step in block] for batches in (together, apart)]
    for whole, part in zip(*steps, strict=True):
        assert torch.equal(whole[kept, : part.shape[1]], part)
        assert whole[kept, part.shape[1] :].eq(PAD).all()
