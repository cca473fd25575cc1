"""``demarcate studio``: networks that draw their line as they train, in the browser."""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from demarcate.cli.completion import complete_columns, complete_table
from demarcate.cli.console import notify, print_lines
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import argument, option

if TYPE_CHECKING:
    from demarcate.studio.session import Session

NEEDED = ("starlette", "uvicorn", "websockets")
"""The packages that only the studio's server needs."""


@dataclass(frozen=True, kw_only=True)
class StudioOptions:
    """What the page begins with."""

    table: str | None = argument(
        "A table, a built-in data set, or a model file to begin with. [default: moons]",
        "[TABLE]",
        default=None,
        complete=complete_table,
    )
    target: str | None = option("Column to predict.", "--target", "-t", complete=complete_columns)


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """Where the page is served."""

    browser: bool = option(
        "Open the page in a browser, or only print its address.", "--browser/--no-browser", default=True
    )
    port: int | None = option("Port of the page; the next free one if it is taken. [default: 8642]")
    host: str = option(
        "Address to serve on. Another than this machine's own lets others in who know the printed address.",
        default="127.0.0.1",
    )


def studio(_source: StudioOptions, server: ServerOptions) -> None:
    """Open a page on which networks draw their line as they train.

    The page is served by this machine and stays on it. Ctrl-C ends it.
    """
    if any(find_spec(name) is None for name in NEEDED):
        raise UsageError("The studio needs packages that are not installed", "pip install 'demarcate[studio]'")
    if server.port is not None and not 0 <= server.port <= 65_535:
        raise UsageError(f"--port is {server.port}", "Give a number from 0 to 65535; 0 is any free port")
    from demarcate.studio.launch import run_studio

    run_studio(_open_session, host=server.host, port=server.port, opens_browser=server.browser, report=_report)
    notify("The studio is closed.")


def _open_session(session_id: str) -> "Session":
    from demarcate.studio.session import Session

    return Session(None, session_id)


def _report(line: str) -> None:
    print_lines(line, wraps=False)
