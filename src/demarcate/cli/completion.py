"""What a shell completes: the values of options, tables and their columns. A completion that fails offers nothing."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import typer

Complete = Callable[..., list[str]]
"""From ``incomplete``, the word that is not whole yet, and the command line's ``ctx`` if it is asked for, to words."""


def one_of(names: Iterable[str]) -> Complete:
    """Return a completion by fixed names."""
    known = [*names]

    def complete(incomplete: str) -> list[str]:
        return [name for name in known if name.startswith(incomplete)]

    return complete


def complete_table(incomplete: str) -> list[str]:
    """Return the built-in data sets and the files that begin like a word."""
    from demarcate.datasets import BUILT_IN

    return [name for name in BUILT_IN if name.startswith(incomplete)] + _files(incomplete)


def complete_columns(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the columns of the table on the command line, whose header alone is read; also in a list of them."""
    head, comma, last = incomplete.rpartition(",")
    chosen = set(head.split(","))
    with suppress(Exception):  # what cannot be read offers nothing: a shell shows no messages
        from demarcate.cli.options import ReadingOptions
        from demarcate.cli.table_input import open_stream

        # An option that has no value yet keeps the arguments from being given their names.
        arguments = [each.name for each in ctx.command.params if each.param_type_name == "argument"]
        table = ctx.params.get("table") or dict(zip(arguments, ctx.args, strict=False)).get("table", "")
        if "://" in table or table in ("", "-"):
            return []
        names = open_stream(table, ReadingOptions()).columns
        return [f"{head}{comma}{name}" for name in names if name.startswith(last) and name not in chosen]
    return []


def _files(incomplete: str) -> list[str]:
    """Return the files and folders that begin like a word; folders end in a slash."""
    folder, _, name = incomplete.rpartition("/")
    with suppress(OSError):
        found = [path for path in Path(folder or ".").iterdir() if path.name.startswith(name)]
        head = incomplete[: len(incomplete) - len(name)]
        return sorted(
            f"{head}{path.name}{'/' if path.is_dir() else ''}" for path in found if path.name[0] != "." or name
        )
    return []
