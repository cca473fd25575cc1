"""The one way of every line to a person: standard error through `notify`, standard output through the others."""

import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from demarcate.cli.word_wrap import column_widths, terminal_width, wrap_line
from demarcate.formatting import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Cell = str | tuple[str, str]
"""The text of a table's cell, or the text and its style."""

NARROW = 60
"""Columns of a terminal below which a table that does not fit is no table any more."""


def notify(*lines: str) -> None:
    """Write lines to standard error; a stream that is closed or full is no reason to lose a command's result."""
    if sys.stderr is not None:
        with suppress(OSError):
            width = terminal_width(sys.stderr)
            shown = [part for line in map(visible, lines) for part in (wrap_line(line, width) if width else [line])]
            print("\n".join(shown), file=sys.stderr, flush=True)


def print_lines(*lines: str, style: str = "", indent: int | None = None, wraps: bool = True) -> None:
    """Print lines on standard output, each as one line; a terminal breaks them between words.

    ``indent`` is that of what follows a break, and without ``wraps`` the terminal breaks lines where it likes.
    """
    console = _stdout()
    for line in map(visible, lines):
        for part in wrap_line(line, console.width, indent) if wraps and console.is_terminal else [line]:
            console.print(_text((part, style)), soft_wrap=True)


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    right: Sequence[str] = (),
    max_rows: int | None = None,
    pad: int = 1,
) -> None:
    """Print an open table under its title; the columns named in ``right`` are aligned to the right.

    Where it would break words, or be wider than a narrow terminal, each of its rows is a block of lines.
    """
    from rich import box
    from rich.table import Table

    print_lines(title, style="bold")
    console = _stdout()
    if not rows:
        console.print("")
        return
    lines = [[visible(_words(cell)) for cell in row] for row in [columns, *rows[:max_rows]]]
    # Beside the cells: the table's edges, the dividers, and the padding but for that of the edges.
    room = console.width - (len(columns) + 1) - (len(columns) - 1) * (1 + pad)
    widths = column_widths(lines, room, narrow=console.width < NARROW)
    more = [f"and {len(rows) - max_rows} more"] if max_rows is not None and len(rows) > max_rows else []
    if widths is None:
        _print_blocks(columns, rows[:max_rows])
        print_lines(*more, "")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, pad))
    for column, width in zip(columns, widths, strict=True):
        table.add_column(_fitted(column, width), justify="right" if column in right else "left", overflow="fold")
    for row in rows[:max_rows]:
        table.add_row(*map(_fitted, row, widths))
    if more:
        table.add_row(*more)
    console.print(table)


def _print_blocks(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Print a line for each cell that holds something, below the first cell of its row."""
    width = max((len(visible(column)) for column in columns[1:]), default=0)
    for first, *others in rows:
        print_lines(_words(first), style="bold" if isinstance(first, str) else first[1])
        for column, cell in zip(columns[1:], others, strict=False):
            if _words(cell):
                head = f"  {visible(column):{width}}  " if column else "  "
                print_lines(f"{head}{_words(cell)}", indent=len(head))


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


def _fitted(cell: Cell, width: int) -> "Text":
    """Return a cell broken between words."""
    from rich.text import Text

    text, style = (cell, "") if isinstance(cell, str) else cell
    return Text("\n".join(wrap_line(visible(text), width)), style=style)


def _words(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell[0]


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
