"""What scores of categories and of numbers that are names bring: the default with and without them, on the same splits.

python -m benchmarks.tabular.class_scores FOLDER --cache FILE [--tables NAME ...] [--splits 5] [--preset default]

Each fit is a line of the cache; a second run does what is missing.
"""

import argparse
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np
from benchmarks.tabular.measuring import Entry, fitted, score
from benchmarks.tabular.opponents import KNOWN
from benchmarks.tabular.sources import Folder
from benchmarks.tabular.tables import TEST_SHARE, Split, Table
from sklearn.model_selection import train_test_split

from demarcate.encoding import encoder_registry
from demarcate.encoding.cross_fitting import CrossFittedEncoder

MOST_CATEGORIES = ("adult", "autos", "cylinder_bands", "diabetes130", "eucalyptus", "hotel_bookings")
"""The tables of the suite with more than 20 categories in a column."""
PRESETS = {"default": "demarcate", "fast": "demarcate-fast", "best": "demarcate-best"}
WITHOUT, WITH = "without", "with"

Key = tuple[str, int, str, str]
"""Table, seed of the split, preset, and whether with scores."""


def five_splits(table: Table, number: int) -> Iterator[Split]:
    """Return stratified splits 80 to 20, as many of a large table as of a small one."""
    for seed in range(number):
        train, test = train_test_split(
            np.arange(len(table.y)), test_size=TEST_SHARE, random_state=seed, stratify=table.y
        )
        yield Split(seed, train, test)


def fit_once(table: Table, split: Split, preset: str, which: str) -> Entry:
    """Return the scores of one fit."""
    encoders = encoder_registry.ENCODERS
    if which == WITHOUT:
        encoders = tuple(encoder for encoder in encoders if not issubclass(encoder, CrossFittedEncoder))
    with patch.object(encoder_registry, "ENCODERS", encoders), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = fitted(KNOWN[PRESETS[preset]], table, split, 1)
    return {**score(table.y[split.test], result.probabilities), "fit_s": result.fit_s}


def read(cache: Path) -> dict[Key, Entry]:
    """Return the fits that are done."""
    lines = cache.read_text().splitlines() if cache.exists() else []
    entries = [json.loads(line) for line in lines]
    return {(entry["table"], entry["seed"], entry["preset"], entry["which"]): entry for entry in entries}


def changes(done: Mapping[Key, Entry], tables: Sequence[str], preset: str) -> Iterator[str]:
    """Return a line of a Markdown table for each table, of the splits where both fits are done."""
    yield "| table | splits | log loss without | with | change | better / worse | AUC, points |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    ratios = []
    for name in tables:
        seeds = [seed for table, seed, of, which in done if (table, of, which) == (name, preset, WITH)]
        seeds = [seed for seed in seeds if (name, seed, preset, WITHOUT) in done]
        if not seeds:
            continue
        without, with_ = (
            {
                metric: np.array([done[name, seed, preset, which][metric] for seed in seeds])
                for metric in ("logloss", "auc")
            }
            for which in (WITHOUT, WITH)
        )
        ratio = with_["logloss"].mean() / without["logloss"].mean()
        ratios.append(ratio)
        difference = with_["logloss"] - without["logloss"]
        signs = f"{(difference < 0).sum()} / {(difference > 0).sum()}"
        auc = 100 * (with_["auc"] - without["auc"]).mean()
        means = f"{without['logloss'].mean():.4f} | {with_['logloss'].mean():.4f}"
        yield f"| {name} | {len(seeds)} | {means} | {ratio - 1:+.2%} | {signs} | {auc:+.2f} |"
    if ratios:
        yield f"| geometric mean | | | | {np.exp(np.mean(np.log(ratios))) - 1:+.2%} | | |"


def main() -> None:
    """Do the fits that are missing, and print the changes."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--tables", nargs="+", default=list(MOST_CATEGORIES))
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--preset", choices=list(PRESETS), default="default")
    options = parser.parse_args()
    done, source = read(options.cache), Folder(options.folder)
    for seed in range(options.splits):
        for name in options.tables:
            keys = [(name, seed, options.preset, which) for which in (WITHOUT, WITH)]
            missing = [key for key in keys if key not in done]
            if not missing:
                continue
            table = source.table(name)
            split = list(five_splits(table, seed + 1))[seed]
            for key in missing:
                facts = dict(zip(("table", "seed", "preset", "which"), key, strict=True))
                done[key] = facts | fit_once(table, split, options.preset, key[3])
                with options.cache.open("a") as file:
                    file.write(json.dumps(done[key]) + "\n")
    print("\n".join(changes(done, options.tables, options.preset)))


if __name__ == "__main__":
    main()
