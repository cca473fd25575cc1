"""``demarcate inspect``: what is in a model file."""

from demarcate.cli.options import Json, Model


def inspect(model: Model, as_json: Json = False) -> None:
    """Show what is in a model file: columns, networks, scores, origin."""
    from demarcate.bundle import read_bundle
    from demarcate.cli import show

    predictor = read_bundle(model)
    if as_json:
        import json

        from demarcate.bundle.document import to_document

        print(json.dumps(to_document(predictor)[0], allow_nan=False))
    else:
        show.model(model, predictor)
