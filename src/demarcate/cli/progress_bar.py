"""Progress on standard error while networks train, or rows are read: a bar on a terminal, elsewhere lines."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from demarcate.cli.console import terminal_stderr
from demarcate.cli.progress_lines import epoch_notices, progress_lines

if TYPE_CHECKING:
    from demarcate.engine import OnEpoch, Progress

Update = Callable[..., None]
"""Changes what is shown: ``state`` in words, and ``completed`` of ``total``."""


@contextmanager
def training_progress(*, quiet: bool, every: int | None = None) -> "Iterator[OnEpoch | None]":
    """Yield a callback that shows epoch, loss and time left, or lines of each n-th epoch; None when quiet."""
    if every and not quiet:
        yield epoch_notices(every)
        return
    with _shown("training", None, quiet=quiet) as update:
        done: dict[int, float] = {}
        yield (lambda progress: _show_epoch(update, done, progress)) if update else None


@contextmanager
def rows_progress(n_rows: int | None, *, quiet: bool, what: str = "predicting") -> Iterator[Callable[[int], None]]:
    """Yield a callback that shows how many rows of a table are done."""
    of_all = "" if n_rows is None else f" of {n_rows:,}"
    with _shown(what, n_rows, quiet=quiet) as update:
        yield lambda done: update(completed=done, state=f"{done:,}{of_all} rows") if update else None


@contextmanager
def work_progress(what: str, *, quiet: bool) -> Iterator[None]:
    """Show that work goes on of which nothing else is known; not on a terminal, where bars show its parts."""
    if quiet or terminal_stderr() is not None:
        yield
        return
    with progress_lines(what):
        yield


@contextmanager
def _shown(description: str, total: int | None, *, quiet: bool) -> Iterator[Update | None]:
    """Yield a function that changes what is shown; None when quiet."""
    if quiet:
        yield None
        return
    console = terminal_stderr()
    if console is None:
        latest: dict[str, Any] = {"state": ""}
        with progress_lines(description, lambda: str(latest["state"]).replace("  ", ", ")):
            yield latest.update
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    left = TextColumn("{task.fields[left]}")
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[state]}"), left)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(description, total=total, state="", left="")
        yield lambda **changes: bar.update(task, **changes)


def _show_epoch(update: Update, done: dict[int, float], progress: "Progress") -> None:
    """Show all populations as one, which may train side by side and report in turn; ``done`` has their shares."""
    losses = (progress.validation_loss, progress.test_loss, progress.train_loss)
    shown = next((f"{loss:.4f}" for loss in losses if loss is not None), "none")
    networks = f"{progress.n_active}/{progress.n_members} networks"
    which = f" {progress.population}/{progress.n_populations}" if progress.n_populations > 1 else ""
    done[progress.population] = progress.epoch / progress.n_epochs
    update(
        total=progress.n_populations,
        completed=sum(done.values()),
        description=f"training{which}",
        state=f"epoch {progress.epoch}/{progress.n_epochs}  loss {shown}  {networks}",
        left="time left",
    )
