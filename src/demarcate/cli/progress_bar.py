"""A progress bar on standard error while networks train, or rows are read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from demarcate.cli.console import terminal_stderr

if TYPE_CHECKING:
    from demarcate.engine import OnEpoch, Progress


@contextmanager
def training_progress(*, quiet: bool) -> "Iterator[OnEpoch | None]":
    """Yield a callback that draws epoch, loss and time left; None when quiet or without a terminal."""
    console = None if quiet else terminal_stderr()
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
            # One bar for all: populations may train side by side and report in turn.
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
    """Yield a callback that draws how many rows of a table are done."""
    console = None if quiet else terminal_stderr()
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
