"""What a studio's session does a second, beside the same training without a page, and how soon it answers.

    python benchmarks/studio.py [--seconds 5]

The page is one that takes every frame and acknowledges it at once. "Without a page" is `train` of the same networks,
one after the other, on one thread. Both are measured in turn, in seconds and in seconds of a processor, which other
processes do not shorten; medians are printed.
"""

import argparse
import queue
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch

from demarcate import Network, Training, datasets, train
from demarcate.studio.first_states import GOOD, TINY, state_of
from demarcate.studio.messages import Message
from demarcate.studio.session import Session

CARDS = (
    {**TINY, "epochs": 100_000},
    {**GOOD, "epochs": 100_000},
    {"name": "wide", "hidden": [32, 32], "activation": "relu", "epochs": 100_000},
)
ROUNDS = 3


class Page:
    """A page that takes every message as bytes and acknowledges every frame."""

    def __init__(self) -> None:
        self.messages: queue.Queue[tuple[float, Message]] = queue.Queue()
        self.session = Session(session_id="benchmark")
        self.session.attach(self.take)
        self.revision = 0

    def take(self, message: Message) -> None:
        """Take a message."""
        self.messages.put((time.perf_counter(), message))
        if message.kind == "frame":
            self.session.receive({"type": "ack", "number": message.facts["number"]})

    def show(self, state: dict[str, Any]) -> float:
        """Show a state and return the seconds up to its points."""
        self.revision += 1
        begin = time.perf_counter()
        self.session.receive({"type": "state", "revision": self.revision, "state": state})
        moment, _ = self.until(lambda message: message.kind == "dataset")
        return moment - begin

    def until(self, is_wanted: Callable[[Message], bool]) -> tuple[float, Message]:
        """Return the next message of a kind that is wanted, of this revision, and when it came."""
        while True:
            moment, message = self.messages.get(timeout=60)
            if message.facts.get("revision", self.revision) == self.revision and is_wanted(message):
                return moment, message


class Meter:
    """Counts epochs by the clock and by the processor's time of the whole process."""

    def __init__(self) -> None:
        self._moment, self._spent = time.perf_counter(), time.process_time()

    def rates(self, n_epochs: int) -> tuple[float, float]:
        """Return epochs a second, and a second of a processor."""
        return n_epochs / (time.perf_counter() - self._moment), n_epochs / (time.process_time() - self._spent)


def live_rates(page: Page, seconds: float) -> tuple[float, float, float, float]:
    """Return epochs of all cards a second, and a second of a processor, frames a second, and the bytes of a frame."""
    page.session.receive({"type": "reset", "card": None})
    page.session.receive({"type": "run"})
    page.until(lambda message: message.kind == "frame" and message.facts["running"])
    begin, first = page.until(lambda message: message.kind == "frame")
    meter, n_frames, size, moment = Meter(), 0, 0, begin
    while moment - begin < seconds:
        moment, frame = page.until(lambda message: message.kind == "frame")
        n_frames += 1
        size += len(frame.to_bytes())
    pairs = zip(first.facts["cards"], frame.facts["cards"], strict=True)
    by_clock, by_processor = meter.rates(sum(after["epoch"] - before["epoch"] for before, after in pairs))
    page.session.receive({"type": "pause"})
    page.until(lambda message: message.kind == "frame" and not message.facts["running"])
    return by_clock, by_processor, n_frames / (moment - begin), size / n_frames


def plain_rates(seconds: float, per_network: int = 400) -> tuple[float, float]:
    """Return the epochs of the same networks a second, and a second of a processor, one after the other by `train`."""
    data, rows = datasets.moons(300), list(range(300))
    split = rows[:180], rows[180:240], rows[240:]
    meter, n_epochs, ends = Meter(), 0, time.perf_counter() + seconds
    while time.perf_counter() < ends:
        for card in CARDS:
            settings = {"dropout": 0.0, "weight_decay": 0.0, "activation": "tanh", **card}
            network = Network(tuple(settings["hidden"]), settings["activation"], settings["dropout"])
            training = Training(lr=0.01, weight_decay=settings["weight_decay"], epochs=per_network)
            train(data, network, training, split=split, device="cpu")
            n_epochs += per_network
    return meter.rates(n_epochs)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    seconds = parser.parse_args().seconds
    torch.set_num_threads(1)
    page, state = Page(), state_of({}, {}, *CARDS)
    page.show(state)
    plain_rates(0.1)
    live, plain = [], []
    for _ in range(ROUNDS):
        plain.append(plain_rates(seconds))
        live.append(live_rates(page, seconds))
    by_clock, by_processor, frames, size = (statistics.median(column) for column in zip(*live, strict=True))
    beside = [statistics.median(column) for column in zip(*plain, strict=True)]
    page.session.receive({"type": "run"})
    noises = [0.05 + 0.01 * step for step in range(40)]
    answers = [page.show({**state, "data": {**state["data"], "noise": noise}}) for noise in noises]
    page.session.close()
    middle, worst = statistics.median(answers), sorted(answers)[int(0.95 * len(answers))]
    print(f"frames a second with {len(CARDS)} cards of 100 x 100: {frames:.1f} ({size / 1024:.0f} KB each)")
    for unit, own, other in zip(("", " of a processor"), (by_clock, by_processor), beside, strict=True):
        print(f"epochs a second{unit}: {own:,.0f}; of train without a page: {other:,.0f} ({own / other:.0%})")
    print(f"from noise to new points while cards train: {1000 * middle:.0f} ms, 95% within {1000 * worst:.0f} ms")


if __name__ == "__main__":
    main()
