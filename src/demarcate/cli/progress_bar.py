"""A progress bar on standard error while networks train, or rows are read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from demarcate.cli.console import terminal_stderr

if TYPE_CHECKING:
    from demarcate.engine import OnEpoch, Progress

Update = Callable[..., None]
"""Changes what a bar shows."""


@contextmanager
def training_progress(*, quiet: bool) -> "Iterator[OnEpoch | None]":
    """Yield a callback that draws epoch, loss and time left; None when quiet or without a terminal."""
    with _bar("training", None, quiet=quiet) as update:
        yield partial(_draw_epoch, update, {}) if update else None


@contextmanager
def rows_progress(n_rows: int | None, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Yield a callback that draws how many rows of a table are done."""
    of_all = "" if n_rows is None else f" of {n_rows:,}"
    with _bar("predicting", n_rows, quiet=quiet) as update:
        yield lambda done: update(completed=done, state=f"{done:,}{of_all} rows") if update else None


@contextmanager
def _bar(description: str, total: int | None, *, quiet: bool) -> Iterator[Update | None]:
    """Yield a function that changes a new bar; None when quiet or without a terminal."""
    console = None if quiet else terminal_stderr()
    if console is None:
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[state]}"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        yield partial(bar.update, bar.add_task(description, total=total, state=""))


def _draw_epoch(update: Update, done: dict[int, float], progress: "Progress") -> None:
    """Draw one bar for all populations, which may train side by side and report in turn; ``done`` has their shares."""
    loss = progress.train_loss if progress.validation_loss is None else progress.validation_loss
    shown = "none" if loss is None else f"{loss:.4f}"
    networks = f"{progress.n_active}/{progress.n_members} networks"
    which = f" {progress.population}/{progress.n_populations}" if progress.n_populations > 1 else ""
    done[progress.population] = progress.epoch / progress.n_epochs
    update(
        total=progress.n_populations,
        completed=sum(done.values()),
        description=f"training{which}",
        state=f"epoch {progress.epoch}/{progress.n_epochs}  loss {shown}  {networks}  time left",
    )
