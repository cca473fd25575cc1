"""Training that a checkpoint folder lets the same command resume."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demarcate.cli.console import notify
from demarcate.errors import Interrupted


@contextmanager
def resumable_training(checkpoint: str | None, *, quiet: bool) -> Iterator[None]:
    """Report where training resumes, and how to resume it, after Ctrl-C as well as after its end."""

    def has_begun() -> bool:
        return checkpoint is not None and (Path(checkpoint) / "manifest.json").exists()

    if has_begun() and not quiet:
        notify(f"Resuming the training in {checkpoint}.")
    try:
        yield
    except Interrupted:
        raise
    except KeyboardInterrupt as error:
        if has_begun():
            raise Interrupted(
                f"training so far is saved in {checkpoint}. Repeat the same command to resume it."
            ) from error
        raise
    if checkpoint is not None and not quiet:
        notify(f"The training stays saved in {checkpoint}: the same command resumes it. Remove the folder to restart.")
