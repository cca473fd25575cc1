"""A bar on standard error while networks train, or rows are read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from demarcate.engine import OnEpoch, Progress


@contextmanager
def training_progress(*, quiet: bool) -> "Iterator[OnEpoch | None]":
    """A callback that draws epoch, loss and time left; None when quiet, or where nobody would see a bar."""
    console = None if quiet else _terminal()
    if console is None:
        yield None
        return
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[state]}"), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("training", state="", total=None)
        done: dict[int, float] = {}

        def on_epoch(progress: "Progress") -> None:
            loss = progress.train_loss if progress.validation_loss is None else progress.validation_loss
            shown = "none" if loss is None else f"{loss:.4f}"
            networks = f"{progress.n_active}/{progress.n_members} networks"
            which = f" {progress.population}/{progress.n_populations}" if progress.n_populations > 1 else ""
            # One bar for all: populations may train side by side, and each is told of in its turn.
            done[progress.population] = progress.epoch / progress.n_epochs
            bar.update(
                task,
                total=progress.n_populations,
                completed=sum(done.values()),
                description=f"training{which}",
                state=f"epoch {progress.epoch}/{progress.n_epochs}  loss {shown}  {networks}  time left",
            )

        yield on_epoch


@contextmanager
def rows_progress(n_rows: int | None, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A callback that draws how many rows of a table are done."""
    console = None if quiet else _terminal()
    if console is None:
        yield lambda _: None
        return
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), TextColumn("{task.fields[state]}"), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("rows", state="", total=n_rows)
        of_all = "" if n_rows is None else f" of {n_rows:,}"
        yield lambda done: bar.update(task, completed=done, state=f"{done:,}{of_all} rows")


def _terminal() -> "Console | None":
    """Standard error, if it is a terminal; elsewhere even a bar that is switched off may end with an empty line."""
    from rich.console import Console

    console = Console(stderr=True)
    return console if console.is_terminal else None
