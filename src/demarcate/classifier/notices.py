"""The audit of a table, and warnings about the table and the networks trained on it."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from demarcate.checks import Finding, check_table
from demarcate.checks.group_sizes import RULE
from demarcate.checks.time_drift import RULE as TIME
from demarcate.checks.time_drift import loss_drift
from demarcate.engine import FittedMember
from demarcate.errors import DemarcateWarning, DivergenceWarning, InputWarning
from demarcate.formatting import counted, listed
from demarcate.tabular import Schema
from demarcate.tabular.dependence import Dependence
from demarcate.tabular.schema_inference import BY_CALLER
from demarcate.trainingset import TrainingSet


def audit_rows(
    training_set: TrainingSet,
    held: NDArray[np.int64],
    held_folds: NDArray[np.int64],
    losses: NDArray[np.float64] | None = None,
) -> Sequence[Finding]:
    """Return the findings in a table, or in its sample, where rows ``held`` were held out in the given folds.

    ``losses`` are of these rows, ``(n_held,)``.
    """
    folds = np.full(len(training_set.codes), -1)
    folds[held] = held_folds
    rows = slice(None) if training_set.sample is None else training_set.sample
    schema, cells, codes = training_set.schema, training_set.sampled(), training_set.codes[rows]
    dependence = training_set.dependence
    if dependence is not None and training_set.sample is not None:
        dependence = dependence.rows(training_set.sample)
    findings = check_table(
        schema,
        cells,
        codes,
        training_set.classes,
        folds=folds[rows],
        unused_cells=training_set.unused_cells,
        dependence=dependence,
    )
    if losses is None or (dependence is not None and dependence.times is not None):
        return findings
    if training_set.sample is not None:
        is_sampled = np.isin(held, training_set.sample)
        held, losses = np.searchsorted(training_set.sample, held[is_sampled]), losses[is_sampled]
    known = {name for finding in findings if finding.rule == TIME for name in finding.columns}
    return [*findings, *(each for each in loss_drift(schema, cells, held, losses) if not known & {*each.columns})]


def table_notices(
    schema: Schema, classes: NDArray[np.generic], class_rows: Sequence[int], findings: Sequence[Finding]
) -> Iterator[DemarcateWarning]:
    """Yield a warning for classes of one row, each column not used or doubtful, each leak, and changes along a date.

    That a column is not used is no news where a finding says what it is.
    """
    single = [repr(label) for label, n_rows in zip(classes.tolist(), class_rows, strict=True) if n_rows == 1]
    if single:
        remedy = "They are trained on, but left out of the scores; add rows to score them"
        yield InputWarning(f"classes with a single row each: {listed(single)}. {remedy}.")
    known = {name for finding in findings if finding.rule == RULE for name in finding.columns}
    for column in schema.columns:
        reason = "" if column.dropped in BY_CALLER or column.name in known else column.dropped
        said = [f"not used ({reason})"] if reason else []
        # What is written in an odd way is said, too, unless the caller left the column out.
        said += [column.note] if column.note and column.dropped not in BY_CALLER else []
        if said:
            yield InputWarning(f"column {column.name!r}: {'. '.join(said)}")
    for finding in findings:
        if finding.severity != "note" or finding.rule == TIME:
            yield InputWarning(str(finding))


MIN_GROUPS = 10
"""With fewer groups an interval for new ones says little."""


def dependence_notices(dependence: Dependence | None) -> Iterator[DemarcateWarning]:
    """Yield a warning of groups that are too few to say what new ones will score."""
    if dependence is not None and dependence.groups is not None:
        n_groups = len(np.unique(dependence.groups))
        if n_groups < MIN_GROUPS:
            fact = f"{counted(n_groups, 'group')} cannot say well what new groups will score: intervals are rough"
            yield InputWarning(f"{fact}. Give {MIN_GROUPS} groups or more")


def training_notices(members: Sequence[FittedMember]) -> Iterator[DemarcateWarning]:
    """Yield a warning if the time limit ended training, and for each network that diverged."""
    if any(member.timed_out for member in members):
        n_epochs = max(len(member.history.train_loss) for member in members)
        fact = f"the time limit ended training after {counted(n_epochs, 'epoch')}"
        yield InputWarning(f"{fact}: these are the best networks so far. Give it more time, or a cheaper preset")
    for index, member in enumerate(members):
        if member.divergence:
            yield DivergenceWarning(member.divergence.warning(f"network {index}", member.best_epoch))


def convergence_notice(members: Sequence[FittedMember]) -> str:
    """Return that training has not converged if most networks end at the last epoch; an empty text if it has."""
    last = [member.history.n_epochs for member in members if member.at_last_epoch]
    if 2 * len(last) <= len(members):
        return ""
    which = "the network" if len(members) == 1 else f"{len(last)} of {len(members)} networks"
    fact = f"Not converged: {which} trained to the last epoch, {max(last)}, with patience left"
    return f"{fact}. More epochs may help: --epochs {2 * max(last)} (epochs in Python)."
