"""Poison in shared batches: ``python -m benchmarks.serving.poison MODEL [--count 1000]``, with a MODEL of ``heart``.

Honest clients ask for a row each, and know the bytes that the service answers when nobody else asks. Among them as many
others send rows that are refused, that have no known value, or numbers as large as there are. Printed is how many
honest answers came while poison was about, how many of them had other bytes, and how many rows the service computed at
once on average.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.serving.connection import Answer, Connection, request_bytes
from benchmarks.serving.loops import run, shown
from benchmarks.serving.odd_bodies import odd_row
from benchmarks.serving.service import Service, heart_rows, json_body

N_HONEST, N_POISON = 32, 32
"""Connections of each kind."""
ROWS = heart_rows()


@dataclass
class Figures:
    """What was answered."""

    n_right: int = 0
    n_wrong: int = 0
    poison: Counter[int] = field(default_factory=Counter)
    """Answers to poison by status."""


def poison_bodies(count: int, dice: random.Random) -> list[bytes]:
    """Return bodies with a row each that a batch should not feel."""
    bodies = []
    for number in range(count):
        row = dict(dice.choice(ROWS))
        numbers = [name for name, cell in row.items() if isinstance(cell, int | float)]
        if number % 4 == 0:
            row |= dict.fromkeys(numbers, dice.choice([1e308, -1e308, 1e39, 5e-324, "inf", "-Infinity", "NaN"]))
        elif number % 4 == 1:
            row = dict.fromkeys(row, dice.choice([None, "never seen", ""]))
        else:
            row = odd_row(row, dice)
        bodies.append(json_body([row]))
    return bodies


async def mixed(port: int, expected: Sequence[bytes], bodies: Sequence[bytes]) -> Figures:
    """Send poison and honest rows at the same time until the poison is used up."""
    figures, honest = Figures(), [request_bytes("/predict", json_body([row])) for row in ROWS]
    pending, is_over = list(bodies), asyncio.Event()

    async def honest_client(first: int) -> None:
        connection, number = await Connection.to(port), first
        while not is_over.is_set():
            number = (number + N_HONEST) % len(honest)
            answer = await _ask(connection, honest[number])
            if answer.body == expected[number]:
                figures.n_right += 1
            else:
                figures.n_wrong += 1
        connection.close()

    async def poisoner() -> None:
        connection = await Connection.to(port)
        while pending:
            figures.poison[(await _ask(connection, request_bytes("/predict", pending.pop()))).status] += 1
        connection.close()

    clients = [asyncio.create_task(honest_client(first)) for first in range(N_HONEST)]
    await asyncio.gather(*(poisoner() for _ in range(N_POISON)))
    is_over.set()
    await asyncio.gather(*clients)
    return figures


async def _ask(connection: Connection, request: bytes) -> Answer:
    """Ask until the service is not too busy."""
    while (answer := await connection.ask(request)).status == 503:
        await asyncio.sleep(0.05)
    return answer


def poisoned(service: Service, count: int, seed: int = 0) -> Figures:
    """Measure on a running service."""
    expected = [service.predict([row]) for row in ROWS]
    return run(mixed(service.port, expected, poison_bodies(count, random.Random(seed))))


def together(service: Service) -> bool:
    """Tell whether all rows in one request are answered as each alone is, to the last bit."""
    alone: list[Any] = [json.loads(service.predict([row]))["predictions"][0] for row in ROWS]
    return json.loads(service.predict(ROWS))["predictions"] == alone


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures; raise AssertionError if a neighbour's answer changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, Service.started([options.model], Path(folder)) as service:
        began = time.perf_counter()
        figures = poisoned(service, options.count)
        seconds, is_together = time.perf_counter() - began, together(service)
        mean = service.metric("demarcate_batch_rows_sum") / service.metric("demarcate_batch_rows_count")
    print(f"{options.count:,} poison rows in {seconds:.1f} s: {shown(figures.poison)}")
    print(f"{figures.n_right:,} honest answers had the same bytes, {figures.n_wrong:,} had others.")
    print(f"{mean:.1f} rows were computed at once on average. One request with all rows: {is_together}.")
    assert figures.n_right
    assert not figures.n_wrong
    assert is_together


if __name__ == "__main__":
    main()
