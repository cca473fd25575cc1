"""The share of planted subjects that the data check of groups finds, and its findings in unchanged tables.

``python benchmarks/trust/group_plantings.py FOLDER [--seed 100] [--tables even]`` turns rows of random tables into
subjects with several noisy rows each, in 60 tables: 12 of each of five kinds, which name the subjects by text, by ids
with a counter, by whole numbers, by nothing but the order of the rows, or by constant columns together. Half of the
tables are generated, half are Parquet files of the folder (target column ``target``). It prints the recall of each kind
and the misses, then all findings in the unchanged tables.
"""

import argparse
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from demarcate.checks import Finding
from demarcate.checks.subject_rows import subject_rows
from demarcate.checks.table_view import TableView
from demarcate.tabular import as_frame, encode_labels, infer_schema

KINDS = ("text", "counter", "number", "runs", "combination")
PER_KIND = 12
GROUPED = {"autos", "cylinder_bands", "eucalyptus", "hotel_bookings", "vowel"}
"""Tables that have groups of their own."""
NOISES, NOISES_OF_RUNS = (0.1, 0.4, 1.0), (0.1, 0.2)
"""Standard deviations of a subject's rows, in those of the table: 0.4 leaves rows an intraclass correlation of 0.86,
1.0 one of 0.5. Runs are of near-equal rows."""


@dataclass(frozen=True, eq=False)
class Planted:
    """A table with subjects, how it was made, and the columns that name or give them away."""

    frame: pl.DataFrame
    labels: np.ndarray
    subject: np.ndarray
    names: frozenset[str]
    recipe: str


def view(frame: pl.DataFrame, labels: object) -> TableView:
    """Return a table as the checks see it."""
    classes, codes = encode_labels(labels)
    schema = infer_schema(frame)
    return TableView(schema, schema.parse(frame), codes, classes, unused_cells=schema.parse_unused(frame))


def bases(folder: Path, which: str, generator: np.random.Generator) -> Iterator[tuple[str, pl.DataFrame, np.ndarray]]:
    """Yield tables of which each row becomes a subject, in turn a generated one and one of the folder."""
    paths = [path for path in sorted(folder.glob("*.parquet")) if path.stem not in GROUPED]
    paths = paths[which == "odd" :: 2]
    while True:
        n_subjects, n_columns = int(generator.integers(25, 160)), int(generator.integers(3, 16))
        numbers = generator.normal(size=(n_subjects, n_columns)) * 10.0 ** generator.integers(-1, 3, n_columns)
        labels = (numbers[:, 0] / numbers[:, 0].std() + generator.normal(size=n_subjects) > 0).astype(int)
        columns = {f"f{index}": numbers[:, index].round(2) for index in range(n_columns)}
        columns |= {"arm": generator.choice(list("abc"), n_subjects)} if generator.random() < 0.5 else {}
        yield f"generated {n_columns}", as_frame(columns), labels
        path = paths[generator.integers(len(paths))]
        whole = as_frame(pl.read_parquet(path))
        rows = generator.permutation(len(whole))[: int(generator.integers(25, 160))]
        part = whole[np.sort(rows)]
        if part["target"].n_unique() < 2:
            continue
        yield path.stem, part.drop("target"), part["target"].to_numpy()


def sizes(n_subjects: int, generator: np.random.Generator) -> tuple[np.ndarray, str]:
    """Return the rows of each subject: equally many, about equally many, or very different numbers."""
    how = generator.choice(["even", "poisson", "geometric"])
    mean = int(generator.integers(3, 12))
    if how == "even":
        return np.full(n_subjects, mean), f"{mean} rows each"
    drawn = (
        generator.poisson(mean - 1, n_subjects) if how == "poisson" else generator.geometric(1 / mean, n_subjects) - 1
    )
    return 1 + drawn, f"{how} of mean {mean}"


def repeated(frame: pl.DataFrame, subject: np.ndarray, noise: float, generator: np.random.Generator) -> pl.DataFrame:
    """Return the rows of subjects, each number with noise and some categories changed."""
    columns = []
    for column in frame.get_columns():
        cells = column[subject]
        if column.dtype.is_numeric():
            spread = float(column.std() or 0) * noise
            moved = cells.cast(pl.Float64) + spread * generator.normal(size=len(subject))
            decimals = 0 if column.dtype.is_integer() or (column.drop_nulls() % 1 == 0).all() else 3
            columns.append(moved.round(decimals))
        else:
            other = column[generator.integers(len(column), size=len(subject))]
            columns.append(cells.zip_with(pl.Series(generator.random(len(subject)) > noise / 3), other))
    return pl.DataFrame([cells.alias(name) for cells, name in zip(columns, frame.columns, strict=True)])


def plant(kind: str, base: tuple[str, pl.DataFrame, np.ndarray], generator: np.random.Generator) -> Planted:
    """Plant subjects of a kind."""
    name, frame, of_subject = base
    rows_each, sizes_in_words = sizes(len(frame), generator)
    noise = float(generator.choice(NOISES_OF_RUNS if kind == "runs" else NOISES))
    subject = np.repeat(np.arange(len(frame)), rows_each)
    if kind != "runs":
        subject = generator.permutation(subject)
    X = repeated(frame, subject, noise, generator)
    flipped = generator.random(len(subject)) < generator.choice([0.0, 0.2])
    labels = np.where(flipped, of_subject[generator.integers(len(frame), size=len(subject))], of_subject[subject])
    how, added = _ids(kind, subject, generator)
    recipe = f"{name}: {len(frame)} subjects, {sizes_in_words}, noise {noise}{how}"
    return Planted(
        X.with_columns(pl.Series(key, cells) for key, cells in added.items()), labels, subject, frozenset(added), recipe
    )


