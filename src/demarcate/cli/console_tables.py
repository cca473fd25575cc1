"""Tables of results on standard output."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from demarcate.cli import model_summary
from demarcate.cli.console import print_lines, print_table
from demarcate.formatting import listed, percent, quoted
from demarcate.tabular.positive_class import positive_or_second
from demarcate.tabular.splits import one_split_in_words

if TYPE_CHECKING:
    # A schema is shown before anything is imported that trains.
    from demarcate.auditing import Audit
    from demarcate.bundle.read_model import ModelFile
    from demarcate.classifier.classifier import DemarcateClassifier
    from demarcate.cli.scored_table import TableScores
    from demarcate.evaluation import CostComparison, Costs, PairedComparison, Score
    from demarcate.inference import Predictor
    from demarcate.nn import Network
    from demarcate.tabular import Column
    from demarcate.tabular.summaries import ColumnSummary
    from demarcate.trainingset import TrainingSet

_BASELINES = {"majority": "majority class", "logistic_regression": "logistic regression"}
_SEVERITY_STYLES = {"leak": "bold red", "warning": "yellow", "note": "dim"}
LINEAR_REMEDY = "Try a linear network: --hidden none."
MAX_COLUMNS = 40
MAX_CLASSES = 30


def print_training_set(name: str, training_set: "TrainingSet", summaries: "Mapping[str, ColumnSummary]") -> None:
    """Print the kind that each column is read as, beside its summary if there is one, and the rows of each class."""
    from demarcate.tabular.summaries import ColumnSummary

    schema, classes, codes = training_set.schema, training_set.classes.tolist(), training_set.codes
    rows = []
    for column in schema.columns:
        cells = summaries.get(column.name, ColumnSummary(0, ""))
        rows.append((column.name, column.kind, str(cells.n_missing or ""), cells.summary, _remark(column)))
    title = f"{name}: {len(codes):,} rows, {len(schema.columns)} columns and the target {training_set.target!r}"
    heads = ("column", "kind", "missing", "values", "")
    print_table(title, heads, rows, right=["missing"], max_rows=MAX_COLUMNS)
    counts = np.bincount(codes, minlength=len(classes)).tolist()
    print_class_balance(dict(zip(classes, counts, strict=True)))
    if training_set.dependence is not None:
        print_lines(training_set.dependence.describe())
    if training_set.weights_column is not None:
        print_lines(f"Rows count by {training_set.weights_column!r}: scores are those of the weighted rows.")


def print_class_balance(counts: Mapping[Any, int]) -> None:
    """Print how many rows each class has, frequent ones first; the label None counts rows without a label."""
    n_rows = sum(counts.values())
    present = [(label, count) for label, count in counts.items() if count and label is not None]
    present.sort(key=lambda item: -item[1])
    rows = [(str(label), f"{count:,}", percent(count / n_rows, 1)) for label, count in present]
    print_table("Class balance", ("class", "rows", "share"), rows, right=["rows", "share"], max_rows=MAX_CLASSES)


def print_class_weights(classifier: "DemarcateClassifier") -> None:
    """Print the weight that each class's rows have in the loss, unless all weights are 1."""
    if classifier.class_weight is not None:
        weights = ", ".join(f"{label}: {weight:.3g}" for label, weight in classifier.class_weight_.items())
        print_lines(f"Effective class weights  {weights}", "")


def print_scores(scores: "Mapping[str, Score]", baselines: Mapping[str, "Mapping[str, Score]"] | None = None) -> None:
    """Print metrics with their intervals, beside the scores of simple rules on the same rows."""
    from demarcate.evaluation import METRICS

    first = next(iter(scores.values()))
    baselines = baselines or {}
    models = {"demarcate": scores, **{name: baselines[name] for name in _BASELINES if name in baselines}, **baselines}
    rows = [
        (metric.short_label, *(str(model.get(name, "")) for model in models.values()))
        for name, metric in METRICS.items()
        if name in scores
    ]
    title = f"Scores on {first.rows_in_words}, with 95% intervals"
    print_table(title, ("", *(_BASELINES.get(name, name) for name in models)), rows, pad=0)


