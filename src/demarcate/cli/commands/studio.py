"""``demarcate studio``: networks that draw their line as they train, in the browser."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demarcate.cli import process
from demarcate.cli.completion import complete_columns, complete_table
from demarcate.cli.console import notify, print_lines
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import OutputFile, argument, option

if TYPE_CHECKING:
    from demarcate.studio.session import Session
    from demarcate.studio.tables import Tables

NEEDED = ("starlette", "uvicorn", "websockets")
"""The packages that only the studio's server needs."""


@dataclass(frozen=True, kw_only=True)
class StudioOptions:
    """What the page begins with."""

    table: str | None = argument(
        "What the page begins with: a CSV, TSV, Parquet, Arrow or JSON lines file, an http(s) address, a built-in data "
        "set, a model file, or a recording. [default: moons]",
        "TABLE",
        default=None,
        complete=complete_table,
    )
    target: str | None = option("Column to predict.", "--target", "-t", complete=complete_columns)
    categorical: list[str] | None = option(
        "Columns to read as categories: a,b, or repeat the option.", metavar="COLUMNS", complete=complete_columns
    )
    drop: list[str] | None = option("Columns to leave out.", metavar="COLUMNS", complete=complete_columns)


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """Where the page is served."""

    browser: bool = option(
        "Open the page in a browser, or only print its address.", "--browser/--no-browser", default=True
    )
    port: int | None = option("Port of the page; the next free one if it is taken. [default: 8642]")
    host: str = option("Address to serve on. Any but this machine's own lets others in.", default="127.0.0.1")


@dataclass(frozen=True, kw_only=True)
class StudioFiles:
    """What is recorded in place of a page that is served."""

    record: str | None = option(
        "Open no page: train, and write what a page would have shown to this .json.gz file, or to an .html page.",
        "--record",
        metavar="FILE",
        marker=OutputFile("recording"),
    )


def studio(source: StudioOptions, server: ServerOptions, files: StudioFiles) -> None:
    """Open a page on which networks draw their line as they train.

    Data, networks and training can be changed at any moment, and model, report, picture and code be taken away. The
    page is served by this machine and asks no other for anything. Ctrl-C ends it.
    """
    from demarcate.errors import InputError
    from demarcate.studio.placed_problem import StudioError

    try:
        if files.record is None:
            _serve(source, server)
        else:
            _record(source, files)
    except StudioError as error:
        raise InputError([each.problem for each in error.problems]) from error


def _serve(source: StudioOptions, server: ServerOptions) -> None:
    if any(find_spec(name) is None for name in NEEDED):
        raise UsageError("The studio needs packages that are not installed", "pip install 'demarcate[studio]'")
    if server.port is not None and not 0 <= server.port <= 65_535:
        raise UsageError(f"--port is {server.port}", "Give a number from 0 to 65535; 0 is any free port")
    from demarcate.studio.launch import run_studio

    page, tables, state = None, None, None
    if source.table is not None and Path(source.table).is_file() and _is_recording(source.table):
        page = _recorded_page(source.table)
    elif source.table is not None:
        tables, state = _opening(source)

    def open_session(session_id: str) -> "Session":
        from demarcate.studio.session import Session

        return Session(None, session_id, state=state, tables=None if tables is None else tables.copy())

    def announce(address: str) -> None:
        print_lines(address, wraps=False)
        notify("The studio is open. Ctrl-C closes it.")

    where: dict[str, Any] = {"host": server.host, "port": server.port, "opens_browser": server.browser}
    run_studio(open_session, **where, announce=announce, notify=notify, page=page)
    notify("The studio is closed.")
    process.end_without_cleanup(0)


def _record(source: StudioOptions, files: StudioFiles) -> None:
    from demarcate.cli.outputs import check_outputs, report_files

    check_outputs(files, source.table or "")
    from demarcate.studio.recorder import record_state

    tables, state = _opening(source)
    record_state(state, tables).save(str(files.record))
    report_files(files)


def _opening(source: StudioOptions) -> "tuple[Tables, dict[str, Any]]":
    """Return the tables and the state that a page begins with."""
    from demarcate.cli.options import column_names
    from demarcate.datasets import BUILT_IN
    from demarcate.studio.first_states import PRESETS
    from demarcate.studio.opening import opening_state
    from demarcate.studio.tables import Tables

    tables, presets = Tables(), {name: state for name, _, state in PRESETS}
    begin = presets[source.table] if source.table and source.table in BUILT_IN else PRESETS[0][2]
    state = opening_state(begin, tables, source.table, target=source.target)
    for name in ("categorical", "drop"):
        if named := getattr(source, name):
            columns = [column["name"] for facts in tables.facts() for column in facts["columns"]]
            state["data"][name] = column_names(named, columns)
    return tables, state


def _is_recording(path: str) -> bool:
    from demarcate.studio.recording import is_recording

    return is_recording(path)


def _recorded_page(path: str) -> bytes:
    from demarcate.studio.recording import Recording

    return Recording.load(path).to_html().encode()
