"""``demarcate evaluate``: scores of a saved model on a table it has not seen."""

from typing import Annotated

import typer

from demarcate.cli.options import Delimiter, DropMissingTarget, Encoding, Json, Model, Quiet


def evaluate(
    model: Model,
    table: Annotated[str, typer.Argument(metavar="TABLE", help="A table with the target, not seen in training.")],
    target: Annotated[str | None, typer.Option("--target", "-t", help="The target, if it is called otherwise.")] = None,
    drop_missing_target: DropMissingTarget = False,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Score a saved model on a table it has not seen, with 95% intervals."""
    from demarcate.bundle import read_bundle
    from demarcate.cli import show
    from demarcate.cli.tables import load, split_target, warn_of_training_rows
    from demarcate.evaluation import score
    from demarcate.tabular import known_codes

    predictor = read_bundle(model)
    loaded = load(table, encoding, delimiter)
    frame, labels, _ = split_target(loaded, target or predictor.target, drop_missing=drop_missing_target)
    codes = known_codes(labels, predictor.classes)
    parsed = predictor.parse(frame)
    warn_of_training_rows(predictor, parsed, codes)
    scores = score(codes, predictor.probabilities(parsed), rows="given")
    if as_json:
        import json

        report = {
            "model": model,
            "n_samples": len(codes),
            "classes": predictor.classes.tolist(),
            "scores": {name: value.to_json() for name, value in scores.items()},
        }
        print(json.dumps(report, allow_nan=False))
    elif not quiet:
        show.class_balance(labels)
        show.scores(scores)
