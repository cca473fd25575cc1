"""Check that a killed fit ends with the same bits: ``python benchmarks/crash.py [RUNS]`` (200 by default).

Each run starts a fit with checkpoints in a process of its own, kills it with SIGKILL at a random moment, one to three
times, lets it finish, and compares all its results (weights, histories, traces) with those of an undisturbed fit, bit
for bit. Moments are random over the whole length of a fit, writing included. Needs a system with fork.
"""

import hashlib
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import torch

from demarcate.engine import FittedMember, Member, Samples, Training, fit
from demarcate.nn import Network

EPOCHS = 300


def samples() -> Samples:
    """Return 300 rows of noise with a rule in it."""
    x = torch.randn(300, 6, generator=torch.Generator().manual_seed(1))
    return Samples.of([x], (x[:, 0] * x[:, 1] > 0).long(), 2)


def members() -> list[Member]:
    """Return members of five populations: with mini-batches, dropout, momentum, early stopping, traces, divergence."""
    train, held = torch.arange(240), torch.arange(240, 300)
    full, mini = {"epochs": EPOCHS, "batch_size": None}, {"epochs": EPOCHS // 4, "batch_size": 16}
    return [
        *(Member(Network((16, 16), dropout=0.3), Training(**full, lr=0.01), seed, train, held) for seed in range(3)),
        Member(Network((8,), "tanh", 0.5), Training(**mini, optimizer="sgd", momentum=0.9, lr=0.01), 3, train, held),
        Member(Network((16,), dropout=0.1), Training(**mini, lr=0.02, patience=9), 4, train, held, traced=True),
        Member(Network((16,)), Training(**mini, lr=0.002, schedule="cosine", validate_every=5), 5, train, held),
        Member(Network((12, 12)), Training(**full, optimizer="adamw", lr=1e30), 6, train, torch.arange(0)),
    ]


def digest(fitted: list[FittedMember]) -> str:
    """Return a digest of every bit of a fit's results."""
    digest = hashlib.sha256()
    for member in fitted:
        tensors = [part for layer in member.state for part in layer]
        tensors += [*vars(member.history).values(), torch.tensor(member.best_epoch)]
        tensors += [] if member.validation_logits is None else [member.validation_logits]
        for tensor in tensors:
            digest.update(f"{tensor.dtype} {tuple(tensor.shape)}".encode() + tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()


def train(folder: str, every: float) -> None:
    """Resume from the folder in this process, and write the digest beside it."""
    done = digest(fit(members(), samples(), device="cpu", checkpoint=folder, checkpoint_every=every))
    Path(f"{folder}.digest").write_text(done, encoding="utf-8")


def killed_and_resumed(expected: str, seconds: float, draw: random.Random) -> tuple[bool, int]:
    """Return whether a fit ends with the expected digest, and how often it was killed before its end."""
    fork = multiprocessing.get_context("fork")
    n_kills = 0
    with tempfile.TemporaryDirectory() as parent:
        folder, every = str(Path(parent) / "checkpoints"), draw.choice([0.0, 0.005, 0.05])
        for _ in range(draw.randint(1, 3)):
            process = fork.Process(target=train, args=(folder, every))
            process.start()
            time.sleep(draw.uniform(0, seconds))
            if process.is_alive():
                assert process.pid is not None
                os.kill(process.pid, signal.SIGKILL)
                n_kills += 1
            process.join()
        process = fork.Process(target=train, args=(folder, every))
        process.start()
        process.join()
        digest_file = Path(f"{folder}.digest")
        return digest_file.exists() and digest_file.read_text(encoding="utf-8") == expected, n_kills


def main(n_runs: int) -> int:
    """Print how many runs end with the same bits; return 1 if not all do."""
    torch.set_num_threads(1)  # before the first fork, which does not copy threads
    start = time.perf_counter()
    expected = digest(fit(members(), samples(), device="cpu"))
    seconds = time.perf_counter() - start
    draw = random.Random(0)
    results = [killed_and_resumed(expected, seconds * 1.2, draw) for _ in range(n_runs)]
    n_equal, n_kills = sum(equal for equal, _ in results), sum(kills for _, kills in results)
    print(f"{n_equal} of {n_runs} fits of {seconds:.2f} s, killed {n_kills} times in total, are bitwise equal")
    return n_equal < n_runs


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
