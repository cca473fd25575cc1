"""Ends, kills and swaps under load: ``python -m benchmarks.serving.chaos MODEL OTHER [--count 100] [--only NAME]``.

MODEL and OTHER are two different models of the built-in table ``heart``. Each of ``ends`` starts a service and sends it
SIGTERM while 16 clients ask. Of ``kills`` each ends a worker of a running service without warning, and waits until
another one has taken its place. Of ``swaps`` each puts the other model in the place of the served one, and waits until
it answers. A request is lost that was sent before SIGTERM, or at any time of a swap, and is not answered rightly.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.serving.connection import Connection, LostError, request_bytes
from benchmarks.serving.loops import run, shown
from benchmarks.serving.service import SECONDS, Service, heart_rows, json_body

N_CLIENTS, N_WORKERS = 16, 2
ROWS = heart_rows()[:50]


@dataclass
class Clients:
    """Clients that ask all the time, and what became of their requests."""

    port: int
    known: list[set[str]]
    """For each of the rows the predictions that are right."""
    answers: Counter[int] = field(default_factory=Counter)
    n_wrong: int = 0
    lost: list[tuple[float, float, str]] = field(default_factory=list)
    """When a request was sent, when it failed, and how."""
    seen: Counter[str] = field(default_factory=Counter)
    """What was answered to the first row."""
    is_over: bool = False

    async def ask_until_over(self, first: int) -> None:
        """Be one client."""
        requests = [request_bytes("/predict", json_body([row])) for row in ROWS]
        connection, number = None, first
        while not self.is_over:
            number = (number + 1) % len(ROWS)
            try:
                if connection is None or not connection.is_open:
                    connection = await Connection.to(self.port)
            except OSError:
                # Nobody listens: no request was sent.
                self.answers[0] += 1
                await asyncio.sleep(0.005)
                continue
            sent = time.monotonic()
            try:
                answer = await connection.ask(requests[number], SECONDS)
            except (LostError, TimeoutError) as error:
                self.lost.append((sent, time.monotonic(), str(error)))
                continue
            self.answers[answer.status] += 1
            if answer.status == 200:
                prediction = json.dumps(json.loads(answer.body)["predictions"][0])
                self.n_wrong += prediction not in self.known[number]
                if number == 0:
                    self.seen[prediction] += 1
        if connection is not None:
            connection.close()

    async def run(self, n_clients: int = N_CLIENTS) -> list["asyncio.Task[None]"]:
        """Start them."""
        return [asyncio.create_task(self.ask_until_over(3 * first)) for first in range(n_clients)]


async def ends(model: Path, _other: Path, count: int, folder: Path) -> str:
    """SIGTERM while clients ask."""
    lost, late, wrong, codes, seconds, answers = [], 0, 0, Counter[int](), [], Counter[int]()
    for number in range(count):
        with Service.started([model], folder, "--workers", str(N_WORKERS)) as service:
            clients = Clients(service.port, known(service))
            tasks = await clients.run()
            await asyncio.sleep(0.15 + 0.01 * (number % 10))
            ended = time.monotonic()
            service.process.send_signal(signal.SIGTERM)
            codes[await asyncio.to_thread(service.process.wait, SECONDS)] += 1
            seconds.append(time.monotonic() - ended)
            clients.is_over = True
            await asyncio.gather(*tasks)
        lost += [what for sent, _, what in clients.lost if sent < ended or "broke" in what]
        late += sum(sent >= ended for sent, _, what in clients.lost)
        wrong += clients.n_wrong
        answers += clients.answers
    del answers[0]
    assert not wrong, wrong
    counts = f"{len(lost)} requests lost, {late} that were sent after SIGTERM unanswered, {shown(answers)}"
    took = f"{statistics.median(seconds):.2f} s, {max(seconds):.2f} at most"
    return f"{counts}; exit codes {dict(codes)}; ended after {took}"


async def kills(model: Path, _other: Path, count: int, folder: Path) -> str:
    """SIGKILL of one worker while clients ask."""
    seconds = []
    with Service.started([model], folder, "--workers", str(N_WORKERS)) as service:
        clients = Clients(service.port, known(service))
        tasks = await clients.run()
        for number in range(count):
            await asyncio.sleep(0.2)
            workers = service.workers()
            assert len(workers) == N_WORKERS, workers
            began = time.monotonic()
            os.kill(workers[number % len(workers)], signal.SIGKILL)
            while len(set(service.workers()) - {workers[number % len(workers)]}) < N_WORKERS or not await _answers(
                service
            ):
                await asyncio.sleep(0.005)
                assert time.monotonic() - began < SECONDS, "no worker came back"
            seconds.append(time.monotonic() - began)
        clients.is_over = True
        await asyncio.gather(*tasks)
    assert not clients.n_wrong, clients.n_wrong
    counts = f"{len(clients.lost)} requests went with their worker, {shown(clients.answers)}"
    return f"{counts}; a worker was back after {statistics.median(seconds):.2f} s, {max(seconds):.2f} at most"


async def swaps(model: Path, other: Path, count: int, folder: Path) -> str:
    """Another model in the place of the served one while clients ask."""
    place, seconds, answered = folder / "served.safetensors", [], []
    expected = []
    for path in (model, other):
        shutil.copy(path, place)
        with Service.started([place], folder) as service:
            answered.append(known(service))
        expected.append(answered[-1][0])
    shutil.copy(model, place)
    with Service.started([place], folder, "--workers", str(N_WORKERS)) as service:
        clients = Clients(service.port, [one | two for one, two in zip(*answered, strict=True)])
        tasks = await clients.run()
        for number in range(1, count + 1):
            shutil.copy((model, other)[number % 2], folder / "next")
            began = time.monotonic()
            (folder / "next").rename(place)
            while await _all_of(clients, expected[number % 2]) < 20:
                assert time.monotonic() - began < SECONDS, "the other model never answered"
            seconds.append(time.monotonic() - began)
        clients.is_over = True
        await asyncio.gather(*tasks)
    counts = f"{len(clients.lost)} requests lost, {clients.n_wrong} answered by neither model, {shown(clients.answers)}"
    return f"{counts}; the other answered after {statistics.median(seconds):.2f} s, {max(seconds):.2f} at most"


def known(service: Service) -> list[set[str]]:
    """Return for each row the prediction of the model that is served now."""
    answers = json.loads(service.predict(ROWS))["predictions"]
    return [{json.dumps(answer)} for answer in answers]


async def _answers(service: Service) -> bool:
    """Tell whether new connections are answered."""
    for _ in range(2 * N_WORKERS):
        try:
            connection = await Connection.to(service.port)
            answer = await connection.ask(request_bytes("/health/ready", method="GET"), SECONDS)
            connection.close()
        except (LostError, OSError):
            return False
        if answer.status != 200:
            return False
    return True


async def _all_of(clients: Clients, expected: set[str]) -> int:
    """Return how many answers to the first row came within a moment, if all were the expected ones; else 0."""
    clients.seen.clear()
    while sum(clients.seen.values()) < 20:
        await asyncio.sleep(0.002)
        if set(clients.seen) - expected:
            return 0
    return clients.seen.total()


TRIALS = {trial.__name__: trial for trial in (ends, kills, swaps)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each trial."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--only", choices=TRIALS, nargs="*", default=list(TRIALS))
    options = parser.parse_args(arguments)
    for name in options.only:
        with tempfile.TemporaryDirectory() as folder:
            result = run(TRIALS[name](options.model, options.other, options.count, Path(folder)))
        print(f"{options.count} {name}: {result}", flush=True)


if __name__ == "__main__":
    main()
