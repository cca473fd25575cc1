"""The commands under one name."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import demarcate
from demarcate.cli.command import Command
from demarcate.cli.commands.audit import audit
from demarcate.cli.commands.diagnose import diagnose
from demarcate.cli.commands.evaluate import evaluate
from demarcate.cli.commands.fit import fit
from demarcate.cli.commands.inspect import inspect
from demarcate.cli.commands.lesson import lesson
from demarcate.cli.commands.plot import plot
from demarcate.cli.commands.predict import predict
from demarcate.cli.commands.report import report
from demarcate.cli.commands.sweep import sweep
from demarcate.cli.error_handling import handle_errors
from demarcate.cli.option_groups import expand_options
from demarcate.cli.plain_values import read_plainly
from demarcate.cli.process import open_standard_streams
from demarcate.cli.repeated_options import UsageProblem
from demarcate.cli.shown_settings import with_shown_settings
from demarcate.formatting import visible

COMMANDS = (fit, predict, evaluate, report, inspect, plot, sweep, diagnose, audit, lesson)


@contextmanager
def _visible_messages() -> Iterator[None]:
    """Make the arguments visible that typer quotes in its own messages."""
    try:
        yield
    except UsageProblem as error:
        error.message = visible(error.message)
        raise


class CommandGroup(TyperGroup):
    """The commands, whose wrong arguments are quoted without ruling the terminal."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Read the arguments before the command's name."""
        with _visible_messages():
            return super().make_context(info_name, args, parent, **extra)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments, without pydantic where they need no conversion."""
        read_plainly(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Read the command's arguments and run it."""
        with _visible_messages():
            return super().invoke(ctx)


app = typer.Typer(
    name="demarcate",
    cls=CommandGroup,
    epilog="Start with: demarcate fit moons --plot moons.png",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def add_command(command: Callable[..., None]) -> None:
    """Add a command under its function's name; its docstring is its help."""
    app.command(cls=Command)(with_shown_settings(handle_errors(expand_options(command))))


for _command in COMMANDS:
    add_command(_command)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"demarcate {demarcate.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Neural-network classifiers that show where they draw the line."""


def run() -> None:
    """Run the command that the arguments name."""
    open_standard_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A character that the stream cannot write is spelled out: no reason to lose a result.
            stream.reconfigure(errors="backslashreplace")
    app()
