"""What a studio's session does a second, beside the same training without a page, and how soon it answers.

    python benchmarks/studio.py [--seconds 5]

The page is one that takes every frame and acknowledges it at once. "Without a page" is `train` of the same networks,
one after the other, on one thread. Both are measured in turn and medians are printed, because other processes take
their share of a machine.
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


def live_epochs(page: Page, seconds: float) -> tuple[float, float, float]:
    """Return frames and epochs of all cards a second, and the bytes of a frame, of a session that trains."""
    page.session.receive({"type": "reset", "card": None})
    page.session.receive({"type": "run"})
    page.until(lambda message: message.kind == "frame" and message.facts["running"])
    begin, first = page.until(lambda message: message.kind == "frame")
    n_frames, size = 0, 0
    while True:
        moment, frame = page.until(lambda message: message.kind == "frame")
        n_frames += 1
        size += len(frame.to_bytes())
        if moment - begin >= seconds:
            break
    page.session.receive({"type": "pause"})
    page.until(lambda message: message.kind == "frame" and not message.facts["running"])
    epochs = sum(
        after["epoch"] - before["epoch"]
        for before, after in zip(first.facts["cards"], frame.facts["cards"], strict=True)
    )
    return n_frames / (moment - begin), epochs / (moment - begin), size / n_frames


def plain_epochs(seconds: float, per_network: int = 400) -> float:
    """Return the epochs a second of the same networks, trained by `train` one after the other on one thread."""
    data, n_epochs = datasets.moons(300), 0
    rows = list(range(300))
    spent = 0.0
    while spent < seconds:
        for card in CARDS:
            settings = {"dropout": 0.0, "weight_decay": 0.0, "lr": 0.01, "activation": "tanh", **card}
            network = Network(tuple(settings["hidden"]), settings["activation"], settings["dropout"])
            training = Training(lr=settings["lr"], weight_decay=settings["weight_decay"], epochs=per_network)
            begin = time.perf_counter()
            train(data, network, training, split=(rows[:180], rows[180:240], rows[240:]), device="cpu")
            spent += time.perf_counter() - begin
            n_epochs += per_network
    return n_epochs / spent


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    seconds = parser.parse_args().seconds
    torch.set_num_threads(1)
    page, state = Page(), state_of({}, {}, *CARDS)
    page.show(state)
    plain_epochs(0.1)
    live, plain = [], []
    for _ in range(ROUNDS):
        plain.append(plain_epochs(seconds))
        live.append(live_epochs(page, seconds))
    frames, epochs, size = (statistics.median(column) for column in zip(*live, strict=True))
    beside = statistics.median(plain)
    page.session.receive({"type": "run"})
    noises = [0.05 + 0.01 * step for step in range(40)]
    answers = [page.show({**state, "data": {**state["data"], "noise": noise}}) for noise in noises]
    page.session.close()
    middle, worst = statistics.median(answers), sorted(answers)[int(0.95 * len(answers))]
    share = f"{epochs:,.0f}; of train without a page: {beside:,.0f} ({epochs / beside:.0%})"
    print(f"frames a second with {len(CARDS)} cards of 100 x 100: {frames:.1f} ({size / 1024:.0f} KB each)")
    print(f"epochs a second of all cards: {share}")
    print(f"from noise to new points while cards train: {1000 * middle:.0f} ms, 95% within {1000 * worst:.0f} ms")


if __name__ == "__main__":
    main()
