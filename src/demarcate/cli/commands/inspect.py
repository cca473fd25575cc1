"""``demarcate inspect``: what is in a model file."""

from demarcate.cli.options import ExpectSha256, Json, Model


def inspect(model: Model, expect_sha256: ExpectSha256 = None, as_json: Json = False) -> None:
    """Show what is in a model file: columns, networks, scores, origin, sizes. Nothing in it is built."""
    from demarcate.bundle import inspect_bundle
    from demarcate.cli import console, model_summary

    audited = inspect_bundle(model, expect_sha256=expect_sha256)
    if as_json:
        import json

        print(json.dumps(model_summary.as_json(audited), allow_nan=False))
    else:
        console.model(model, audited)
