"""The rule of a diagnosis: the symptom is read from the losses of the network itself, the remedy from its probes.

1. The **gap** is the log loss on held-out rows minus that on the network's own training rows. It is **large** when it
   is at least a third of the loss on held-out rows, and at least 0.15, and its 95% interval excludes 0. These losses
   are full, as everywhere else; those that compare probes count a row at most log(100).
2. A change **helps** when the 95% interval of its effect on the log loss of held-out rows excludes 0, and it lowers the
   log loss by at least a tenth (and 0.02). It **does not help** when the whole interval is below that. Otherwise the
   answer is **cannot tell**; the verdict does not wait for a change whose whole interval is below twice that, nor for
   one that rather does harm than help.
3. A network **overfits** when its gap is large, whatever helps; or when its gap is at least half of that, its interval
   excludes 0, and a change that fits less helps (fewer units, more regularisation).
4. It **underfits** when a change that fits more helps: more units, no regularisation, more epochs, or more units with
   regularisation if they help a regularised network too.
5. Where both hold, it underfits if its own training loss is clearly above the best such probe's loss on held-out rows,
   because then even the rows it was trained on are fitted worse than new rows can be; or if that probe, and no change
   that fits less, removes at least half of the loss of a network whose training loss is not negligible. Otherwise it
   overfits.
6. Where neither holds, the network **is about right**; or it **is limited by noise**, if many mistakes remain with the
   best of all probes and more rows do not help either. As the next doubling of the rows brings about half of what the
   last one did, that one must have brought twice a gain that matters. The verdict is **cannot tell** where the symptom
   is unclear: a change that fits more may help, or the gap may be large and a change that fits less may help.
"""

from dataclasses import dataclass
from functools import cached_property

from demarcate.evaluation import Mean
from demarcate.experiments.diagnosis.diagnosis_result import Answer, Noise, Verdict
from demarcate.experiments.diagnosis.probe_scores import FULL_LOG_LOSS, ProbeScores
from demarcate.experiments.diagnosis.probes import LONGER_TRAINING

MATERIAL_SHARE = 0.1
"""The share of the log loss that a change must remove to matter."""
MIN_MATERIAL = 0.02
"""The amount of log loss that it must remove at least."""
RULED_OUT = 2
"""A change has no say in the verdict when its interval ends below this multiple of a material gain."""
LARGE_GAP_SHARE, MIN_LARGE_GAP = 1 / 3, 0.15
"""A gap is large from this share of the loss on held-out rows, and from this amount."""
DOUBLING = 2
"""The last doubling of the rows brings about this many times what the next one would."""
NOISE_SHARE = 0.1
"""Noise is the limit from this ratio of remaining mistakes to those of always predicting the most frequent class."""
CONFIGURED = "configured"
FITS_MORE = ("larger", "unregularised", LONGER_TRAINING)
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

    @property
    def is_negligible(self) -> bool:
        """Whether all of the log loss on held-out rows is less than a gain that matters."""
        return self.scores.level(CONFIGURED, "log_loss").value < self.material

    @cached_property
    def gap(self) -> Mean:
        """How much higher the log loss is on held-out rows than on training rows."""
        return self.scores.gap(CONFIGURED, FULL_LOG_LOSS)

    @cached_property
    def large_gap(self) -> float:
        """The smallest gap that is large."""
        return max(LARGE_GAP_SHARE * self.scores.level(CONFIGURED, FULL_LOG_LOSS).value, MIN_LARGE_GAP)

    def has_gap_of(self, least: float) -> bool:
        """Whether the network is worse on held-out rows by more than chance, and by at least this much."""
        return self.gap.low is not None and self.gap.low > 0 and self.gap.value >= least

    @property
    def may_have_large_gap(self) -> bool:
        """Whether the interval of the gap contains large ones."""
        return self.gap.high is None or self.gap.high >= self.large_gap

    def answers(self, names: tuple[str, ...], answer: Answer) -> list[str]:
        """Return those of the probes with this answer, as far as the verdict depends on it."""
        gains = {name: self.scores.gain(name, CONFIGURED, "log_loss") for name in names if self.scores.has(name)}
        return [name for name, gain in gains.items() if self.answer(gain) == answer]

    def may_help(self, name: str) -> bool:
        """Return whether it is unclear if a probe helps, and it rather does than not; False of one not trained."""
        if not self.scores.has(name):
            return False
        gain = self.scores.gain(name, CONFIGURED, "log_loss")
        return gain.value > 0 and self.answer(gain) == "cannot tell"

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
    overfits, fitting_more = _overfits(evidence), _underfitting(evidence)
    if fitting_more and not (overfits and not _is_underfitting_larger(evidence, fitting_more)):
        return "underfits"
    if overfits:
        return "overfits"
    if _is_open(evidence):
        return "cannot tell"
    last_doubling = evidence.scores.gain(CONFIGURED, HALF_OF_ROWS, "log_loss")
    rows_help = classify_gain(last_doubling, DOUBLING * evidence.material) == "helps"
    return "is limited by noise" if remaining >= NOISE_SHARE and not rows_help else "is about right"


def _is_open(evidence: Evidence) -> bool:
    """Return whether the symptom is unclear, though neither fault is seen."""
    if evidence.is_negligible:
        # Of a loss below what matters nothing can be gained that does.
        return False
    if any(evidence.may_help(name) for name in FITS_MORE):
        return True
    return evidence.may_have_large_gap and any(evidence.may_help(name) for name in FITS_LESS)


def _overfits(evidence: Evidence) -> bool:
    """Return whether the gap is large, or real and closed in part by a change that fits less."""
    if evidence.has_gap_of(evidence.large_gap):
        return True
    return evidence.has_gap_of(evidence.large_gap / 2) and bool(evidence.answers(FITS_LESS, "helps"))


def _underfitting(evidence: Evidence) -> list[str]:
    """Return probes that fit more and help, where that is not only their regularisation."""
    helping = evidence.answers(FITS_MORE, "helps")
    if evidence.answers((LARGER_REGULARISED,), "helps"):
        over_regularised = evidence.scores.gain(LARGER_REGULARISED, "regularised", "log_loss")
        if evidence.answer(over_regularised) == "helps":
            helping.append(LARGER_REGULARISED)
    return helping


def _is_underfitting_larger(evidence: Evidence, fitting_more: list[str]) -> bool:
    """Return whether the network fits its own training rows clearly worse than a probe that fits more fits new rows.

    Or whether that probe, and no change that fits less, removes most of the loss of a network that has some of its own
    training rows left to fit.
    """
    scores = evidence.scores
    best = min(fitting_more, key=lambda name: scores.level(name, "log_loss").value)
    excess = scores.excess(best, "log_loss")
    if excess.low is not None and excess.low > 0:
        return True
    has_rows_to_fit = scores.train_level(CONFIGURED, "log_loss").value >= MIN_MATERIAL
    removes_most = scores.gain(best, CONFIGURED, "log_loss").value >= scores.level(CONFIGURED, "log_loss").value / 2
    return has_rows_to_fit and removes_most and not evidence.answers(FITS_LESS, "helps")


def noise_of(scores: ProbeScores, majority_error: float) -> Noise:
    """Return the mistakes that remain with the best probe that had all rows."""
    names = [probe.name for probe in scores.probes if probe.share == 1]
    best = min(names, key=lambda name: scores.level(name, "log_loss").value)
    return Noise(best, scores.level(best, "log_loss"), scores.level(best, "accuracy"), majority_error)
