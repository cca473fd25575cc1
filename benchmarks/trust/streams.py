"""Check what is promised of later rows: how often the next rows of a stream score inside the printed interval.

``python benchmarks/trust/streams.py CACHE [--splits 3] [--first 0]`` fits the default classifier to streams of rows in
time, ten that drift and five that stay as they are, forward (``time=``) and with random folds, and compares the
printed intervals with the score of the rows that come next. Those have noise of their own, by which the interval is
widened as in ``intervals.py``. Then the log loss of the next rows by the saved networks, which are trained on all rows
for the epochs of the windows, is compared with that by the last window's network and by networks that stop by random
folds. Existing fits are not repeated.
"""

import argparse
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from intervals import METRICS, is_inside

from demarcate import DemarcateClassifier
from demarcate.evaluation import Mean, Score, score
from demarcate.evaluation.intervals import score_sampled
from demarcate.evaluation.row_values import row_losses
from demarcate.evaluation.sampling import Sampling
from demarcate.evaluation.scores import wilson_interval
from demarcate.tabular.dependence import blocks_in_time

N_PAST, N_NEXT = 900, 150

Stream = Callable[[np.random.Generator, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""From a generator and the times of rows, 0 to 1 for the past, to features and labels."""


def _labels(generator: np.random.Generator, logits: np.ndarray) -> np.ndarray:
    return (logits + generator.logistic(size=len(logits)) > 0).astype(int)


def _smooth(generator: np.random.Generator, n_rows: int, n_columns: int, memory: float) -> np.ndarray:
    """Return numbers of variance 1 that forget a share ``1 - memory`` of themselves in each row."""
    steps = generator.normal(size=(n_rows, n_columns)) * (1 - memory**2) ** 0.5
    steps[0] /= (1 - memory**2) ** 0.5
    for row in range(1, n_rows):
        steps[row] += memory * steps[row - 1]
    return steps


def turning(generator: np.random.Generator, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The boundary turns."""
    X = generator.normal(size=(len(t), 4))
    return X, _labels(generator, 3 * (X[:, 0] * np.cos(1.5 * t) + X[:, 1] * np.sin(1.5 * t)))


def moving(generator: np.random.Generator, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The features move; the boundary is curved and stays."""
    X = generator.normal(size=(len(t), 4)) + 1.5 * t[:, None]
    return X, _labels(generator, 3 * (X[:, 0] - X[:, 1] ** 2 / 2))


def rarer(generator: np.random.Generator, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One class becomes rarer."""
    y = (generator.random(len(t)) < 0.6 - 0.4 * t).astype(int)
    return generator.normal(size=(len(t), 4)) + y[:, None] * np.array([1.2, -0.8, 0, 0]), y


def noisier(generator: np.random.Generator, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Labels become noisier."""
    X = generator.normal(size=(len(t), 4))
    return X, _labels(generator, 4 * (1 - 0.7 * t) * (X[:, 0] + X[:, 1] * X[:, 2]))


def switching(generator: np.random.Generator, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Another feature matters from two thirds on."""
    X = generator.normal(size=(len(t), 4))
    return X, _labels(generator, 2.5 * (X[:, 0] + np.where(t > 2 / 3, X[:, 2], X[:, 1])))


def seasonal(generator: np.random.Generator, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The class shares rise and fall six times."""
    X = generator.normal(size=(len(t), 4))
    return X, _labels(generator, 2 * X[:, 0] + 1.5 * np.sin(12 * np.pi * t))


def growing(generator: np.random.Generator, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A feature's unit changes slowly."""
    X = generator.normal(size=(len(t), 4))
    y = _labels(generator, 3 * X[:, 0] + X[:, 1])
    X[:, 0] *= 1 + 2 * t
    return X, y


def regimes(generator: np.random.Generator, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A hidden state that lasts about 60 rows decides which of two rules holds."""
    X = generator.normal(size=(len(t), 4))
    state = np.cumsum(generator.random(len(t)) < 1 / 60) % 2
    return X, _labels(generator, 2.5 * (X[:, 0] + np.where(state, X[:, 1], -X[:, 1])))


def fading(generator: np.random.Generator, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A feature that tells the classes apart fades."""
    X = generator.normal(size=(len(t), 4))
    y = _labels(generator, 2 * X[:, 0] + 3 * X[:, 1])
    return X * np.array([1, 1, 1, 1]) + generator.normal(size=X.shape) * np.outer(2 * t, [0, 1, 0, 0]), y


def wandering(generator: np.random.Generator, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The class shares wander at random."""
    X = generator.normal(size=(len(t), 4))
    return X, _labels(generator, 2 * X[:, 0] + 1.5 * _smooth(generator, len(t), 1, 0.99)[:, 0])


def still(generator: np.random.Generator, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nothing changes, rows are independent."""
    X = generator.normal(size=(len(t), 4))
    return X, _labels(generator, 3 * (X[:, 0] + X[:, 1] * X[:, 2]))


def still_smooth(generator: np.random.Generator, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Features of consecutive rows are alike."""
    X = _smooth(generator, len(t), 4, 0.9)
    return X, _labels(generator, 3 * (X[:, 0] + X[:, 1] * X[:, 2]))


def still_hidden(generator: np.random.Generator, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What is not measured lasts for some rows."""
    X = generator.normal(size=(len(t), 4))
    return X, _labels(generator, 2 * X[:, 0] + 1.5 * _smooth(generator, len(t), 1, 0.8)[:, 0])


def still_weekly(generator: np.random.Generator, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The class shares depend on the day of the week."""
    X = generator.normal(size=(len(t), 4))
    return X, _labels(generator, 2 * X[:, 0] + 1.5 * np.sin(2 * np.pi * np.arange(len(t)) / 7))


def still_three(generator: np.random.Generator, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Three classes, nothing changes."""
    y = generator.integers(3, size=len(t))
    centres = np.array([[0, 0, 0, 0], [1.5, 0, 0, 0], [0, 1.5, 0, 0]])
    return generator.normal(size=(len(t), 4)) + centres[y], y


DRIFTING: tuple[Stream, ...] = (
    *(turning, moving, rarer, noisier, switching),
    *(seasonal, growing, regimes, fading, wandering),
)
STILL: tuple[Stream, ...] = (still, still_smooth, still_hidden, still_weekly, still_three)


def fit(stream: Stream, split: int, cache: Path) -> None:
    """Fit forward and with random folds, unless the cache has it, and store the probabilities."""
    path = cache / f"{stream.__name__}-{split}.npz"
    if path.exists():
        return
    t = np.arange(N_PAST + N_NEXT) / N_PAST
    X, y = stream(np.random.default_rng([split, N_PAST]), t)
    past, later = slice(0, N_PAST), slice(N_PAST, None)
    arrays = {"next_codes": y[later]}
    for name, time in (("forward", t[past]), ("random", None)):
        classifier = DemarcateClassifier(random_state=split).fit(X[past], y[past], time=time)
        arrays[f"{name}_next"] = classifier.predict_proba(X[later])
        arrays[f"{name}_codes"], arrays[f"{name}_oof"] = classifier.oof_codes_, classifier.oof_proba_
        arrays[f"{name}_folds"], arrays[f"{name}_times"] = classifier.oof_folds_, t[classifier.oof_rows_]
        if name == "forward":
            last = classifier.scorer_.n_members - 1
            arrays["window_next"] = classifier.scorer_.probabilities(classifier.scorer_.parse(X[later]), [last])
    np.savez(path, **arrays)


def printed_scores(arrays: dict[str, np.ndarray], name: str) -> dict[str, Score]:
    """Return the scores that a fit printed."""
    clusters = blocks_in_time(arrays["forward_times"]) if name == "forward" else None
    sampling = Sampling(None, clusters, arrays[f"{name}_folds"], is_forward=name == "forward")
    return score_sampled(arrays[f"{name}_codes"], arrays[f"{name}_oof"], sampling, rows="later")


def print_losses(cache: Path) -> None:
    """Print how much lower the log loss of the next rows is by the saved networks than by two others."""
    for other, words in (("window", "the last window's network"), ("random", "networks that stop by random folds")):
        saved = []
        for path in sorted(cache.glob("*.npz")):
            with np.load(path) as arrays:
                if f"{other}_next" in arrays:
                    codes = arrays["next_codes"]
                    others, own = (row_losses(codes, arrays[f"{name}_next"]).mean() for name in (other, "forward"))
                    saved.append(float(others - own))
        if saved:
            wins, mean = sum(each > 0 for each in saved), Mean.of(saved)
            print(f"next rows, saved networks against {words}: log loss lower by {mean}, in {wins} of {len(saved)}")


def main() -> None:
    """Fill the cache, then print the share of next scores inside, and each stream's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--first", type=int, default=0, help="the seed of the first split")
    given = parser.parse_args()
    given.cache.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    for split in range(given.first, given.first + given.splits):
        for stream in (*DRIFTING, *STILL):
            fit(stream, split, given.cache)
    for kind, streams in (("drifting", DRIFTING), ("still", STILL)):
        for name in ("forward", "random"):
            for metric in METRICS:
                inside, strictly, widths, misses = [], [], [], []
                for stream in streams:
                    for path in sorted(given.cache.glob(f"{stream.__name__}-[0-9]*.npz")):
                        with np.load(path) as file:
                            arrays = dict(file)
                        printed = printed_scores(arrays, name)[metric]
                        fresh = score(arrays["next_codes"], arrays[f"{name}_next"], rows="next")[metric]
                        inside.append(is_inside(fresh, printed))
                        strictly.append(printed.low <= fresh.value <= printed.high)
                        widths.append(printed.high - printed.low)
                        if not inside[-1]:
                            misses.append(f"{path.stem} {printed} next {fresh.value:.3f}")
                low, high = wilson_interval(sum(inside), len(inside))
                line = f"{kind:8s} {name:8s} {metric:9s} {np.mean(inside):.3f} [{low:.3f}, {high:.3f}]"
                line = f"{line}  without that allowance {np.mean(strictly):.3f}"
                print(f"{line}  median width {np.median(widths):.3f}", *misses, sep="\n    ")
    print_losses(given.cache)


if __name__ == "__main__":
    main()
