"""Check what is promised of new groups: how often rows of fresh groups score inside the printed interval.

``python benchmarks/trust/new_groups.py CACHE [FOLDER] [--splits 5] [--first 0]`` fits the default classifier with
``groups=`` to generated tables of subjects with several rows each, and to Parquet files of FOLDER whose rows are
repeated with noise, and compares the printed intervals with the score of groups that were kept aside. That score has
noise of its own, by which the interval is widened as in ``intervals.py``. Existing fits are not repeated.
``--random`` fits without groups, to compare.
"""

import argparse
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from intervals import METRICS, is_inside

from demarcate import DemarcateClassifier
from demarcate.evaluation import Score
from demarcate.evaluation.intervals import reaching_further, score_sampled
from demarcate.evaluation.sampling import Sampling
from demarcate.evaluation.scores import wilson_interval

N_FRESH_GROUPS = 300
TABLES = ("diabetes_pima", "german_credit", "vehicle", "heart_uci_4sites", "credit_approval", "cmc")


@dataclass(frozen=True)
class Rows:
    """Rows with their labels and groups."""

    X: pl.DataFrame
    y: np.ndarray
    groups: np.ndarray


@dataclass(frozen=True)
class Source:
    """A name, and a function from a seed to training rows and rows of fresh groups."""

    name: str
    draw: Callable[[int], tuple[Rows, Rows]]


def subjects(
    name: str, n_groups: int, n_each: tuple[int, int], *, subject: float, label: str, n_classes: int = 2
) -> Source:
    """Return a source of subjects who have values of their own.

    ``subject`` is the share of the features' variance that is the subject's; labels are the subject's (``fixed``), the
    row's (``row``), or the row's with an inclination of the subject that no feature shows (``inclined``).
    """

    def draw(seed: int) -> tuple[Rows, Rows]:
        generator = np.random.default_rng([seed, n_groups])
        sizes = generator.integers(*n_each, endpoint=True, size=n_groups + N_FRESH_GROUPS)
        groups = np.repeat(np.arange(len(sizes)), sizes)
        own = generator.normal(size=(len(sizes), 5))[groups] * subject**0.5
        X = own + generator.normal(size=own.shape) * (1 - subject) ** 0.5
        if label == "fixed":
            signal = (1.2 * own[:, 0] - own[:, 1] + generator.logistic(size=len(sizes))[groups] * 0.6) * 1.5
        else:
            signal = 1.5 * (X[:, 0] + X[:, 1] * X[:, 2]) + generator.logistic(size=len(X))
            signal += generator.normal(size=len(sizes))[groups] * (1.5 if label == "inclined" else 0.0)
        y = np.digitize(signal, [0.0] if n_classes == 2 else [-0.8, 0.8])
        frame = pl.DataFrame(X, schema=[f"x{column}" for column in range(X.shape[1])])
        return _parted(frame, y, groups, groups < n_groups)

    return Source(name, draw)


def repeated(path: Path, n_groups: int, n_each: tuple[int, int], noise: float) -> Source:
    """Return a source of the rows of a table, each several times with noise in its numbers."""

    def draw(seed: int) -> tuple[Rows, Rows]:
        generator, table = np.random.default_rng([seed, n_groups]), pl.read_parquet(path)
        table = table.filter(pl.col("target").is_not_null())[generator.permutation(len(table))]
        table = table[: n_groups + N_FRESH_GROUPS]
        sizes = generator.integers(*n_each, endpoint=True, size=len(table))
        groups = np.repeat(np.arange(len(table)), sizes)
        X, y = table.drop("target")[groups], table["target"].to_numpy()[groups]
        columns = [
            column + noise * float(column.std() or 0) * generator.normal(size=len(column))
            if column.dtype.is_numeric() and column.n_unique() > 10
            else column
            for column in X.get_columns()
        ]
        return _parted(pl.DataFrame(columns), y, groups, groups < n_groups)

    return Source(f"{path.stem}-{n_groups}", draw)


def _parted(X: pl.DataFrame, y: np.ndarray, groups: np.ndarray, is_training: np.ndarray) -> tuple[Rows, Rows]:
    return Rows(X.filter(is_training), y[is_training], groups[is_training]), Rows(
        X.filter(~is_training), y[~is_training], groups[~is_training]
    )


