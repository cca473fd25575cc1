"""Options that several commands share, and how their values are read."""

from pathlib import Path
from typing import Annotated

import typer

from demarcate.cli.guard import UsageError, say

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
Model = Annotated[str, typer.Argument(metavar="MODEL", help="A file that 'demarcate fit --out' wrote.")]


def say_where_it_goes_on(checkpoint: str | None, *, quiet: bool) -> None:
    """Tell that training goes on from a folder of checkpoints, if there is something in it."""
    if checkpoint and not quiet and (Path(checkpoint) / "manifest.json").exists():
        say(f"Going on from {checkpoint}.")


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
