"""What ``fit`` prints at its end: the scores, the verdict, where the model is, and the next command to try."""

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from demarcate.cli import console_tables
from demarcate.cli.console import notify, print_lines
from demarcate.datasets import BUILT_IN
from demarcate.formatting import visible
from demarcate.phases.time_budget import current_budget

if TYPE_CHECKING:
    from demarcate.classifier import DemarcateClassifier
    from demarcate.classifier.plain_loop import SettingDifference
    from demarcate.cli.fit_input import TableOnDisk
    from demarcate.cli.table_input import LabelledTable
    from demarcate.evaluation import Score


def print_fit(
    classifier: "DemarcateClassifier",
    table: "LabelledTable | TableOnDisk",
    record: Mapping[str, Any],
    baselines: Mapping[str, "Mapping[str, Score]"],
    trained: str,
    differences: "Sequence[SettingDifference] | None",
) -> None:
    """Print scores, how the networks were trained, how defaults differ from a plain loop if asked, and the verdict.

    ``trained`` says in words how long training took.
    """
    from demarcate.classifier.notices import convergence_notice
    from demarcate.cli.explanation import print_differences

    classes = table.training_set.classes.tolist()
    console_tables.print_class_weights(classifier)
    console_tables.print_scores(classifier.scores_, baselines)
    console_tables.print_averaging_gain(classifier.averaging_gain_)
    console_tables.print_few_scored_rows(classes, [*record["scored_rows"].values()])
    if classifier.cost_comparison_ and classifier.costs_:
        console_tables.print_costs(classifier.cost_comparison_, classes, classifier.costs_)
    console_tables.print_positive(classes, classifier.predictor_.positive, classifier.class_scores_)
    console_tables.print_training(classifier, record.get("split"), trained, table.training_set)
    if notice := convergence_notice(classifier.members_):
        print_lines(notice)
    if (budget := current_budget()) and budget.left_out:
        print_lines(f"To keep to --time-limit {budget.seconds:g}: {'; '.join(budget.left_out)}.")
    if differences is not None:
        print_differences(differences)
    console_tables.print_verdict(classifier.comparison_["logistic_regression"], classifier.predictor_.networks)


def notify_of_next(table: str, target: str, out: str | None) -> None:
    """Report that a model is not saved, if it is not, and the next command to try."""
    named = [] if table in BUILT_IN else ["--target", target]
    if out is None:
        notify("Not saved: name a file with --out to keep this model.")
        # What would make it better is known without a model, from the same table.
        words = ["demarcate", "diagnose", table, *named]
    else:
        rows = table if table in BUILT_IN else "NEW_ROWS.csv"
        words = ["demarcate", "predict", out, rows, "--out", "predictions.csv"]
    if table != "-" or out is not None:
        notify(f"Next: {visible(shlex.join(words))}")