def print_positive(
    classes: Sequence[Any], positive: int | None, class_scores: "Sequence[Mapping[str, Score]]" = ()
) -> None:
    """Print which of two classes is positive, and how many of its rows are found; nothing of more classes.

    Without ``class_scores`` it says what average precision is about.
    """
    if len(classes) != 2:
        return
    from demarcate.evaluation.positive_scores import positive_in_words

    name = quoted(classes[positive_or_second(positive)])
    if positive is None:
        fact = f"Nothing says which class is positive. Average precision is about {name}, the second label"
        print_lines(f"{fact}; --positive names another.", "")
        return
    words = f" {positive_in_words(classes[positive], class_scores[positive])}" if class_scores else ""
    print_lines(f"Positive class: {name}.{words} Average precision is about it.", "")


def print_table_scores(predictor: "Predictor", scores: "TableScores") -> None:
    """Print the scores of a saved model on rows of a table, and how it compares with the majority class."""
    from demarcate.cli.decision_table import print_decisions
    from demarcate.inference.decision_rule import decision_rule

    classes = predictor.classes.tolist()
    print_scores(scores.scores)
    print_few_scored_rows(classes, scores.class_rows)
    rule = decision_rule(predictor)
    is_likeliest = predictor.costs is None and predictor.threshold is None
    print_decisions(classes, scores.confusion, rule, is_likeliest=is_likeliest)
    print_class_scores(classes, scores.class_scores)
    if scores.costs and predictor.costs:
        print_costs(scores.costs, classes, predictor.costs)
    print_positive(classes, predictor.positive, scores.class_scores)
    if scores.comparison:
        print_lines(str(scores.comparison), "")


def print_costs(comparison: "CostComparison", classes: Sequence[Any], costs: "Costs") -> None:
    """Print the cost of a row under three ways to decide, and the saving of deciding by cost."""
    decided = comparison.decided
    if len(classes) == 2:
        # The positive class gives every cost its meaning.
        positive = positive_or_second(costs.positive)
        true, other = quoted(classes[positive]), quoted(classes[1 - positive])
        alarm, miss = costs.matrix[1 - positive, positive], costs.matrix[positive, 1 - positive]
        names = ("", "") if costs.positive is None else (" (a false negative)", " (a false positive)")
        print_lines(
            f"{true} decided as {other}{names[0]} costs {miss:g}, {other} decided as {true}{names[1]} {alarm:g}.", ""
        )
    rows = [
        ("decided by cost", str(decided), ""),
        ("at 0.5" if len(classes) == 2 else "likeliest class", str(comparison.likeliest), str(comparison.saved)),
        (f"always {comparison.always}", str(comparison.constant), str(comparison.saved_over_constant)),
    ]
    title = f"Costs on {decided.rows_in_words}, with 95% intervals"
    print_table(title, ("", "cost of a row", "more than by cost"), rows)
    if comparison.abstained:
        print_lines(f"{percent(comparison.abstained, 1)} of the rows are not decided.", "")
    print_lines("Accuracy and balanced accuracy are those of the likeliest class, not of decisions by cost.", "")


def print_averaging_gain(gain: Mapping[str, float]) -> None:
    """Print by how much scores were moved because the mean over folds predicts new rows, if they were."""
    from demarcate.evaluation import METRICS

    if not gain:
        return
    moved = [f"{METRICS[name].label} {gain[name]:+.3f}" for name in ("log_loss", "accuracy", "roc_auc") if name in gain]
    print_lines(
        "The networks of one fold score a row, and the mean over all folds predicts new rows: the scores of demarcate",
        f"allow for what that gains, an estimate ({', '.join(moved)}). Scores of single classes do not.",
        "",
    )


def print_few_scored_rows(classes: Sequence[Any], counts: Sequence[int]) -> None:
    """Print which classes have few scored rows, if any has."""
    from demarcate.evaluation.scored_rows import few_scored_rows

    if note := few_scored_rows(classes, counts):
        print_lines(note, "")


def print_verdict(comparison: "PairedComparison", networks: "Sequence[Network]") -> None:
    """Print whether networks are better than logistic regression, and what to try if they are worse."""
    has_hidden = any(network.hidden for network in networks)
    remedy = f" {LINEAR_REMEDY}" if comparison.verdict == "worse" and has_hidden else ""
    print_lines(f"{comparison}{remedy}")


def print_class_scores(classes: Sequence[Any], scores: Sequence[Mapping[str, "Score"]]) -> None:
    """Print precision, recall and F1 of each class, with their intervals."""
    rows = [
        (str(label), *(str(of_class.get(metric, "")) for metric in ("precision", "recall", "f1")))
        for label, of_class in zip(classes, scores, strict=True)
    ]
    print_table("Class by class", ("class", "precision", "recall", "F1"), rows, max_rows=MAX_CLASSES)


