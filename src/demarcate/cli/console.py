"""The one way of every line to a person: standard error through `notify`, standard output through the others."""

import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from demarcate.formatting import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Cell = str | tuple[str, str]
"""The text of a table's cell, or the text and its style."""


def notify(*lines: str) -> None:
    """Write lines to standard error; a stream that is closed or full is no reason to lose a command's result."""
    if sys.stderr is not None:
        with suppress(OSError):
            print("\n".join(map(visible, lines)), file=sys.stderr, flush=True)


def print_lines(*lines: str, style: str = "") -> None:
    """Print lines on standard output, each as one line: wrapping would let a long name begin another."""
    console = _stdout()
    for line in lines:
        console.print(_text((line, style)), soft_wrap=True)


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    right: Sequence[str] = (),
    max_rows: int | None = None,
    pad: int = 1,
) -> None:
    """Print an open table under its title; the columns named in ``right`` are aligned to the right."""
    from rich import box
    from rich.table import Table

    print_lines(title, style="bold")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, pad))
    for column in columns:
        table.add_column(_text(column), justify="right" if column in right else "left", overflow="fold")
    for row in rows[:max_rows]:
        table.add_row(*map(_text, row))
    if max_rows is not None and len(rows) > max_rows:
        table.add_row(f"and {len(rows) - max_rows} more")
    _stdout().print(table if rows else "")


def print_json(document: object) -> None:
    """Print one JSON object on standard output."""
    print(json_text(document))


def json_text(document: object) -> str:
    """Return JSON: exact data, in characters that every terminal shows; dates, times and decimals as text."""
    return json.dumps(document, allow_nan=False, default=_json_value).replace("\x7f", "\\u007f")


def _json_value(value: object) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal | timedelta):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no value of JSON")


def _text(cell: Cell) -> "Text":
    """Return text that rich takes literally: no markup, no emoji codes, no characters that a terminal would obey."""
    from rich.text import Text

    text, style = (cell, "") if isinstance(cell, str) else cell
    return Text(visible(text), style=style)


def _stdout() -> "Console":
    from rich.console import Console

    class StandardOutput(Console):
        """Standard output; the command decides what to do when nobody reads it any more."""

        def on_broken_pipe(self) -> None:
            """Let the error pass."""
            raise  # noqa: PLE0704 - rich calls this while it handles the error

    return StandardOutput(highlight=False, markup=False, emoji=False)


def terminal_stderr() -> "Console | None":
    """Return standard error if it is a terminal; elsewhere even a bar that is off may end with an empty line."""
    from rich.console import Console

    console = Console(stderr=True, markup=False, emoji=False)
    return console if console.is_terminal else None
