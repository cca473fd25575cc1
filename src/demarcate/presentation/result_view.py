"""What a person sees of a result: a title, sentences and tables, as text and as HTML for a notebook.

The HTML carries its style in attributes, so nothing of it reaches the page around it, and takes its colours from that
page: it is right on light and on dark.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from demarcate.formatting import aligned, visible

MAX_ROWS = 60
"""Rows of a table that are shown."""
_LINE = "1px solid rgba(128, 128, 128, 0.4)"
_OUTER = "overflow-x: auto; font-variant-numeric: tabular-nums; line-height: 1.4"
_TABLE = "border-collapse: collapse; border: none; margin: 0.5em 0; table-layout: auto"
_CAPTION = "caption-side: top; text-align: left; padding: 0.2em 0; color: inherit; white-space: nowrap"
_CELL = "padding: 0.2em 0.9em 0.2em 0; border: none; color: inherit; background: none; vertical-align: baseline"


@dataclass(frozen=True)
class ResultTable:
    """A table of texts.

    Attributes
    ----------
    headings, rows
        The text of each column's heading, and of the cells of each row.
    caption
        What the table shows.
    marked
        Numbers of the rows that stand out, from 0.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    marked: frozenset[int] = frozenset()

    def to_text(self) -> str:
        """Return the table as lines with aligned columns."""
        shown = [[visible(cell) for cell in row] for row in (self.headings, *self.rows[:MAX_ROWS])]
        return "\n".join([*([self.caption, ""] if self.caption else []), *aligned(shown), *self._rest()])

    def to_html(self) -> str:
        """Return the table as HTML."""
        places = range(len(self.headings))
        sides = ["right" if all(_is_number(row[place]) for row in self.rows) else "left" for place in places]
        caption = f'<caption style="{_CAPTION}">{_html(self.caption)}</caption>' if self.caption else ""
        heads = "".join(
            f'<th scope="col" style="{_CELL}; border-bottom: {_LINE}; text-align: {side}; font-weight: 600">'
            f"{_html(text)}</th>"
            for text, side in zip(self.headings, sides, strict=True)
        )
        rows = "".join(self._row(place, row, sides) for place, row in enumerate(self.rows[:MAX_ROWS]))
        rest = "".join(f'<p style="margin: 0.2em 0">{_html(line)}</p>' for line in self._rest())
        return (
            f'<table style="{_TABLE}">{caption}<thead><tr style="background: none">{heads}</tr></thead>'
            f"<tbody>{rows}</tbody></table>{rest}"
        )

    def _row(self, place: int, row: Sequence[str], sides: Sequence[str]) -> str:
        weight = "; font-weight: 600" if place in self.marked else ""
        cells = "".join(
            f'<td style="{_CELL}; text-align: {side}{weight}">{_html(cell)}</td>'
            for cell, side in zip(row, sides, strict=True)
        )
        return f'<tr style="background: none">{cells}</tr>'

    def _rest(self) -> list[str]:
        n_more = len(self.rows) - MAX_ROWS
        return [f"and {n_more:,} more"] if n_more > 0 else []


@dataclass(frozen=True)
class ResultView:
    """A title, sentences and tables.

    Attributes
    ----------
    title
        What the result is, in a line.
    lines
        Sentences below it.
    tables
        The tables after them.
    notes
        Sentences below the tables.

    Examples
    --------
    >>> view = ResultView("Two networks", tables=(ResultTable(("", "accuracy"), [("tiny", "0.84"), ("big", "0.91")]),))
    >>> print(view.to_text())
    Two networks
    <BLANKLINE>
          accuracy
    tiny  0.84
    big   0.91
    """

    title: str
    lines: Sequence[str] = ()
    tables: Sequence[ResultTable] = ()
    notes: Sequence[str] = ()

    def to_text(self) -> str:
        """Return everything as text."""
        parts = [
            "\n".join(visible(line) for line in (self.title, *self.lines)),
            *(table.to_text() for table in self.tables),
            "\n".join(map(visible, self.notes)),
        ]
        return "\n\n".join(filter(None, parts))

    def to_html(self) -> str:
        """Return everything as HTML, every text escaped."""
        lines = [f'<p style="margin: 0.2em 0"><strong>{_html(self.title)}</strong></p>']
        lines += [f'<p style="margin: 0.2em 0">{_html(line)}</p>' for line in self.lines]
        notes = [f'<p style="margin: 0.2em 0">{_html(line)}</p>' for line in self.notes]
        tables = [table.to_html() for table in self.tables]
        return f'<div style="{_OUTER}">{"".join([*lines, *tables, *notes])}</div>'


class ShownAsHtml:
    """A result that a notebook shows as HTML, from the view that its class makes of it."""

    def view(self) -> ResultView:
        """Return what a person sees of it."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return self.view().to_html()


def _html(text: str) -> str:
    return escape(visible(text))


def _is_number(text: str) -> bool:
    """Tell whether a cell is a number, or has none: such columns are aligned on the right."""
    try:
        float(text.replace(",", "").rstrip("%") or "0")
    except ValueError:
        return text == "-"
    return True
