"""Pictures written to files: the format is what the name ends in."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from demarcate.bundle import check_writable, write_atomically
from demarcate.cli.guard import UsageError

FORMATS = ("png", "svg", "pdf")


def check_writable_as_picture(out: str) -> None:
    """Refuse a picture before the work, not after it.

    Raises
    ------
    UsageError
        If its name ends in no known format.
    BundleError
        If it could not be written.
    """
    if Path(out).suffix.lower().removeprefix(".") not in FORMATS:
        raise UsageError(f"a picture is a file that ends in .{', .'.join(FORMATS)}: got {out!r}")
    check_writable(out)


def write_picture(out: str, draw: Callable[[], Any]) -> None:
    """Draw without a window, and write what was drawn, whole or not at all.

    Parameters
    ----------
    out
        The file.
    draw
        Makes a display.
    """
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    kind = Path(out).suffix.lower().removeprefix(".")
    # The same picture is the same file, whenever it is drawn.
    undated = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[kind]
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "demarcate"}):
        figure = draw().figure_
        try:
            figure.savefig(buffer, format=kind, metadata=undated)
        finally:
            plt.close(figure)
    write_atomically(out, buffer.getvalue())
