"""``demarcate evaluate``: scores of a saved model on a table it has not seen."""

from typing import TYPE_CHECKING, Annotated

import typer

from demarcate.cli.options import (
    Abstain,
    Cost,
    Delimiter,
    DropMissingTarget,
    Encoding,
    ExpectSha256,
    Json,
    Model,
    Quiet,
)
from demarcate.errors import InputError

if TYPE_CHECKING:
    from demarcate.cli.table_input import Opened
    from demarcate.evaluation import StreamingScores
    from demarcate.inference import Predictor


def evaluate(
    model: Model,
    table: Annotated[str, typer.Argument(metavar="TABLE", help="A table with the target, not seen in training.")],
    target: Annotated[str | None, typer.Option("--target", "-t", help="The target, if it is called otherwise.")] = None,
    cost: Cost = None,
    abstain: Abstain = None,
    drop_missing_target: DropMissingTarget = False,
    expect_sha256: ExpectSha256 = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Score a saved model on a table it has not seen, with 95% intervals.

    The table is read in parts, so that it may be larger than memory. With costs, the model's own or given here, it also
    says what the decisions cost.
    """
    from demarcate.bundle import read_bundle
    from demarcate.cli import console
    from demarcate.cli.cost_options import with_costs
    from demarcate.cli.table_input import opened
    from demarcate.evaluation import scores_json

    predictor = with_costs(read_bundle(model, expect_sha256=expect_sha256), cost, abstain)
    tally = _tally(predictor, opened(table, encoding, delimiter), target, drop_missing=drop_missing_target)
    scores, of_classes = tally.scores("given"), tally.class_scores("given")
    costs, classes = predictor.costs, predictor.classes.tolist()
    compared = None if costs is None else tally.compare_costs(costs, rows="given", classes=classes)
    if as_json:
        import json

        report = {
            "model": model,
            "n_samples": tally.n_rows,
            "classes": classes,
            "scores": scores_json(scores),
            "class_scores": dict(zip(map(str, classes), map(scores_json, of_classes), strict=True)),
            "costs": None if compared is None else compared.to_json(),
        }
        print(json.dumps(report, allow_nan=False))
    elif not quiet:
        console.class_balance(dict(zip(classes, tally.class_counts.tolist(), strict=True)))
        console.scores(scores)
        console.class_scores(classes, of_classes)
        if compared and costs:
            console.costs(compared, classes, costs)


def _tally(predictor: "Predictor", table: "Opened", target: str | None, *, drop_missing: bool) -> "StreamingScores":
    """The scored rows of a table, which is read part by part."""
    from demarcate.cli.table_input import named_target, say_left_out, warn_of_training_rows
    from demarcate.evaluation import StreamingScores
    from demarcate.tabular import LabelReader
    from demarcate.tabular.cells import parse_categories
    from demarcate.tabular.fingerprint import Fingerprint

    target = named_target(table.name, table.columns, target or predictor.target)
    features, labels = predictor.schema.reader(), LabelReader(predictor.classes)
    tally, rows, n_left_out = StreamingScores(len(predictor.classes)), Fingerprint(), 0
    for part in table.parts:
        kept = part.filter(parse_categories(part[target]).is_not_null()) if drop_missing else part
        n_left_out += len(part) - len(kept)
        parsed, codes = features.parse(kept.drop(target)), labels.read(kept[target])
        # The rest is read all the same, so that everything that is wrong with the table is said at once.
        if parsed is not None and codes is not None and len(codes):
            probabilities = predictor.probabilities(parsed)
            tally.add(codes, probabilities, predictor.decisions(probabilities))
            rows.add(parsed, codes)
    if drop_missing:
        say_left_out(n_left_out)
    if problems := [*labels.problems, *features.problems]:
        raise InputError(problems)
    features.close()
    warn_of_training_rows(predictor, rows.hexdigest())
    return tally
