import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.engine.batches import PAD, Batches

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
@given(stacks(), st.booleans())
def test_each_member_sees_each_of_its_rows_once_an_epoch(stack, full):
    counts, batch_size = stack
    batches = Batches(rows_of(counts), None if full else batch_size, seeded(counts))
    for _ in range(2):
        seen = torch.cat(list(batches.epoch()), 1)
        for member, rows in enumerate(rows_of(counts)):
            own = seen[member][seen[member] != PAD]
            assert own.sort().values.tolist() == rows.tolist()


@REPEATABLE
@given(stacks())
def test_sizes_tell_how_many_rows_of_a_step_are_real_and_padding_follows_them(stack):
    counts, batch_size = stack
    batches = Batches(rows_of(counts), batch_size, seeded(counts))
    for step, batch in enumerate(batches.epoch()):
        real = batch != PAD
        assert batches.sizes(step) == real.sum(1).tolist()
        assert all(size > 0 for size in batches.sizes(step))
        assert torch.equal(real, torch.arange(batch.shape[1]) < real.sum(1, keepdim=True))


def test_the_order_is_that_of_randperm_after_manual_seed():
    batches = Batches([torch.arange(10), torch.arange(10)], 4, seeded([10, 10]))
    epochs = [torch.cat(list(batches.epoch()), 1) for _ in range(3)]
    for member in range(2):
        with torch.random.fork_rng():
            torch.manual_seed(member)
            assert [epoch[member].tolist() for epoch in epochs] == [torch.randperm(10).tolist() for _ in range(3)]


def test_a_full_batch_keeps_the_rows_in_order_and_draws_nothing():
    generators = seeded([5])
    before = generators[0].get_state()
    batches = Batches([torch.tensor([4, 2, 0])], 3, generators)
    assert batches.is_full
    assert [batch.tolist() for batch in batches.epoch()] == [[[4, 2, 0]]]
    assert torch.equal(generators[0].get_state(), before)


@REPEATABLE
@given(stacks(), st.data())
def test_members_that_go_on_see_what_they_would_have_seen(stack, data):
    counts, batch_size = stack
    kept = data.draw(st.lists(st.integers(0, len(counts) - 1), min_size=1, unique=True))
    together, apart = (Batches(rows_of(counts), batch_size, seeded(counts)) for _ in range(2))
    for batches in (together, apart):
        list(batches.epoch())
    apart.keep(kept)
    expected = torch.cat(list(together.epoch()), 1)[kept]
    found = torch.cat(list(apart.epoch()), 1)
    assert torch.equal(found, expected[:, : found.shape[1]])
    assert expected[:, found.shape[1] :].eq(PAD).all()
