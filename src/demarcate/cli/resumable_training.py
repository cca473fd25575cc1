"""Training that a checkpoint folder lets the same command resume."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demarcate.cli.console import notify
from demarcate.errors import Interrupted

KEPT_WITH = "nothing was written. With --checkpoint FOLDER the same command resumes its training."
"""What an interrupt says where nothing keeps the training."""


@contextmanager
def resumable_training(checkpoint: str | None, *, quiet: bool) -> Iterator[bool]:
    """Report where training resumes, and how to resume it, after Ctrl-C as well as after its end.

    Yields whether it resumes.
    """

    def has_begun() -> bool:
        return checkpoint is not None and (Path(checkpoint) / "manifest.json").exists()

    is_resumed = has_begun()
    if is_resumed and not quiet:
        notify(f"Resuming the training in {checkpoint}.")
    try:
        yield is_resumed
    except KeyboardInterrupt as error:
        if has_begun():
            raise Interrupted(
                f"training so far is saved in {checkpoint}. Repeat the same command to resume it."
            ) from error
        if checkpoint is None:
            raise KeyboardInterrupt(KEPT_WITH) from error
        raise
    if checkpoint is not None and not quiet:
        notify(f"The training stays saved in {checkpoint}: the same command resumes it. Remove the folder to restart.")
