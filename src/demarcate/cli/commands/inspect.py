"""``demarcate inspect``: the content of a model file."""

from typing import Annotated

from typer import Option

from demarcate.cli.console import print_json, print_lines
from demarcate.cli.error_handling import UsageError
from demarcate.cli.options import Json, ModelOptions

Card = Annotated[
    bool,
    Option("--card", help="Print a model card in Markdown: what the file records, and blanks for what you know."),
]


def inspect(source: ModelOptions, card: Card = False, as_json: Json = False) -> None:
    """Show what a model file holds.

    Its columns, networks, scores, origin and sizes; no network is built. With --card the same as a model card, to be
    completed by a person.

    Example: demarcate inspect model.safetensors --card > model_card.md
    """
    if card and as_json:
        raise UsageError("--card is Markdown, and --json is JSON", "Leave one of them out")
    from demarcate.bundle import inspect_bundle
    from demarcate.cli import model_summary

    file = inspect_bundle(source.model, expect_sha256=source.expect_sha256)
    if card:
        from demarcate.cli.model_card import model_card

        print_lines(*model_card(source.model, file).split("\n"), wraps=False)
    elif as_json:
        print_json(model_summary.summary_json(file))
    else:
        from demarcate.cli import console_tables

        console_tables.print_model(source.model, file)
