"""The commands under one name."""

import io
import sys
from typing import Annotated

import typer

import demarcate
from demarcate.cli.commands.audit import audit
from demarcate.cli.commands.diagnose import diagnose
from demarcate.cli.commands.evaluate import evaluate
from demarcate.cli.commands.fit import fit
from demarcate.cli.commands.inspect import inspect
from demarcate.cli.commands.plot import plot
from demarcate.cli.commands.predict import predict
from demarcate.cli.commands.report import report
from demarcate.cli.commands.sweep import sweep
from demarcate.cli.error_handling import guarded
from demarcate.cli.process import open_standard_streams

app = typer.Typer(
    name="demarcate",
    help="Neural-network classifiers that show where they draw the line.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (fit, predict, evaluate, report, inspect, plot, sweep, diagnose, audit):
    app.command()(guarded(command))


def _print_version(asked: bool) -> None:
    if asked:
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
            # A character that the stream cannot write is spelt out: no reason to lose what was computed.
            stream.reconfigure(errors="backslashreplace")
    app()
