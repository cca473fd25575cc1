"""The symptom and the remedy as sentences: what the losses of the network say, and what the probes say would help."""

from collections.abc import Iterator, Mapping

from demarcate.experiments.diagnosis.diagnosis_result import Effect, Levels, Noise, Verdict
from demarcate.formatting import percent

_CHANGES = {
    "more_rows": "More rows",
    "more_capacity": "A larger network",
    "less_capacity": "A smaller network",
    "more_regularisation": "More regularisation",
    "less_regularisation": "No regularisation",
    "longer_training": "Longer training",
}
_MEANINGS: dict[Verdict, str] = {
    "overfits": "It fits the rows it was trained on far better than new ones",
    "underfits": "It does not fit even the rows it was trained on as well as it could",
    "cannot tell": "These rows are too few to tell whether it fits them too little or too much",
}
_NO_GAP = "It fits new rows about as well as the rows it was trained on"
_SMALL_GAP = "It fits new rows less well than the rows it was trained on, but not by a large gap"


def symptom_of(verdict: Verdict, train: Levels, held_out: Levels, gap: Levels) -> str:
    """Return the losses on training rows and on held-out rows, their gap, and its meaning."""
    has_gap = gap.log_loss.low is not None and gap.log_loss.low > 0
    meaning = _MEANINGS.get(verdict, _SMALL_GAP if has_gap else _NO_GAP)
    return (
        f"Its log loss is {train.log_loss} on its training rows and {held_out.log_loss} on held-out rows "
        f"(accuracy {percent(train.accuracy.value, 1)} and {percent(held_out.accuracy.value, 1)}), a gap of "
        f"{gap.log_loss}. {meaning}."
    )


def remedy_of(effects: Mapping[str, Effect]) -> str:
    """Return which changes help, the largest effect first; if none does, which ones may."""
    helping, unclear = (_ordered(effects, answer) for answer in ("helps", "cannot tell"))
    if helping:
        first, *others = (_gain(name, effects[name]) for name in helping)
        return "; ".join([f"{first[0]} lowered the log loss of held-out rows by {first[1]}", *map(_also, others)]) + "."
    if not unclear:
        return "None of the changes that were tried helps."
    listed = ", ".join(f"{_named(name, effects[name], first=False)} {_unclear(effects[name])}" for name in unclear)
    return f"None of the changes that were tried is sure to help. Log loss of held-out rows, lower by: {listed}."


def further_reasons(
    verdict: Verdict, effects: Mapping[str, Effect], noise: Noise, n_rows: int, n_used: int
) -> Iterator[str]:
    """Yield what else there is to say: of the noise, of what was not tried, of intervals, of rows left out."""
    if "longer_training" not in effects:
        yield "Longer training was not tried: the network knows its training rows by heart, and has no more to fit."
    if verdict == "is limited by noise":
        yield (
            f"With the best probe {percent(1 - noise.accuracy.value, 1)} of the rows are still wrong, "
            f"{percent(noise.share)} of the mistakes of always predicting the most frequent class: "
            "the columns do not separate these rows' classes."
        )
    if verdict == "cannot tell":
        yield "More seeds narrow the intervals somewhat, more rows narrow them further."
    if n_used < n_rows:
        yield f"The network was trained on a part of {n_used:,} of {n_rows:,} rows; on all rows it overfits less."


def _ordered(effects: Mapping[str, Effect], answer: str) -> list[str]:
    names = [name for name, effect in effects.items() if effect.answer == answer]
    return sorted(names, key=lambda name: -effects[name].log_loss.value)


def _gain(name: str, effect: Effect) -> tuple[str, str]:
    return _named(name, effect), str(effect.log_loss)


def _also(gain: tuple[str, str]) -> str:
    return f"{gain[0][0].lower()}{gain[0][1:]} by {gain[1]}"


def _named(name: str, effect: Effect, *, first: bool = True) -> str:
    change = _CHANGES[name] if first else _CHANGES[name].lower()
    return f"{change} ({effect.change})"


def _unclear(effect: Effect) -> str:
    return effect.log_loss.signed
