"""What to do next: what the summary of a report advises, the most urgent first."""

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from demarcate.formatting import counted
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import elided, joined
from demarcate.report.sections.section import MIN_ROWS, JsonFields

MAX_STEPS = 3


@brief_repr
@dataclass(frozen=True, eq=False)
class NextStep(JsonFields):
    """A piece of advice, the option or command that follows it, and the section with more; both may be empty."""

    text: str
    command: str = ""
    section: str = ""


def next_steps(evaluated: EvaluatedRows) -> tuple[NextStep, ...]:
    """Return the first pieces of advice that apply."""
    return tuple(step for rule in _RULES for step in rule(evaluated))[:MAX_STEPS]


def _score_other_rows(evaluated: EvaluatedRows) -> Iterator[NextStep]:
    if evaluated.is_training_data:
        yield NextStep("Score it on rows that it was not trained on.", "demarcate evaluate MODEL TABLE")
    elif evaluated.n_rows < MIN_ROWS:
        yield NextStep(f"Score it on more rows: fewer than {MIN_ROWS} show nothing.", "demarcate evaluate MODEL TABLE")


def _settle_findings(evaluated: EvaluatedRows) -> Iterator[NextStep]:
    leaks = [finding for finding in evaluated.findings if finding["severity"] == "leak"]
    columns = sorted({column for finding in leaks for column in finding["columns"]})
    if columns:
        text = f"Ask whether new rows will have {joined(columns, 3)}; if not, train without."
        yield NextStep(text, f"--drop {shlex.quote(','.join(columns[:3]))}", "findings")
    elif leaks:
        yield NextStep("Settle the leak that the audit found before you trust the scores.", section="findings")
    elif n_warnings := sum(finding["severity"] == "warning" for finding in evaluated.findings):
        yield NextStep(
            f"Read {counted(n_warnings, 'warning')} of the audit: the scores may be too good.", "", "findings"
        )


def _train_longer(evaluated: EvaluatedRows) -> Iterator[NextStep]:
    members = evaluated.record.get("members", [])
    n_at_end = sum(map(_is_best_at_end, members))
    if any(member.get("timed_out") for member in members):
        yield NextStep("Give it more time: the limit ended training.", "--time-limit", "training")
    elif n_at_end > len(members) / 2 and evaluated.record.get("settings", {}).get("patience", 1) is not None:
        text = "Train for longer: most networks were best at their last epoch."
        yield NextStep(text, f"--epochs {2 * max(member['epochs'] for member in members)}", "training")


def _is_best_at_end(member: Mapping[str, Any]) -> bool:
    """Return whether a network was best at its last epoch; one that has those weights anyway may have been earlier."""
    history = member.get("history") or {}
    losses = next((history[name] for name in ("validation_loss", "test_loss") if name in history), None)
    known = [loss for loss in losses or () if loss is not None and isfinite(loss)]
    return member["best_epoch"] == member["epochs"] and (not known or known[-1] == min(known))


def _compare_with_simple_models(evaluated: EvaluatedRows) -> Iterator[NextStep]:
    if evaluated.n_rows < MIN_ROWS:
        return
    verdicts = {name: each.verdict for name, each in evaluated.comparison.items()}
    if verdicts.get("majority", "better") != "better":
        target = elided(evaluated.predictor.target)
        yield NextStep(f"Look for columns that say more about {target}: these hardly do.", section="importance")
    elif verdicts.get("logistic_regression") == "worse" and any(each.hidden for each in evaluated.predictor.networks):
        text = "Try networks without hidden layers: logistic regression does better."
        yield NextStep(text, "--hidden none", "scores")
    elif verdicts.get("logistic_regression") == "worse":
        yield NextStep("Take logistic regression: it does better on the same rows.", section="scores")
    elif verdicts.get("logistic_regression") == "cannot tell":
        rows = counted(evaluated.n_rows, "row")
        text = f"Collect more rows, or take logistic regression: {rows} do not tell them apart."
        yield NextStep(text, section="scores")


def _state_costs(evaluated: EvaluatedRows) -> Iterator[NextStep]:
    predictor = evaluated.predictor
    if evaluated.n_classes != 2 or predictor.costs is not None or predictor.threshold is not None:
        return
    option = "--cost false_negative=5"
    if predictor.positive is None:
        option = f"--positive {shlex.quote(evaluated.labels[evaluated.positive])} {option}"
    yield NextStep("If one mistake is worse than the other, say what they cost.", option, "threshold")


def _predict(evaluated: EvaluatedRows) -> Iterator[NextStep]:
    if not evaluated.is_training_data:
        yield NextStep("Predict new rows.", "demarcate predict MODEL TABLE")


_RULES: tuple[Callable[[EvaluatedRows], Iterator[NextStep]], ...] = (
    _score_other_rows,
    _settle_findings,
    _train_longer,
    _compare_with_simple_models,
    _state_costs,
    _predict,
)
"""Each yields a step or none; the most urgent first."""
