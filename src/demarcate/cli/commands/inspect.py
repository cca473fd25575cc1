"""``demarcate inspect``: the content of a model file."""

from demarcate.cli.console import print_json
from demarcate.cli.options import Json, ModelOptions


def inspect(source: ModelOptions, as_json: Json = False) -> None:
    """Show what a model file holds.

    Its columns, networks, scores, origin and sizes; no network is built.
    """
    from demarcate.bundle import inspect_bundle
    from demarcate.cli import console_tables, model_summary

    file = inspect_bundle(source.model, expect_sha256=source.expect_sha256)
    if as_json:
        print_json(model_summary.summary_json(file))
    else:
        console_tables.print_model(source.model, file)