def sources(folder: Path | None) -> Iterator[Source]:
    """Yield all sources."""
    yield subjects("fixed-20x10", 20, (8, 12), subject=0.7, label="fixed")
    yield subjects("fixed-32x6", 32, (5, 7), subject=0.8, label="fixed")
    yield subjects("fixed-60x8", 60, (4, 12), subject=0.5, label="fixed")
    yield subjects("fixed-150x4", 150, (2, 6), subject=0.7, label="fixed")
    yield subjects("row-30x20", 30, (10, 30), subject=0.6, label="row")
    yield subjects("row-100x5", 100, (1, 9), subject=0.6, label="row")
    yield subjects("inclined-25x16", 25, (8, 24), subject=0.5, label="inclined")
    yield subjects("inclined-60x8", 60, (8, 8), subject=0.5, label="inclined")
    yield subjects("inclined-200x4", 200, (3, 5), subject=0.3, label="inclined")
    yield subjects("three-80x6", 80, (4, 8), subject=0.5, label="inclined", n_classes=3)
    for number, name in enumerate(TABLES if folder else ()):
        assert folder
        yield repeated(folder / f"{name}.parquet", 100 + 30 * number, (2, 6), 0.05 * (1 + number % 3))


def fit(source: Source, split: int, cache: Path, *, by_group: bool) -> None:
    """Fit one split of one source, unless the cache has it, and store the probabilities."""
    path = cache / f"{source.name}-{split}{'' if by_group else '-random'}.npz"
    if path.exists():
        return
    rows, fresh = source.draw(split)
    classifier = DemarcateClassifier(random_state=split).fit(rows.X, rows.y, groups=rows.groups if by_group else None)
    known = np.isin(fresh.y, classifier.classes_)
    np.savez(
        path,
        codes=classifier.oof_codes_,
        oof=classifier.oof_proba_,
        folds=classifier.oof_folds_,
        groups=rows.groups[classifier.oof_rows_],
        fresh_codes=np.searchsorted(classifier.classes_, fresh.y[known]),
        fresh=classifier.predict_proba(fresh.X.filter(known)),
        fresh_groups=fresh.groups[known],
    )


def scores_of(path: Path, *, by_group: bool) -> tuple[dict[str, Score], dict[str, Score]]:
    """Return the scores that a fit printed, and those of fresh groups."""
    with np.load(path) as arrays:
        sampling = Sampling(None, arrays["groups"] if by_group else None, arrays["folds"])
        of_fresh = Sampling(None, arrays["fresh_groups"])
        printed = score_sampled(arrays["codes"], arrays["oof"], sampling, rows="out-of-fold")
        n_members = len(np.unique(arrays["folds"]))
        return (
            reaching_further(printed, 1, n_members),
            score_sampled(arrays["fresh_codes"], arrays["fresh"], of_fresh, rows="fresh"),
        )


def main() -> None:
    """Fill the cache, then print the share of fresh scores inside, and the misses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--first", type=int, default=0, help="the seed of the first split")
    parser.add_argument("--random", action="store_true", help="fit and score as if rows were independent")
    given = parser.parse_args()
    given.cache.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    every = [*sources(given.folder)]
    splits = range(given.first, given.first + given.splits)
    for split in splits:
        for source in every:
            fit(source, split, given.cache, by_group=not given.random)
    ending = "-random" if given.random else ""
    paths = [given.cache / f"{source.name}-{split}{ending}.npz" for source in every for split in splits]
    cases = [(path.stem, *scores_of(path, by_group=not given.random)) for path in paths]
    print(f"{len(cases)} fits of {len(every)} sources")
    for metric in METRICS:
        inside = [is_inside(fresh[metric], printed[metric]) for _, printed, fresh in cases]
        low, high = wilson_interval(sum(inside), len(inside))
        width = np.median([printed[metric].high - printed[metric].low for _, printed, _ in cases])
        gaps = [printed[metric].value - fresh[metric].value for _, printed, fresh in cases]
        print(f"{metric:9s} {np.mean(inside):.3f} [{low:.3f}, {high:.3f}] width {width:.3f} bias {np.mean(gaps):+.4f}")
        for (name, printed, fresh), is_in in zip(cases, inside, strict=True):
            if not is_in:
                print(f"    {name}: printed {printed[metric]}, fresh {fresh[metric]}")


if __name__ == "__main__":
    main()
