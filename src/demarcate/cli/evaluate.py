"""``demarcate evaluate``: scores of a saved model on a table it has not seen."""

from typing import Annotated

import typer

from demarcate.cli.options import Abstain, Cost, Delimiter, DropMissingTarget, Encoding, Json, Model, Quiet


def evaluate(
    model: Model,
    table: Annotated[str, typer.Argument(metavar="TABLE", help="A table with the target, not seen in training.")],
    target: Annotated[str | None, typer.Option("--target", "-t", help="The target, if it is called otherwise.")] = None,
    cost: Cost = None,
    abstain: Abstain = None,
    drop_missing_target: DropMissingTarget = False,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Score a saved model on a table it has not seen, with 95% intervals.

    With costs, the model's own or given here, it also says what the decisions cost.
    """
    from demarcate.bundle import read_bundle
    from demarcate.cli import show
    from demarcate.cli.costs import with_costs
    from demarcate.cli.tables import load, split_target, warn_of_training_rows
    from demarcate.evaluation import class_scores, compare_costs, score, scores_json
    from demarcate.tabular import known_codes

    predictor = with_costs(read_bundle(model), cost, abstain)
    loaded = load(table, encoding, delimiter)
    frame, labels, _ = split_target(loaded, target or predictor.target, drop_missing=drop_missing_target)
    codes = known_codes(labels, predictor.classes)
    parsed = predictor.parse(frame)
    warn_of_training_rows(predictor, parsed, codes)
    probabilities = predictor.probabilities(parsed)
    scores = score(codes, probabilities, rows="given")
    costs, classes = predictor.costs, predictor.classes
    compared = None if costs is None else compare_costs(codes, probabilities, costs, rows="given", classes=classes)
    of_classes = class_scores(codes, probabilities, rows="given", decided=predictor.decisions(probabilities))
    if as_json:
        import json

        report = {
            "model": model,
            "n_samples": len(codes),
            "classes": predictor.classes.tolist(),
            "scores": scores_json(scores),
            "class_scores": dict(zip(map(str, predictor.classes), map(scores_json, of_classes), strict=True)),
            "costs": None if compared is None else compared.to_json(),
        }
        print(json.dumps(report, allow_nan=False))
    elif not quiet:
        show.class_balance(Counter(labels))
        show.scores(scores)
        show.class_scores(predictor.classes.tolist(), of_classes)
        if compared and costs:
            show.costs(compared, classes.tolist(), costs)
