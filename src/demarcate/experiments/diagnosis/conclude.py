"""From the scores of the probes to a diagnosis: the verdict, the effect of each change, and the reasons as text."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from demarcate.experiments.diagnosis.diagnosis_result import Diagnosis, Effect, Levels, Noise, ProbeResult, Verdict
from demarcate.experiments.diagnosis.probe_design import ProbeDesign
from demarcate.experiments.diagnosis.probe_scores import ProbeScores
from demarcate.experiments.diagnosis.probes import Probe
from demarcate.experiments.diagnosis.verdict import (
    CONFIGURED,
    HALF_OF_ROWS,
    LARGER_REGULARISED,
    Evidence,
    classify_gain,
    decide_verdict,
    noise_of,
)


def conclude(
    scores: ProbeScores, design: ProbeDesign, *, majority_error: float, n_rows: int, n_used: int, diverged: int
) -> Diagnosis:
    """Return the diagnosis; ``majority_error`` is the share of scored rows outside the most frequent class."""
    evidence = Evidence(scores)
    noise = noise_of(scores, majority_error)
    results = tuple(_probe_result(scores, design, index) for index in range(len(scores.probes)))
    effects = _effects(evidence, results)
    verdict = decide_verdict(evidence, noise.share)
    gap = Levels(scores.gap(CONFIGURED, "log_loss"), scores.gap(CONFIGURED, "accuracy"))
    return Diagnosis(
        verdict=verdict,
        reasons=(*_reasons(verdict, results[0], gap, effects, noise), *_caveats(verdict, n_rows, n_used)),
        train=results[0].train,
        held_out=results[0].held_out,
        gap=gap,
        more_rows=effects["more_rows"],
        more_capacity=effects.get("more_capacity"),
        less_capacity=effects.get("less_capacity"),
        more_regularisation=effects["more_regularisation"],
        less_regularisation=effects.get("less_regularisation"),
        longer_training=effects["longer_training"],
        min_gain=evidence.material,
        noise=noise,
        probes=results,
        n_rows=n_rows,
        n_used=n_used,
        n_scored=len(np.unique(np.concatenate(scores.rows))),
        n_seeds=len(scores.rows),
        diverged=diverged,
    )


def _probe_result(scores: ProbeScores, design: ProbeDesign, index: int) -> ProbeResult:
    probe, member = scores.probes[index], design.members[index]
    train = Levels(scores.train_level(probe.name, "log_loss"), scores.train_level(probe.name, "accuracy"))
    held_out = Levels(scores.level(probe.name, "log_loss"), scores.level(probe.name, "accuracy"))
    n_train = len(member.rows) + len(member.validation_rows)
    return ProbeResult(replace(probe, training=member.training), n_train, train, held_out)


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
        "longer_training": (CONFIGURED, "longer"),
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


def _reasons(
    verdict: Verdict, configured: ProbeResult, gap: Levels, effects: dict[str, Effect], noise: Noise
) -> Iterator[str]:
    train, held_out = configured.train, configured.held_out
    yield (
        f"Its log loss is {train.log_loss} on its training rows and {held_out.log_loss} on held-out rows "
        f"(accuracy {train.accuracy.value:.1%} and {held_out.accuracy.value:.1%}); the difference is {gap.log_loss}."
    )
    changes = {name: effect for name, effect in effects.items() if name != "more_rows"}
    for name in _decisive(verdict, changes):
        yield f"{_CHANGES[name]} ({effects[name].change}) {_describe_effect(effects[name])}."
    if verdict in {"is about right", "is limited by noise"}:
        unclear = [_CHANGES[name].lower() for name, effect in changes.items() if effect.answer == "cannot tell"]
        remainder = f"; the effect of {', '.join(unclear)} is unclear" if unclear else ""
        yield f"No change to the network or its training helps clearly{remainder}."
    if verdict == "is limited by noise":
        yield (
            f"With the best probe {1 - noise.accuracy.value:.1%} of the rows are still wrong, {noise.share:.0%} of the "
            "mistakes of always predicting the most frequent class: the columns do not separate these rows' classes."
        )
    if effects["more_rows"].answer == "helps":
        rows = effects["more_rows"]
        yield f"More rows would help: the last doubling ({rows.change}) {_describe_effect(rows)}."


def _caveats(verdict: Verdict, n_rows: int, n_used: int) -> Iterator[str]:
    if verdict == "cannot tell":
        yield "More seeds narrow the intervals somewhat, more rows narrow them further."
    if n_used < n_rows:
        yield f"The network was trained on four fifths of {n_used:,} of {n_rows:,} rows; on all rows it overfits less."


def _decisive(verdict: Verdict, changes: dict[str, Effect]) -> list[str]:
    """Return the changes that support the verdict, the largest effect first."""
    answers = ("cannot tell", "helps") if verdict == "cannot tell" else ("helps",)
    names = [name for answer in answers for name, effect in changes.items() if effect.answer == answer]
    return sorted(names, key=lambda name: -changes[name].log_loss.value)


def _describe_effect(effect: Effect) -> str:
    mean = effect.log_loss
    if effect.answer == "helps":
        return f"lowered the log loss of held-out rows by {mean}"
    interval = "" if mean.low is None or mean.high is None else f" [{-mean.high:+.3f}, {-mean.low:+.3f}]"
    return f"may or may not help: it changed the log loss of held-out rows by {-mean.value:+.3f}{interval}"


def _widths(hidden: tuple[int, ...]) -> str:
    return ",".join(map(str, hidden)) or "none"


_CHANGES = {
    "more_capacity": "A larger network",
    "less_capacity": "A smaller network",
    "more_regularisation": "More regularisation",
    "less_regularisation": "No regularisation",
    "longer_training": "Longer training",
}
