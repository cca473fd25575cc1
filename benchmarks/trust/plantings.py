"""The share of planted faults that the audit finds, and its findings in unchanged tables.

``python benchmarks/trust/plantings.py FOLDER [--seed 1] [--tables odd]`` reads the Parquet files of a folder (target
column ``target``), plants 100 faults, each in a random table, and prints the recall of each kind; then leaks and
warnings in the unchanged tables, and how often two random halves of a table differ. Tables with more than 4,000 rows
are cut to 4,000 random rows for plantings and halves.
"""

import argparse
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import norm
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from demarcate.auditing.drift import compare_tables
from demarcate.checks import Finding, check_table
from demarcate.encoding import TableEncoder
from demarcate.tabular import as_frame, encode_labels, infer_schema

MOST_ROWS = 4000
PER_KIND = 20
FIRST_WITH_NOISE = 9
PLANTED = "planted"


@dataclass(frozen=True, eq=False)
class Table:
    """A table, its labels as class indices, and the score of its honest columns."""

    name: str
    frame: pl.DataFrame
    codes: np.ndarray
    classes: np.ndarray

    @cached_property
    def honest_auc(self) -> float:
        """Return the cross-validated ROC AUC (mean over classes) of a forest on the unchanged table."""
        schema = infer_schema(self.frame)
        parsed = schema.parse(self.frame)
        matrix = TableEncoder.fit(schema, parsed, np.arange(len(self.codes))).encode(parsed)
        probabilities = np.zeros((len(self.codes), len(self.classes)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for train, held in StratifiedKFold(3, shuffle=True, random_state=0).split(matrix, self.codes):
                forest = ExtraTreesClassifier(200, min_samples_leaf=2, random_state=0)
                forest.fit(matrix[train], self.codes[train])
                probabilities[np.ix_(held, forest.classes_)] = forest.predict_proba(matrix[held])
        return float(np.mean([roc_auc_score(self.codes == k, probabilities[:, k]) for k in range(len(self.classes))]))

    def findings(self) -> list[Finding]:
        """Return the findings of the audit."""
        schema = infer_schema(self.frame)
        return check_table(schema, schema.parse(self.frame), self.codes, self.classes)

    def with_column(self, cells: object) -> "Table":
        """Return the table with another column."""
        return Table(self.name, self.frame.with_columns(pl.Series(PLANTED, cells)), self.codes, self.classes)

    def rows(self, rows: np.ndarray) -> "Table":
        """Return some of the rows."""
        return Table(self.name, self.frame[rows], self.codes[rows], self.classes)


def read(path: Path) -> Table:
    """Read a table of the folder."""
    frame = as_frame(pl.read_parquet(path))
    classes, codes = encode_labels(frame["target"])
    return Table(path.stem, frame.drop("target"), codes, classes)


def cut(table: Table, generator: np.random.Generator) -> Table:
    """Return at most 4,000 rows, of classes with at least two."""
    rows = generator.permutation(len(table.codes))[:MOST_ROWS]
    kept = rows[np.bincount(table.codes[rows], minlength=len(table.classes))[table.codes[rows]] > 1]
    present, codes = np.unique(table.codes[kept], return_inverse=True)
    return Table(table.name, table.frame[kept], codes, table.classes[present])


def named(found: list[Finding], rules: tuple[str, ...]) -> bool:
    """Return whether one of these rules names the planted column."""
    return any(PLANTED in finding.columns and finding.rule in rules for finding in found)


LEAKS = ("giveaway", "dominant", "encoding")


def copies(table: Table, generator: np.random.Generator, strength: int) -> tuple[str, bool]:
    """Plant the target under other names: words, whole numbers, or either with 0.5% of rows wrong."""
    codes, strength = table.codes.copy(), strength % 4
    if strength >= 2:
        wrong = generator.random(len(codes)) < 0.005
        codes[wrong] = generator.integers(len(table.classes), size=wrong.sum())
    names = generator.permutation(len(table.classes)) * 7
    cells = names[codes] if strength % 2 else [f"group {name}" for name in names[codes]]
    what = ("words", "whole numbers")[strength % 2] + (", 0.5% wrong" if strength >= 2 else "")
    return f"copy as {what}", named(table.with_column(cells).findings(), LEAKS)


def noisy(table: Table, generator: np.random.Generator, strength: int) -> tuple[str, bool]:
    """Plant a value for each class with normal noise; its error 1 - AUC is a share of the honest one."""
    share = (0.02, 0.1, 0.25)[strength % 3]
    distance = norm.isf(share * (1 - table.honest_auc)) * 2**0.5
    places = generator.permutation(len(table.classes))
    cells = places[table.codes] * distance + generator.normal(size=len(table.codes))
    return f"noise, {share:.0%} of the honest error", named(table.with_column(cells).findings(), LEAKS)


def faint(table: Table, generator: np.random.Generator, strength: int) -> tuple[str, bool]:
    """Plant fainter faults: more noise, noise on a mean, a name for every few rows."""
    n = len(table.codes)
    match strength % 4:
        case 0 | 1:
            share = (0.4, 0.6)[strength % 4]
            distance = norm.isf(share * (1 - table.honest_auc)) * 2**0.5
            places = generator.permutation(len(table.classes))
            what, cells = f"noise, {share:.0%} of the honest error", places[table.codes] * distance
            cells = cells + generator.normal(size=n)
        case 2:
            size = (4, 10)[strength // 4 % 2]
            means_of = own_means(table, generator, size, 0)
            what, cells = f"mean over {size} rows, noise 0.05", means_of + 0.05 * generator.normal(size=n)
        case _:
            order = np.argsort(table.codes, kind="stable")
            cells = np.empty(n, dtype=object)
            cells[order] = [f"P-{place // 4}" for place in range(n)]
            what = "a name for every 4 rows of a class"
    return what, named(table.with_column(cells).findings(), LEAKS)


def means(table: Table, generator: np.random.Generator, strength: int) -> tuple[str, bool]:
    """Return the mean of the label over a random category of about this number of rows, own row included."""
    size, weight, noise = (2, 4, 10)[strength % 3], (0, 1, 5)[strength // 3 % 3], 0.0
    if strength == FIRST_WITH_NOISE:
        size, weight, noise = 2, 0, 0.05
    cells = own_means(table, generator, size, weight)
    cells = cells + noise * generator.normal(size=len(cells))
    what = f"mean over {size} rows" + (f", weight {weight}" if weight else "") + (f", noise {noise}" if noise else "")
    return what, named(table.with_column(cells).findings(), LEAKS)


def own_means(table: Table, generator: np.random.Generator, size: int, weight: int) -> np.ndarray:
    """Plant means of "is the largest class" over a random category, smoothed towards the overall mean."""
    groups = generator.integers(max(2, len(table.codes) // size), size=len(table.codes))
    label = (table.codes == np.bincount(table.codes).argmax()).astype(float)
    n, total = np.bincount(groups), np.bincount(groups, weights=label)
    return ((total + weight * label.mean()) / np.maximum(n + weight, 1))[groups]


def duplicates(table: Table, generator: np.random.Generator, strength: int) -> tuple[str, bool]:
    """Plant copies of some rows at random positions."""
    share = (0.01, 0.02, 0.05, 0.1, 0.2)[strength % 5]
    n = max(1, round(share * len(table.codes)))
    before = [finding.numbers["n_copies"] for finding in table.findings() if finding.rule == "duplicates"]
    again = generator.choice(len(table.codes), n, replace=False)
    rows = generator.permutation(np.concatenate([np.arange(len(table.codes)), again]))
    after = [finding.numbers["n_copies"] for finding in table.rows(rows).findings() if finding.rule == "duplicates"]
    return f"{share:.0%} of rows again", bool(after) and after[0] >= (before[0] if before else 0) + n


def ids(table: Table, generator: np.random.Generator, strength: int) -> tuple[str, bool]:
    """Plant numbers in row order with gaps, shuffled, with a prefix, or timestamps after sorting by class."""
    n = len(table.codes)
    numbers = 10_000 + np.cumsum(generator.integers(1, 4, size=n))
    rule = ("identifier",)
    match strength % 4:
        case 0:
            what, cells = "ids in order, with gaps", numbers
        case 1:
            what, cells = "ids shuffled, with gaps", generator.permutation(numbers)
        case 2:
            what, cells = "ids with a prefix", [f"C-{number}" for number in generator.permutation(numbers)]
        case _:
            what, rule = "moments, sorted by class", LEAKS
            table = table.rows(np.argsort(table.codes, kind="stable"))
            cells = [datetime(2021, 1, 1) + timedelta(minutes=int(minute)) for minute in numbers]
    return what, named(table.with_column(cells).findings(), rule)


def shifted(table: Table, generator: np.random.Generator, strength: int) -> tuple[str, bool]:
    """Shift one column of one half: by half a standard deviation, twice the scale, other shares, or missing cells."""
    first, second = halves(table, generator)
    schema = infer_schema(table.frame)
    of = {kind: [c.name for c in schema.used if c.kind == kind] for kind in ("numerical", "categorical", "boolean")}
    spread = [name for name in of["numerical"] if table.frame[name].n_unique() > MOST_DISTINCT_OF_FEW]
    words = [name for name in of["categorical"] if largest_share(table.frame[name]) > 0.4]
    kinds = ["missing"] + ["moved", "stretched"] * bool(spread) + ["shares"] * bool(words)
    kind = kinds[strength % len(kinds)]
    known = [column.name for column in schema.used if table.frame[column.name].null_count() < len(table.codes) / 4]
    name = str(generator.choice({"shares": words, "missing": known}.get(kind, spread)))
    cells = second[name]
    touched = generator.random(len(cells))
    if kind in ("moved", "stretched"):
        values = cells.cast(pl.Float64)
        deviation = float(table.frame[name].cast(pl.Float64).std())
        middle = float(values.mean())
        cells = values + deviation / 2 if kind == "moved" else (values - middle) * 2 + middle
    elif kind == "shares":
        counts = cells.value_counts(sort=True)[name].drop_nulls().to_list()
        words_now = cells.cast(pl.String)
        change = pl.Series((words_now == str(counts[0])).fill_null(value=False).to_numpy() & (touched < 0.5))
        cells = pl.select(pl.when(change).then(pl.lit(str(counts[1]))).otherwise(words_now)).to_series()
    else:
        cells = pl.select(pl.when(pl.Series(touched < 0.15)).then(None).otherwise(cells)).to_series()
    found = compare_tables(schema, first, second.with_columns(cells.alias(name)), seed=int(generator.integers(1 << 30)))
    return kind, found.verdict == "differ" and name in {column.name for column in found.columns}


MOST_DISTINCT_OF_FEW = 20


def largest_share(cells: pl.Series) -> float:
    """Return the share of the most frequent value, 0 if there is only one value."""
    counts = cells.drop_nulls().value_counts(sort=True)["count"]
    return counts[0] / len(cells) if len(counts) > 1 else 0.0


def halves(table: Table, generator: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return two random halves."""
    rows = generator.permutation(len(table.codes))
    return table.frame[rows[: len(rows) // 2]], table.frame[rows[len(rows) // 2 :]]


def _any(table: Table) -> bool:
    """Accept every table."""
    return bool(len(table.codes))


Kinds = dict[str, tuple[Callable[..., tuple[str, bool]], Callable[[Table], bool]]]
KINDS: Kinds = {
    "target copies": (copies, _any),
    "noisy encodings": (noisy, lambda table: table.honest_auc <= 0.95),
    "means of the target": (means, lambda table: len(table.codes) >= 200),
    "repeated rows": (duplicates, _any),
    "identifiers": (ids, _any),
    "shifted columns": (shifted, lambda table: len(table.codes) >= 600),
}


FAINT: Kinds = {"fainter": (faint, lambda table: table.honest_auc <= 0.95)}


def plantings(tables: list[Table], seed: int, kinds: Kinds) -> Iterator[tuple[str, str, str, bool]]:
    """Yield every planting: kind, strength, table, and whether it is found."""
    for place, (kind, (plant, suits)) in enumerate(kinds.items()):
        generator = np.random.default_rng([seed, place])
        n = PER_KIND // 2 if kind in ("noisy encodings", "means of the target") else PER_KIND
        suitable = [table for table in tables if suits(table)]
        for strength in range(n):
            table = suitable[int(generator.integers(len(suitable)))]
            what, found = plant(table, generator, strength)
            yield kind, what, table.name, found


def main() -> None:
    """Plant faults, run the audit and print the results."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tables", choices=["odd", "even", "all"], default="all", help="by position in sorted order")
    parser.add_argument("--repeats", type=int, default=1, help="halves of each table, and rounds of 100 plantings")
    parser.add_argument("--only", choices=["plantings", "faint", "untouched", "halves"])
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    step = {"odd": slice(1, None, 2), "even": slice(0, None, 2), "all": slice(None)}[arguments.tables]
    whole = [read(path) for path in sorted(arguments.folder.glob("*.parquet"))[step]]
    generator = np.random.default_rng(arguments.seed)
    tables = [cut(table, generator) for table in whole]
    if arguments.only in (None, "plantings"):
        report_plantings(tables, arguments.seed, arguments.repeats, KINDS)
    if arguments.only in (None, "faint"):
        report_plantings(tables, arguments.seed, arguments.repeats, FAINT)
    if arguments.only in (None, "untouched"):
        report_untouched(whole)
    if arguments.only in (None, "halves"):
        report_halves(tables, arguments.seed, arguments.repeats)


def report_plantings(tables: list[Table], seed: int, repeats: int, kinds: Kinds) -> None:
    """Print recall by kind and strength, and the misses."""
    done = [planting for repeat in range(repeats) for planting in plantings(tables, seed + repeat, kinds)]
    print("| kind | strength | plantings | found |\n|---|---|---|---|")
    for kind in kinds:
        of_kind = [planting for planting in done if planting[0] == kind]
        for what in sorted({planting[1] for planting in of_kind}):
            hits = [found for _, strength, _, found in of_kind if strength == what]
            print(f"| | {what} | {len(hits)} | {sum(hits)} |")
        hits = [found for *_, found in of_kind]
        print(f"| **{kind}** | all | {len(hits)} | {sum(hits)} ({np.mean(hits):.0%}) |")
    print(f"| **all** | | {len(done)} | {np.mean([found for *_, found in done]):.1%} |\n\nmisses:")
    for kind, what, name, found in done:
        if not found:
            print(f"- {kind}, {what}: {name}")


def report_untouched(tables: list[Table]) -> None:
    """Print leaks and warnings in unchanged tables."""
    print("\nunchanged tables:")
    for table in tables:
        for finding in table.findings():
            if finding.severity != "note" or finding.rule in ("renamed", "duplicates", "identifier"):
                print(f"- {table.name}: {finding.severity}, {finding.rule}: {finding}")


def report_halves(tables: list[Table], seed: int, repeats: int) -> None:
    """Print how often random halves differ."""
    verdicts = []
    for repeat in range(repeats):
        for place, table in enumerate(tables):
            generator = np.random.default_rng([seed, repeat, place])
            found = compare_tables(infer_schema(table.frame), *halves(table, generator), seed=seed)
            verdicts.append(found.verdict)
            if found.verdict == "differ":
                print(f"- halves of {table.name}: {found}")
    print("\nhalves:", {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))})


if __name__ == "__main__":
    main()
