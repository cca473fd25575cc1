"""The rule of a diagnosis: paired differences that are both real and large enough to matter.

1. A change **helps** when the 95% interval of its effect on the log loss of held-out rows excludes 0, and it lowers the
   log loss by at least a tenth (and 0.02). It **does not help** when the whole interval is below that. Otherwise the
   answer is **cannot tell**; the verdict does not wait for a change whose whole interval is below twice that.
2. A network **overfits** when a change that fits less helps (fewer units, more regularisation), and its loss is clearly
   higher on held-out rows than on its training rows.
3. It **underfits** when a change that fits more helps: more units, no regularisation, more epochs, or more units with
   regularisation if they help a regularised network too.
4. Where both hold, the loss is split: the excess of its own training loss over the best probe's held-out loss is
   underfitting, the gap between its held-out and its training loss is not. The sign of the first decides, if its
   interval excludes 0.
5. Where neither holds and no change is open, the network **is about right**; or it **is limited by noise**, if many
   mistakes remain with the best of all probes and more rows do not help either.
"""

from dataclasses import dataclass
from functools import cached_property

from demarcate.evaluation import Mean
from demarcate.experiments.diagnosis.diagnosis_result import Answer, Noise, Verdict
from demarcate.experiments.diagnosis.probe_scores import ProbeScores

MATERIAL_SHARE = 0.1
"""The share of the log loss that a change must remove to matter."""
MIN_MATERIAL = 0.02
"""The amount of log loss that it must remove at least."""
RULED_OUT = 2
"""A change has no say in the verdict when its interval ends below this multiple of a material gain."""
NOISE_SHARE = 0.1
"""Noise is the limit from this ratio of remaining mistakes to those of always predicting the most frequent class."""
CONFIGURED = "configured"
FITS_MORE = ("larger", "unregularised", "longer")
FITS_LESS = ("smaller", "regularised")
LARGER_REGULARISED, HALF_OF_ROWS = "larger, regularised", "half of the rows"


@dataclass(frozen=True, eq=False)
class Evidence:
    """The scores of the probes, and what they say about each change."""

    scores: ProbeScores

    @cached_property
    def material(self) -> float:
        """The smallest reduction of the log loss that matters."""
        return max(MATERIAL_SHARE * self.scores.level(CONFIGURED, "log_loss").value, MIN_MATERIAL)

    def answers(self, names: tuple[str, ...], answer: Answer) -> list[str]:
        """Return those of the probes with this answer, as far as the verdict depends on it."""
        gains = {name: self.scores.gain(name, CONFIGURED, "log_loss") for name in names if self.scores.has(name)}
        return [name for name, gain in gains.items() if self.answer(gain) == answer]

    def answer(self, gain: Mean) -> Answer:
        """Return whether a change helps, as far as the verdict depends on it."""
        return classify_gain(gain, self.material, RULED_OUT)


def classify_gain(gain: Mean, material: float, ruled_out: float = 1) -> Answer:
    """Return whether a change helps, given how much it lowers the log loss and the smallest gain that matters.

    It does not help when its interval ends below ``ruled_out`` times ``material``.
    """
    if gain.low is None or gain.high is None:
        return "cannot tell"
    if gain.low > 0 and gain.value >= material:
        return "helps"
    return "does not help" if gain.high < ruled_out * material else "cannot tell"


def decide_verdict(evidence: Evidence, remaining: float) -> Verdict:
    """Return the verdict; ``remaining`` is the ratio of the best probe's mistakes to the majority class's."""
    over, under = _overfitting(evidence), _underfitting(evidence)
    if over and under:
        return _larger_part(evidence, [*over, *under])
    if over:
        return "overfits"
    if under:
        return "underfits"
    if evidence.answers((*FITS_MORE, *FITS_LESS), "cannot tell"):
        return "cannot tell"
    rows_help = evidence.answer(evidence.scores.gain(CONFIGURED, HALF_OF_ROWS, "log_loss")) == "helps"
    return "is limited by noise" if remaining >= NOISE_SHARE and not rows_help else "is about right"


def _overfitting(evidence: Evidence) -> list[str]:
    """Return probes that fit less and help, if the network is clearly worse on held-out rows."""
    gap = evidence.scores.gap(CONFIGURED, "log_loss")
    if gap.low is None or gap.low <= 0 or gap.value < evidence.material:
        return []
    return evidence.answers(FITS_LESS, "helps")


def _underfitting(evidence: Evidence) -> list[str]:
    """Return probes that fit more and help, where that is not only their regularisation."""
    helping = evidence.answers(FITS_MORE, "helps")
    if evidence.answers((LARGER_REGULARISED,), "helps"):
        over_regularised = evidence.scores.gain(LARGER_REGULARISED, "regularised", "log_loss")
        if evidence.answer(over_regularised) == "helps":
            helping.append(LARGER_REGULARISED)
    return helping


def _larger_part(evidence: Evidence, helping: list[str]) -> Verdict:
    """Return which of underfitting and overfitting is larger, if that is clear."""
    best = min(helping, key=lambda name: evidence.scores.level(name, "log_loss").value)
    excess = evidence.scores.excess(best, "log_loss")
    if excess.low is None or excess.high is None or excess.low <= 0 <= excess.high:
        return "cannot tell"
    return "underfits" if excess.low > 0 else "overfits"


def noise_of(scores: ProbeScores, majority_error: float) -> Noise:
    """Return the mistakes that remain with the best probe that had all rows."""
    names = [probe.name for probe in scores.probes if probe.share == 1]
    best = min(names, key=lambda name: scores.level(name, "log_loss").value)
    return Noise(best, scores.level(best, "log_loss"), scores.level(best, "accuracy"), majority_error)
