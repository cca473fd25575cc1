"""From the scores of the probes to a diagnosis: the verdict, the effect of each change, and the reasons as text."""

from dataclasses import replace

import numpy as np

from demarcate.experiments.diagnosis.diagnosis_result import Diagnosis, Effect, Levels, ProbeResult, Split
from demarcate.experiments.diagnosis.probe_design import ProbeDesign
from demarcate.experiments.diagnosis.probe_scores import FULL_LOG_LOSS, ProbeScores
from demarcate.experiments.diagnosis.probes import LONGER_TRAINING, Probe
from demarcate.experiments.diagnosis.symptom_and_remedy import further_reasons, remedy_of, symptom_of
from demarcate.experiments.diagnosis.verdict import (
    CONFIGURED,
    HALF_OF_ROWS,
    LARGER_REGULARISED,
    Evidence,
    classify_gain,
    decide_verdict,
    noise_of,
)
from demarcate.nn.module_network import ModuleNetwork
from demarcate.tabular.dependence import Dependence
from demarcate.trainingset import TrainingSet


def conclude(scores: ProbeScores, design: ProbeDesign, table: TrainingSet, *, n_rows: int, diverged: int) -> Diagnosis:
    """Return the diagnosis of the rows of a table, which are all or some of ``n_rows``."""
    scored = np.concatenate(design.scored_rows)
    weights = None if table.weights is None else table.weights[scored]
    shares = np.bincount(table.codes[scored], weights, minlength=len(table.classes))
    majority_error, n_used = float(1 - shares.max() / shares.sum()), len(table.codes)
    evidence = Evidence(scores)
    noise = noise_of(scores, majority_error)
    results = tuple(_probe_result(scores, design, index) for index in range(len(scores.probes)))
    effects = _effects(evidence, results)
    verdict = decide_verdict(evidence, noise.share)
    gap = Levels(evidence.gap, scores.gap(CONFIGURED, "accuracy"))
    train, held_out = (
        Levels(level(CONFIGURED, FULL_LOG_LOSS), level(CONFIGURED, "accuracy"))
        for level in (scores.train_level, scores.level)
    )
    symptom, remedy = symptom_of(verdict, train, held_out, gap), remedy_of(effects)
    return Diagnosis(
        verdict=verdict,
        symptom=symptom,
        remedy=remedy,
        reasons=(
            symptom,
            remedy,
            *further_reasons(verdict, effects, noise, n_rows, n_used),
            *_untried(design.probes[0]),
        ),
        train=train,
        held_out=held_out,
        gap=gap,
        more_rows=effects["more_rows"],
        more_capacity=effects.get("more_capacity"),
        less_capacity=effects.get("less_capacity"),
        more_regularisation=effects["more_regularisation"],
        less_regularisation=effects.get("less_regularisation"),
        longer_training=effects.get("longer_training"),
        min_gain=evidence.material,
        large_gap=evidence.large_gap,
        noise=noise,
        probes=results,
        n_rows=n_rows,
        n_used=n_used,
        n_scored=len(np.unique(scored)),
        n_seeds=len(scores.rows),
        diverged=diverged,
        split="by caller" if design.is_own else _split_in_words(table.dependence),
        is_weighted=table.weights is not None,
    )


def _untried(configured: Probe) -> tuple[str, ...]:
    """Return a sentence on what is not tried with a caller's own module."""
    if not isinstance(configured.network, ModuleNetwork):
        return ()
    return ("Its layers are its own: more and fewer units were not tried.",)


def _split_in_words(dependence: Dependence | None) -> Split:
    """Return how rows were held out."""
    if dependence is None:
        return "by row"
    return "by group" if dependence.times is None else "forward in time"


def _probe_result(scores: ProbeScores, design: ProbeDesign, index: int) -> ProbeResult:
    probe, members = scores.probes[index], design.members[index :: len(scores.probes)]
    train = Levels(scores.train_level(probe.name, "log_loss"), scores.train_level(probe.name, "accuracy"))
    held_out = Levels(scores.level(probe.name, "log_loss"), scores.level(probe.name, "accuracy"))
    n_train = int(np.median([len(member.rows) + len(member.validation_rows) for member in members]))
    return ProbeResult(replace(probe, training=members[0].training), n_train, train, held_out)


def _effects(evidence: Evidence, results: tuple[ProbeResult, ...]) -> dict[str, Effect]:
    """Return the effect of each change, by the name of the field of `Diagnosis`."""
    by_name = {result.probe.name: result for result in results}
    wider = "larger"
    if evidence.answers((LARGER_REGULARISED,), "helps") and not evidence.answers(("larger",), "helps"):
        wider = LARGER_REGULARISED
    pairs = {
        "more_rows": (HALF_OF_ROWS, CONFIGURED),
        "more_capacity": (CONFIGURED, wider),
        "less_capacity": (CONFIGURED, "smaller"),
        "more_regularisation": (CONFIGURED, "regularised"),
        "less_regularisation": (CONFIGURED, "unregularised"),
        "longer_training": (CONFIGURED, LONGER_TRAINING),
    }
    effects = {}
    for name, (before, after) in pairs.items():
        if before in by_name and after in by_name:
            log_loss, accuracy = (evidence.scores.gain(after, before, metric) for metric in ("log_loss", "accuracy"))
            if name == "more_rows":
                change = f"{by_name[before].n_train:,} to {by_name[after].n_train:,}"
            else:
                change = describe_change(by_name[before].probe, by_name[after].probe)
            effects[name] = Effect(log_loss, accuracy, change, classify_gain(log_loss, evidence.material))
    return effects


def describe_change(before: Probe, after: Probe) -> str:
    """Return the differences between two probes as text: ``hidden 8 to 32, dropout 0 to 0.15``."""
    parts = []
    if before.network.hidden != after.network.hidden:
        parts.append(f"hidden {_widths(before.network.hidden)} to {_widths(after.network.hidden)}")
    if isinstance(before.network, ModuleNetwork) and before.network != after.network:
        parts.append("no dropout")
    for label, one, other in (
        ("dropout", before.network.dropout, after.network.dropout),
        ("weight decay", before.training.weight_decay, after.training.weight_decay),
    ):
        if one != other:
            parts.append(f"{label} {one:.2g} to {other:.2g}")
    if before.stops_early != after.stops_early:
        parts.append("early stopping" if after.stops_early else "no early stopping")
    if before.training.epochs != after.training.epochs:
        parts.append(f"epochs {before.training.epochs:,} to {after.training.epochs:,}")
    return ", ".join(parts)


def _widths(hidden: tuple[int, ...]) -> str:
    return ",".join(map(str, hidden)) or "none"
