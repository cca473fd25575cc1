"""What a population costs beside plain loops: the same networks, the same steps, trained one after the other.

``python benchmarks/population.py`` trains 1, 8 and 32 networks of 16-16 units on 210 rows of the moons, for 200 epochs
in mini-batches of 32, with the engine and with a loop as a PyTorch lesson writes it (``nn.Sequential``,
``torch.optim.Adam``, a ``DataLoader``), alternating, and prints the ratio of the medians. The loop records train loss
and accuracy, as the engine does; neither has validation rows.
"""

import platform
import statistics
import time
from collections.abc import Callable

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from demarcate.datasets import moons
from demarcate.engine import Member, Samples, Training, fit
from demarcate.nn import Network

EPOCHS, BATCH, HIDDEN, REPEATS = 200, 32, (16, 16), 3


def rows() -> tuple[torch.Tensor, torch.Tensor]:
    """210 rows of the moons."""
    data = moons(n_samples=210)
    return torch.from_numpy(data.X.to_numpy()).float(), torch.from_numpy(data.y)


def engine(n_members: int) -> None:
    """All networks as one population."""
    x, codes = rows()
    training = Training(optimizer="adam", lr=0.01, epochs=EPOCHS, batch_size=BATCH)
    network = Network(hidden=HIDDEN)
    members = [Member(network, training, seed, torch.arange(len(x)), torch.arange(0)) for seed in range(n_members)]
    fit(members, Samples.of([x], codes, 2), device="cpu")


def plain_loops(n_members: int) -> None:
    """One network after the other, as in a lesson."""
    x, codes = rows()
    for seed in range(n_members):
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))
        loss_of, optimizer = nn.BCEWithLogitsLoss(), torch.optim.Adam(model.parameters(), lr=0.01)
        loader = DataLoader(TensorDataset(x, codes.float().unsqueeze(1)), batch_size=BATCH, shuffle=True)
        for _ in range(EPOCHS):
            total, right = 0.0, 0
            for batch, target in loader:
                logits = model(batch)
                loss = loss_of(logits, target)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
                right += ((logits > 0) == (target > 0.5)).sum().item()


def seconds(run: Callable[[int], None], n_members: int) -> float:
    """Wall-clock time of one run."""
    start = time.perf_counter()
    run(n_members)
    return time.perf_counter() - start


def main() -> None:
    """Print the ratios."""
    torch.set_num_threads(1)
    print(f"{platform.processor() or platform.machine()}, torch {torch.__version__}, one thread")
    engine(1), plain_loops(1)
    for n_members in (1, 8, 32):
        pairs = [(seconds(engine, n_members), seconds(plain_loops, n_members)) for _ in range(REPEATS)]
        ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
        print(
            f"{n_members:3d} networks: plain loops take {theirs / ours:.1f} times as long ({theirs:.2f}/{ours:.2f} s)"
        )


if __name__ == "__main__":
    main()