def print_training(
    classifier: "DemarcateClassifier", split: Mapping[str, int] | None, trained: str, training_set: "TrainingSet"
) -> None:
    """Print how the networks were trained, on which rows of a single split, and what read a sample of the rows."""
    from demarcate.bundle.network_kinds import networks_in_words

    epochs = sorted(member.best_epoch for member in classifier.members_)
    print_lines(
        f"{networks_in_words(classifier.predictor_, trained)};",
        f"best epoch {epochs[0]}."
        if len(epochs) == 1
        else f"best epochs {epochs[0]} to {epochs[-1]}, median {epochs[len(epochs) // 2]}.",
    )
    if split is not None:
        print_lines(one_split_in_words(**split))
    if any(member.timed_out for member in classifier.members_):
        print_lines("The time limit ended training: these are the best networks so far.")
    if (sample := training_set.sample) is not None:
        read = f"{len(sample):,} of the {len(training_set.codes):,} rows"
        print_lines(f"The audit and logistic regression read {read}, drawn at random.")


def print_model(path: str, file: "ModelFile") -> None:
    """Print the content of a model file: columns, scores, networks, origin and sizes."""
    spec = file.spec
    print_lines(f"{path} predicts {spec.target!r}: {listed(spec.classes.tolist())}")
    encoded, values = model_summary.encoded_columns(spec), model_summary.column_values(spec)
    missing = model_summary.missing_counts(spec)
    rows = [
        (
            column.name,
            column.kind,
            str(missing.get(column.name) or ""),
            values[column.name],
            encoded.get(column.name, ""),
            _remark(column),
        )
        for column in spec.schema.columns
    ]
    # Every column of a table has its kind; few have missing cells, and not every file counts them.
    heads = ("column", "kind", "missing", "values", "encoded", "")
    kept = [place for place, head in enumerate(heads) if head != "missing" or any(missing.values())]
    print_table(
        "Columns", [heads[place] for place in kept], [[row[place] for place in kept] for row in rows], right=["missing"]
    )
    if spec.record.get("scores"):
        from demarcate.evaluation.scores import scores_from_json

        baselines = {name: scores_from_json(values) for name, values in spec.record.get("baselines", {}).items()}
        print_scores(scores_from_json(spec.record["scores"]), baselines)
        print_averaging_gain(spec.record.get("averaging_gain", {}))
    if class_scores := model_summary.positive_scores(spec):
        from demarcate.evaluation.positive_scores import positive_in_words

        assert spec.positive is not None
        print_lines(positive_in_words(spec.classes.tolist()[spec.positive], class_scores))
    compared = model_summary.comparisons(spec)
    if compared:
        print_lines(*map(str, compared), "")
    print_lines(*(f"{name:22s} {text}" for name, text in model_summary.summarize(file)), indent=23)


def print_audit(name: str, audit: "Audit") -> None:
    """Print the findings of an audit, the scores without them, and the difference to another table."""
    findings = [
        ((finding.severity, _SEVERITY_STYLES[finding.severity]), finding.rule, str(finding))
        for finding in audit.findings
    ]
    print_table(f"{name}: {audit.summary()}", ("", "", "what was found"), findings)
    print_lines(*(f"{each}." for each in audit.overstated), *map(str, audit.remarks))
    if audit.rescored:
        from demarcate.evaluation import METRICS
        from demarcate.evaluation.metrics import MAIN_METRICS

        metrics = [metric for metric in MAIN_METRICS if metric in audit.rescored[0].scores]
        rows = [
            (rescored.name, f"{rescored.n_rows:,}", *(str(rescored.scores.get(metric, "")) for metric in metrics))
            for rescored in audit.rescored
        ]
        heads = ("", "rows", *(METRICS[name].short_label for name in metrics))
        print_table("Scores with and without it, with 95% intervals", heads, rows, right=["rows"])
    if audit.drift:
        drifted = [(column.name, f"{column.distance:.2f}", column.text) for column in audit.drift.columns[:MAX_COLUMNS]]
        heads = ("column", "distance", "first table -> second table")
        print_table(str(audit.drift), heads, drifted, right=["distance"])
        print_lines(*map(str, audit.drift.remarks))


def _remark(column: "Column") -> str:
    return f"not used: {column.dropped}" if column.dropped else column.note
