"""The commands by name, each imported when it is asked for."""

from collections.abc import Callable
from functools import cache
from importlib import import_module

from demarcate.cli.error_handling import handle_errors
from demarcate.cli.option_groups import expand_options
from demarcate.cli.shown_settings import with_shown_settings

COMMANDS = (
    *("fit", "predict", "evaluate", "report", "inspect", "plot", "sweep", "diagnose", "audit"),
    *("serve", "export", "lesson", "studio"),
)
"""The names of the commands, in the order in which the help lists them: modules of `commands/`, and functions there."""


@cache
def command_named(name: str) -> Callable[..., None]:
    """Return the command of a name, with its options as parameters."""
    return as_command(getattr(import_module(f"demarcate.cli.commands.{name}"), name))


def as_command(function: Callable[..., None]) -> Callable[..., None]:
    """Return a function as a command: its option groups expanded, its failures handled, its settings shown."""
    return with_shown_settings(handle_errors(expand_options(function)))
