"""Options that several commands share, and how their values are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from demarcate.cli.guard import UsageError, say
from demarcate.errors import Interrupted

Table = Annotated[
    str,
    typer.Argument(
        metavar="TABLE",
        help="A CSV, TSV, Parquet, Arrow or JSON lines file, an http(s) address, - for standard input, or a built-in "
        "data set.",
    ),
]
Target = Annotated[str | None, typer.Option("--target", "-t", help="The column to predict.")]
Categorical = Annotated[list[str] | None, typer.Option(help="Columns that are categories (a,b or repeated).")]
Numerical = Annotated[list[str] | None, typer.Option(help="Columns that are numbers.")]
Drop = Annotated[list[str] | None, typer.Option(help="Columns not to use.")]
DropMissingTarget = Annotated[bool, typer.Option("--drop-missing-target", help="Leave out rows that have no target.")]
Seed = Annotated[int, typer.Option(help="Seed of everything random.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output and nothing else there.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no tables; only errors and warnings.")]
Encoding = Annotated[str | None, typer.Option("--encoding", help="Encoding of a text table, for example latin-1.")]
Delimiter = Annotated[
    str | None, typer.Option("--delimiter", help="What separates the cells of a text table: a character, or tab.")
]
Checkpoint = Annotated[
    str | None,
    typer.Option(
        metavar="FOLDER", help="Put training down in this folder now and then; the same command goes on from there."
    ),
]
Cost = Annotated[
    list[str] | None,
    typer.Option(
        metavar="MISTAKE=NUMBER",
        help="What a mistake costs: false_negative=2,false_positive=1 for two classes (the second is positive), "
        "or TRUE:DECIDED=3; repeat it. Others cost 1.",
    ),
]
Abstain = Annotated[
    float | None, typer.Option(help="What it costs not to decide; rows where that is cheapest are left undecided.")
]
Model = Annotated[str, typer.Argument(metavar="MODEL", help="A file that 'demarcate fit --out' wrote.")]


@contextmanager
def put_down_in(checkpoint: str | None, *, quiet: bool) -> Iterator[None]:
    """Tell where training is taken up, and after Ctrl-C that it can be taken up again."""

    def is_begun() -> bool:
        return checkpoint is not None and (Path(checkpoint) / "manifest.json").exists()

    if is_begun() and not quiet:
        say(f"Taking up the training in {checkpoint}.")
    try:
        yield
    except Interrupted:
        raise
    except KeyboardInterrupt as error:
        if is_begun():
            raise Interrupted(
                f"what was trained so far is in {checkpoint}. Begin the same again to go on from there"
            ) from error
        raise


def names(values: list[str] | None) -> list[str]:
    """Column names from a repeatable option whose values may be comma-separated lists.

    Examples
    --------
    >>> names(["sex,cp", "thal"])
    ['sex', 'cp', 'thal']
    """
    return [name.strip() for value in values or () for name in value.split(",") if name.strip()]


def widths(text: str | None) -> tuple[int, ...] | None:
    """Layer widths such as ``16,16``; ``none`` is a linear model.

    Examples
    --------
    >>> widths("16,16"), widths("none"), widths(None)
    ((16, 16), (), None)
    """
    if text is None:
        return None
    if text.strip().lower() in ("none", "0", ""):
        return ()
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--hidden takes widths such as 16,16, or none: got {text!r}") from None
