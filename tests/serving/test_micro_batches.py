import asyncio

import numpy as np
import pytest

from demarcate.inference.coded_rows import CodedRows
from demarcate.serving.micro_batches import LEAST_SHARE, ROWS_A_TURN, MicroBatches

POISON = -1.0


class NotedComputer:
    """Doubles rows, notes how many there were, and cannot compute a poisoned one."""

    def __init__(self):
        self.turns = []

    def __call__(self, rows):
        self.turns.append(len(rows))
        if (rows.values == POISON).any():
            raise ZeroDivisionError
        return rows.values * 2


def rows_of(*numbers):
    return CodedRows(np.array(numbers, dtype=float)[:, None])


def run(batches, *requests):
    async def main():
        waiting = [asyncio.ensure_future(batches.compute(rows)) for rows in requests]
        return await asyncio.gather(*waiting, return_exceptions=True)

    return asyncio.run(main())


def test_requests_that_wait_together_are_computed_together_and_get_their_own_rows():
    computer, observed = NotedComputer(), []
    results = run(MicroBatches(computer, lambda *turn: observed.append(turn)), rows_of(1), rows_of(2, 3), rows_of(4))
    assert [result[:, 0].tolist() for result in results] == [[2], [4, 6], [8]]
    assert computer.turns == [4]
    assert observed == [(3, 4)]


def test_a_request_that_cannot_be_computed_fails_alone():
    computer = NotedComputer()
    first, poisoned, last = run(MicroBatches(computer), rows_of(1), rows_of(2, POISON), rows_of(3))
    assert (first.tolist(), last.tolist()) == ([[2]], [[6]])
    assert isinstance(poisoned, ZeroDivisionError)


def test_a_request_of_many_rows_does_not_keep_a_small_one_waiting():
    computer, batches, done = NotedComputer(), None, []

    async def ask(name, rows):
        result = await batches.compute(rows)
        done.append(name)
        return result

    async def main():
        return await asyncio.gather(ask("large", rows_of(*range(5000))), ask("small", rows_of(7)))

    batches = MicroBatches(computer)
    large, small = asyncio.run(main())
    assert done == ["small", "large"]
    assert (large[:, 0] == 2 * np.arange(5000)).all()
    assert small.tolist() == [[14]]
    assert max(computer.turns) <= ROWS_A_TURN


def test_rows_of_members_are_joined_along_the_rows():
    batches = MicroBatches(lambda rows: np.stack([rows.values, rows.values + 1]))
    (result,) = run(batches, rows_of(*range(ROWS_A_TURN + 5)))
    assert result.shape == (2, ROWS_A_TURN + 5, 1)
    assert (result[1, :, 0] == np.arange(ROWS_A_TURN + 5) + 1).all()


def test_a_cancelled_request_leaves_the_queue():
    computer = NotedComputer()

    async def main():
        batches = MicroBatches(computer)
        cancelled = asyncio.ensure_future(batches.compute(rows_of(*range(100))))
        other = asyncio.ensure_future(batches.compute(rows_of(1)))
        await asyncio.sleep(0)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        return await other

    assert asyncio.run(main()).tolist() == [[2]]
    assert computer.turns == [1]


def test_many_requests_take_turns():
    computer = NotedComputer()
    results = run(MicroBatches(computer), *(rows_of(*range(40)) for _ in range(100)))
    assert all((result[:, 0] == 2 * np.arange(40)).all() for result in results)
    assert max(computer.turns) <= ROWS_A_TURN
    assert min(computer.turns) >= LEAST_SHARE
