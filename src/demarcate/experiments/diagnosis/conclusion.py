"""A diagnosis from what was measured: the verdict, what each change does, and the reasons in words."""

from collections.abc import Iterator

import numpy as np

from demarcate.experiments.diagnosis.diagnosis_result import Diagnosis, Effect, Levels, Noise, Tried, Verdict
from demarcate.experiments.diagnosis.measured import Measured
from demarcate.experiments.diagnosis.probe_splits import Lineup
from demarcate.experiments.diagnosis.probes import Probe
from demarcate.experiments.diagnosis.verdict import EASED, HALF, OWN, Case, answered, decided, noise_of


def concluded(
    measured: Measured, lineup: Lineup, *, majority_error: float, n_rows: int, n_used: int, diverged: int
) -> Diagnosis:
    """The diagnosis that measurements lead to.

    Parameters
    ----------
    measured
        What the probes made of the rows.
    lineup
        Who trained on which.
    majority_error
        The share of judged rows that are not of the commonest class.
    n_rows, n_used
        Rows of the table, and how many of them took part.
    diverged
        How many networks' loss stopped being finite.
    """
    case = Case.of(measured)
    noise = noise_of(measured, majority_error)
    tried = tuple(_tried(measured, lineup, place) for place in range(len(measured.probes)))
    effects = _effects(case, tried)
    verdict = decided(case, noise.share)
    gap = Levels(measured.gap(OWN, "log_loss"), measured.gap(OWN, "accuracy"))
    return Diagnosis(
        verdict=verdict,
        reasons=(*_reasons(verdict, tried[0], gap, effects, noise), *_provisos(verdict, n_rows, n_used)),
        train=tried[0].train,
        judged=tried[0].judged,
        gap=gap,
        more_rows=effects["more_rows"],
        more_capacity=effects.get("more_capacity"),
        less_capacity=effects.get("less_capacity"),
        more_regularisation=effects["more_regularisation"],
        less_regularisation=effects.get("less_regularisation"),
        longer_training=effects["longer_training"],
        worth=case.material,
        noise=noise,
        tried=tried,
        n_rows=n_rows,
        n_used=n_used,
        n_judged=len(np.unique(np.concatenate(measured.rows))),
        n_seeds=len(measured.rows),
        diverged=diverged,
    )


def _tried(measured: Measured, lineup: Lineup, place: int) -> Tried:
    probe, member = measured.probes[place], lineup.members[place]
    train = Levels(measured.fitted(probe.name, "log_loss"), measured.fitted(probe.name, "accuracy"))
    judged = Levels(measured.level(probe.name, "log_loss"), measured.level(probe.name, "accuracy"))
    return Tried(probe, len(member.rows) + len(member.validation_rows), train, judged)


def _effects(case: Case, tried: tuple[Tried, ...]) -> dict[str, Effect]:
    """What each change does, by the name of the field."""
    by_name = {each.probe.name: each for each in tried}
    own = by_name[OWN]
    wider = "larger"
    if case.helping((EASED,)) and not case.helping(("larger",)):
        wider = EASED
    pairs = {
        "more_rows": (HALF, OWN),
        "more_capacity": (OWN, wider),
        "less_capacity": (OWN, "smaller"),
        "more_regularisation": (OWN, "regularised"),
        "less_regularisation": (OWN, "unregularised"),
        "longer_training": (OWN, "longer"),
    }
    effects = {}
    for name, (before, after) in pairs.items():
        if before in by_name and after in by_name:
            log_loss, accuracy = (case.measured.gain(after, before, metric) for metric in ("log_loss", "accuracy"))
            if name == "more_rows":
                change = f"{by_name[HALF].n_train:,} to {own.n_train:,}"
            else:
                change = changed(by_name[before].probe, by_name[after].probe)
            effects[name] = Effect(log_loss, accuracy, change, answered(log_loss, case.material))
    return effects


