"""The commands under one name."""

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import demarcate
from demarcate.cli.command import Command
from demarcate.cli.command_list import COMMANDS, as_command, command_named
from demarcate.cli.plain_values import read_plainly
from demarcate.cli.process import open_standard_streams
from demarcate.cli.repeated_options import UsageProblem
from demarcate.formatting import visible


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


_app = typer.Typer(
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
    _app.command(cls=Command)(as_command(command))


@cache
def _add_named(name: str) -> None:
    _app.command(cls=Command)(command_named(name))


def _app_for(arguments: Sequence[str]) -> typer.Typer:
    """Return the app with the command that the first argument names, or with all where it names none."""
    # Building the options of one command takes as long as many a command has.
    for name in arguments[:1] if arguments[:1] and arguments[0] in COMMANDS else COMMANDS:
        _add_named(name)
    return _app


def __getattr__(name: str) -> Any:
    if name == "app":
        return _app_for(())
    raise AttributeError(f"module 'demarcate.cli.app' has no attribute {name!r}")


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"demarcate {demarcate.__version__}")
        raise typer.Exit


@_app.callback()
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
    _app_for(sys.argv[1:])()
