"""Files that commands write: refused before the work, and written in the format their name ends in."""

from __future__ import annotations

import io
from collections.abc import Callable
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from demarcate.cli.console import notify
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import output_files
from demarcate.io.atomic import check_writable, write_atomically

if TYPE_CHECKING:
    import polars as pl

_TABLE_WRITERS: dict[str, Callable[[pl.DataFrame, IO[bytes], bool], None]] = {
    ".csv": lambda frame, file, is_first: frame.write_csv(file, include_header=is_first),
    ".tsv": lambda frame, file, is_first: frame.write_csv(file, include_header=is_first, separator="\t"),
    ".parquet": lambda frame, file, _: frame.write_parquet(file),
    ".jsonl": lambda frame, file, _: frame.write_ndjson(file),
}
SUFFIXES: dict[str, tuple[str, ...]] = {
    "model": (),
    "page": (".html", ".htm"),
    "picture": (".png", ".svg", ".pdf"),
    "table": tuple(_TABLE_WRITERS),
    "recording": (".gz", ".html", ".htm"),
    "export": (),
}
"""The endings that the name of a file may have by the file's kind; a model's may have any, an export's its format's."""
_WRITTEN = {
    "model": "Saved",
    "page": "Reported",
    "picture": "Drawn",
    "table": "Table saved",
    "recording": "Recorded",
    "export": "Exported",
}


def check_outputs(files: object, *inputs: str, check: Callable[[str], None] = check_writable) -> None:
    """Refuse the output files that a group of options names, or folders by their check, before the work."""
    paths: dict[str, str] = {}
    for flag, path, file in output_files(files):
        if not path.strip():
            raise UsageError(f"{flag} is empty", "Name a file, or leave the option out")
        paths[flag] = path
        suffixes = SUFFIXES[file.kind]
        if suffixes and Path(path).suffix.lower() not in suffixes:
            raise UsageError(
                f"{flag} is {path!r}", f"Give the {file.kind} a name that ends in one of {', '.join(suffixes)}"
            )
        if file.kind == "picture" and find_spec("matplotlib") is None:
            raise UsageError("Pictures need matplotlib, which is not installed", "python -m pip install matplotlib")
        check(path)
        if any(_is_same_file(path, source) for source in inputs):
            raise UsageError(f"{flag} {path} is a file that this command reads", "Give the result another name")
    for one, other in combinations(paths, 2):
        if Path(paths[one]).resolve() == Path(paths[other]).resolve():
            raise UsageError(f"{one} and {other} both name {paths[one]!r}", "Give them two names")


def _is_same_file(path: str, source: str) -> bool:
    if not (Path(path).exists() and Path(source).exists() and Path(path).samefile(source)):
        return False
    from demarcate.datasets import BUILT_IN

    return source not in BUILT_IN


def report_files(files: object, sha256: str | None = None) -> None:
    """Report the files that a group of options names, once they are written."""
    for _, path, file in output_files(files):
        digest = f", SHA-256 {sha256}" if file.kind == "model" else ""
        notify(f"{_WRITTEN[file.kind]} to {path}{digest}")


def write_table(out: str, frame: pl.DataFrame) -> None:
    """Write a table to a file of the format its name ends in, whole or not at all."""
    buffer = io.BytesIO()
    append_table(out, frame, buffer, first=True)
    write_atomically(out, buffer.getvalue())


def append_table(out: str, frame: pl.DataFrame, file: IO[bytes], *, first: bool) -> None:
    """Write rows to an open file in the format that the name ``out`` ends in; the first rows with a header."""
    _TABLE_WRITERS[Path(out).suffix.lower()](frame, file, first)


def is_text(out: str) -> bool:
    """Return whether a table of this name is text, to which rows can be appended."""
    return Path(out).suffix.lower() != ".parquet"


def write_picture(out: str, draw: Callable[[], Any]) -> None:
    """Write the picture of the display that ``draw`` makes, without a window, whole or not at all."""
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    kind = Path(out).suffix.lower().removeprefix(".")
    # The same picture is the same file, whenever it is drawn.
    undated = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[kind]
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "demarcate"}):
        figure = draw().figure_
        try:
            figure.savefig(buffer, format=kind, metadata=undated)
        finally:
            plt.close(figure)
    write_atomically(out, buffer.getvalue())