def changed(before: Probe, after: Probe) -> str:
    """What differs between two probes, in words.

    Examples
    --------
    >>> from demarcate.experiments.diagnosis.probes import probes_of
    >>> from demarcate.engine import Training
    >>> from demarcate.nn import Network
    >>> probes = {probe.name: probe for probe in probes_of(Network((8,)), Training())}
    >>> changed(probes["configured"], probes["larger, regularised"])
    'hidden 8 to 32, dropout 0 to 0.15, weight decay 0 to 0.001, early stopping'
    """
    parts = []
    if before.network.hidden != after.network.hidden:
        parts.append(f"hidden {_widths(before.network.hidden)} to {_widths(after.network.hidden)}")
    for words, one, other in (
        ("dropout", before.network.dropout, after.network.dropout),
        ("weight decay", before.training.weight_decay, after.training.weight_decay),
    ):
        if one != other:
            parts.append(f"{words} {one:.2g} to {other:.2g}")
    if before.stops != after.stops:
        parts.append("early stopping" if after.stops else "no early stopping")
    if before.training.epochs != after.training.epochs:
        parts.append(f"epochs {before.training.epochs:,} to {after.training.epochs:,}")
    return ", ".join(parts)


def _reasons(verdict: Verdict, own: Tried, gap: Levels, effects: dict[str, Effect], noise: Noise) -> Iterator[str]:
    yield (
        f"Its log loss is {own.train.log_loss} on rows that it was trained on and {own.judged.log_loss} on others "
        f"(accuracy {own.train.accuracy.value:.1%} and {own.judged.accuracy.value:.1%}); the difference is "
        f"{gap.log_loss}."
    )
    changes = {name: effect for name, effect in effects.items() if name != "more_rows"}
    for name in _telling(verdict, changes):
        yield f"{_SAID[name]} ({effects[name].change}) {_outcome(effects[name])}."
    if verdict in {"is about right", "is limited by noise"}:
        unclear = [_SAID[name].lower() for name, effect in changes.items() if effect.answer == "cannot tell"]
        left = f"; of {', '.join(unclear)} nobody can tell" if unclear else ""
        yield f"None of the changes to the network or its training that were tried is clearly worth having{left}."
    if verdict == "is limited by noise":
        yield (
            f"Yet {1 - noise.accuracy.value:.1%} of the rows are wrong with the best of all that was tried, "
            f"{noise.share:.0%} of the mistakes of always saying the commonest class: the columns do not tell these "
            "rows' classes."
        )
    if effects["more_rows"].answer == "helps":
        rows = effects["more_rows"]
        yield f"More rows would help: the last doubling ({rows.change}) {_outcome(rows)}."


def _provisos(verdict: Verdict, n_rows: int, n_used: int) -> Iterator[str]:
    if verdict == "cannot tell":
        yield "More seeds narrow the intervals somewhat, more rows do so further."
    if n_used < n_rows:
        yield f"This is the network trained on four fifths of {n_used:,} of {n_rows:,} rows; on all it overfits less."


def _telling(verdict: Verdict, changes: dict[str, Effect]) -> list[str]:
    """The changes that speak for the verdict, the largest first."""
    answer = "cannot tell" if verdict == "cannot tell" else "helps"
    told = [name for name, effect in changes.items() if effect.answer == answer]
    if verdict == "cannot tell":
        told += [name for name, effect in changes.items() if effect.answer == "helps"]
    return sorted(told, key=lambda name: -changes[name].log_loss.value)


def _outcome(effect: Effect) -> str:
    mean = effect.log_loss
    if effect.answer == "helps":
        return f"lowered the log loss of rows not trained on by {mean}"
    return f"may help or not: it changed the log loss of rows not trained on by {_negated(mean.value)}" + (
        "" if mean.low is None or mean.high is None else f" [{_negated(mean.high)}, {_negated(mean.low)}]"
    )


def _negated(value: float) -> str:
    return f"{-value:+.3f}"


def _widths(hidden: tuple[int, ...]) -> str:
    return ",".join(map(str, hidden)) or "none"


_SAID = {
    "more_capacity": "A larger network",
    "less_capacity": "A smaller network",
    "more_regularisation": "More regularisation",
    "less_regularisation": "No regularisation",
    "longer_training": "Longer training",
}
