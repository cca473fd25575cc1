"""Tables of results, for a terminal and for Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

NARROWEST = 120
"""The width of output without a terminal, such as a file."""


@dataclass(frozen=True)
class Grid:
    """Rows of text under a heading.

    Attributes
    ----------
    title
        What the rows say.
    header
        The columns' names.
    rows
        As many cells each as the header has.
    notes
        What has to be known to read them.
    n_text
        How many columns are text; the others hold numbers.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    n_text: int = 1

    @property
    def markdown(self) -> str:
        """Return the table as a Markdown section."""
        ruler = ["---"] * self.n_text + ["---:"] * (len(self.header) - self.n_text)
        lines = [f"| {' | '.join(cells)} |" for cells in (self.header, ruler, *self.rows)]
        return "\n".join([f"### {self.title}", "", *lines, *[f"\n{note}" for note in self.notes]])


def show(grids: Sequence[Grid]) -> None:
    """Print tables."""
    console = Console(width=max(Console().width, NARROWEST))
    for grid in grids:
        table = RichTable(title=grid.title, title_justify="left", min_width=len(grid.title))
        for place, name in enumerate(grid.header):
            table.add_column(name, justify="left" if place < grid.n_text else "right")
        for row in grid.rows:
            table.add_row(*map(Text, row))
        console.print(table, *[Text(note) for note in grid.notes], "", sep="\n")


def write(grids: Sequence[Grid], path: Path) -> None:
    """Write tables to a Markdown file."""
    path.write_text("\n\n".join(grid.markdown for grid in grids) + "\n", encoding="utf-8")


def listed(names: Sequence[str]) -> str:
    """Return names as a list in a sentence."""
    return ", ".join(names) or "none"