def _ids(kind: str, subject: np.ndarray, generator: np.random.Generator) -> tuple[str, dict[str, object]]:
    """Return what names subjects, in words and as columns."""
    n = int(subject.max()) + 1
    if kind == "runs":
        constant = _constant(subject, generator, 2) if generator.random() < 0.5 else {}
        return f", sorted, with {', '.join(constant)}" if constant else ", sorted", constant
    if kind == "combination":
        constant = _constant(subject, generator, int(generator.integers(3, 5)))
        return f", with {', '.join(constant)}", constant
    shuffled = generator.permutation(n)[subject]
    if kind == "number":
        start, step = int(generator.choice([1, 100, 1000, 30_000])), int(generator.choice([1, 1, 7]))
        at_random = np.sort(generator.choice(90_000, n, replace=False)) + 10_000
        numbers = start + step * shuffled if generator.random() < 0.7 else at_random[shuffled]
        name = str(generator.choice(["patient_id", "Subject", "nr", "x7", "v1"]))
        return f", {name} such as {numbers[0]}", {name: numbers}
    forms = [
        [f"PT-{number:04d}" for number in shuffled],
        [f"{number * 7919 % 1_048_576:05x}{number % 16:x}" for number in shuffled + 1000],
        [f"S{number + 1}" for number in shuffled],
        [f"{number + 1:05d}" for number in shuffled],
        [f"site{number % 4}/P{number:03d}" for number in shuffled],
    ]
    ids = forms[generator.integers(len(forms))]
    name = str(generator.choice(["patient", "code", "who", "x7", "Participant ID"]))
    if kind == "counter":
        counter = dict.fromkeys(range(n), 0)
        separator, letters = str(generator.choice(["_", "-", "/", "_v"])), []
        for row, number in enumerate(subject.tolist()):
            counter[number] += 1
            letters.append(f"{ids[row]}{separator}{counter[number]}")
        ids = letters
    return f", {name} such as {ids[0]}", {name: ids}


def _constant(subject: np.ndarray, generator: np.random.Generator, n_columns: int) -> dict[str, object]:
    """Return columns that are the same in all rows of a subject."""
    n = int(subject.max()) + 1
    columns = {
        "age": np.clip(generator.normal(52, 16, n), 18, 95).astype(int),
        "sex": generator.choice(["f", "m"], n),
        "height": generator.normal(171, 10, n).round(),
        "postcode": [
            f"{code:05d}"
            for code in generator.integers(100, 9000, max(3, n // 3))[generator.integers(max(3, n // 3), size=n)]
        ],
    }
    kept = list(columns)[:n_columns]
    return {name: np.asarray(columns[name])[subject] for name in kept}


def is_found(planted: Planted, kind: str, findings: list[Finding]) -> bool:
    """Return whether a finding names the planted columns, or constant ones, or runs where there is nothing else."""
    columns = [set(finding.columns) for finding in findings if finding.columns]
    has_runs = kind == "runs" and any(finding.numbers["kind"] == "runs" for finding in findings)
    if kind in ("runs", "combination"):
        return has_runs or any(_holds_together(planted, names) for names in columns)
    return any(names == planted.names for names in columns)


def _holds_together(planted: Planted, names: set[str]) -> bool:
    """Return whether nine of ten pairs of a subject's rows are in one group of these columns."""
    groups = planted.frame.select(pl.struct(sorted(names)).rank("dense")).to_series()
    pairs = pl.DataFrame({"subject": planted.subject, "group": groups})
    together = (pairs.group_by("subject", "group").len()["len"] ** 2).sum()
    return bool(together >= 0.9 * (pairs.group_by("subject").len()["len"] ** 2).sum())


def main() -> None:
    """Plant subjects, look for them, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--tables", choices=("odd", "even"), default="even")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--plantings-only", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    found = dict.fromkeys(KINDS, 0)
    for seed in range(arguments.seed, arguments.seed + arguments.repeats):
        generator = np.random.default_rng(seed)
        tables = bases(arguments.folder, arguments.tables, generator)
        for kind in KINDS:
            for _ in range(PER_KIND):
                planted = plant(kind, next(tables), generator)
                findings = list(subject_rows(view(planted.frame, planted.labels)))
                if is_found(planted, kind, findings):
                    found[kind] += 1
                else:
                    others = [(*finding.columns, finding.numbers["kind"]) for finding in findings]
                    print(f"missed {kind}: {planted.recipe}; found {others}")
    n = PER_KIND * arguments.repeats
    for kind in KINDS:
        print(f"{kind:12s} {found[kind]:3d} of {n}")
    print(f"{'all':12s} {sum(found.values()):3d} of {n * len(KINDS)}")
    if arguments.plantings_only:
        return
    for path in sorted(arguments.folder.glob("*.parquet")):
        frame = as_frame(pl.read_parquet(path))
        table = view(frame.drop("target"), frame["target"])
        start = time.process_time()
        findings = list(subject_rows(table))
        seconds = time.process_time() - start
        print(f"{path.stem:18s} {len(frame):7,d} x {frame.width - 1:<3d} {seconds:5.2f} s  {'' if findings else '-'}")
        for finding in findings:
            print(f"    {finding}")


if __name__ == "__main__":
    main()
