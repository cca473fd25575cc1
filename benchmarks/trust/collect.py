"""Train the default classifier on parts of many tables, and store its out-of-fold and fresh probabilities.

``python benchmarks/trust/collect.py CACHE [FOLDER] [--splits 5] [--first 0]`` draws splits of each source (generated
ones, and Parquet files of FOLDER with a column ``target``), fits on each, and writes one file for each fit into CACHE.
Existing fits are not repeated. ``intervals.py`` and the other scripts read the cache. ``--overtrained`` is for
``calibration.py``: networks that train for all epochs, with overconfident probabilities.
"""

import argparse
import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sources import TABLES, Source, generated, of_folder

from demarcate import DemarcateClassifier
from demarcate.evaluation.scores import scores_json


@dataclass(frozen=True)
class Fit:
    """One fit's probabilities.

    Attributes
    ----------
    source
        The table, and how many of its rows were trained on.
    split
        The seed that dealt them.
    codes, folds, oof
        Of the rows trained on: class, the group it was held out in (-1 where never), and its out-of-fold probabilities
        ``(n_train, n_classes)``.
    truths
        What each of them was given for its class by the finished networks that did not train on it, which prediction
        sets go by: ``(n_held,)``, class after class, rising within each.
    fresh_codes, fresh
        Of fresh rows: class and probabilities ``(n_fresh, n_classes)``.
    members, weights, member_folds
        Every member's probabilities of the fresh rows, ``(n_members, n_fresh, n_classes)``, what it weighs in the mean,
        and the fold it was held out of, ``(n_members,)``.
    printed
        The printed scores, as JSON.
    is_generated
        Whether fresh rows are many, so that their own noise hardly counts.
    """

    source: str
    split: int
    codes: np.ndarray
    folds: np.ndarray
    oof: np.ndarray
    truths: np.ndarray
    fresh_codes: np.ndarray
    fresh: np.ndarray
    members: np.ndarray
    weights: np.ndarray
    member_folds: np.ndarray
    printed: str
    is_generated: bool

    def of_folds(self) -> np.ndarray:
        """Return fresh rows' probabilities by the networks of each fold, ``(n_folds, n_fresh, n_classes)``."""
        owns = [self.member_folds == fold for fold in np.unique(self.member_folds)]
        return np.stack(
            [np.average(self.members[own].astype(float), axis=0, weights=self.weights[own]) for own in owns]
        )


def read(cache: Path) -> Iterator[Fit]:
    """Read the fits of a cache, by name."""
    for path in sorted(cache.glob("*.npz")):
        source, _, split = path.stem.rpartition("-")
        with np.load(path) as arrays:
            kept = {name: arrays[name] for name in arrays.files}
        plain = {"is_generated": bool(kept["is_generated"]), "printed": str(kept["printed"])}
        yield Fit(source, int(split), **{**kept, **plain})


def fit(source: Source, split: int, cache: Path, **settings: Any) -> None:
    """Fit one split of one source, unless the cache has it."""
    path = cache / f"{source.name}-{split}.npz"
    if path.exists():
        return
    rows = source.draw(split)
    classifier = DemarcateClassifier(calibrate=False, random_state=split, **settings).fit(rows.X, rows.y)
    n_rows, n_classes = len(rows.y), len(classifier.classes_)
    folds, oof = np.full(n_rows, -1), np.full((n_rows, n_classes), np.nan)
    folds[classifier.oof_rows_], oof[classifier.oof_rows_] = classifier.oof_folds_, classifier.oof_proba_
    predictor = classifier.predictor_
    members = predictor.member_probabilities(rows.X_fresh)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(
            file,
            codes=np.searchsorted(classifier.classes_, rows.y),
            folds=folds,
            oof=oof,
            truths=predictor.conformal.truths,
            fresh_codes=np.searchsorted(classifier.classes_, rows.y_fresh),
            fresh=predictor.predict_proba(rows.X_fresh),
            members=members.astype(np.float32),
            weights=predictor.weights or np.full(len(members), 1 / len(members)),
            member_folds=predictor.member_folds,
            printed=json.dumps(scores_json(classifier.scores_)),
            is_generated=source.is_generated,
        )
    part.rename(path)


def main() -> None:
    """Fill the cache."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--overtrained", action="store_true", help="never stop before the last epoch")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first split")
    given = parser.parse_args()
    given.cache.mkdir(parents=True, exist_ok=True)
    sources = [*generated(), *(of_folder(given.folder, TABLES) if given.folder else ())]
    settings = {"patience": None} if given.overtrained else {}
    warnings.simplefilter("ignore")
    for split in range(given.first, given.first + given.splits):
        for source in sources:
            fit(source, split, given.cache, **settings)
            print(split, source.name, flush=True)


if __name__ == "__main__":
    main()
