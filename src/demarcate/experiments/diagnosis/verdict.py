"""The rule by which a diagnosis is made: paired differences that are both real and worth having.

1. A change **helps** when the 95% interval of what it does to the log loss of rows not trained on leaves out 0, and it
   lowers it by at least a tenth (and 0.02). It **does not help** when the whole interval is below that. Between, nobody
   **can tell**; the verdict does not wait for a change whose whole interval is below twice that.
2. A network **overfits** when something that fits less helps (fewer units, more regularisation), and its loss is
   clearly higher on rows that it was not trained on than on those that it was.
3. It **underfits** when something that fits more helps: more units, no regularisation, more epochs, or more units with
   regularisation if they help a regularised network too.
4. Where both hold, its loss is taken apart. How much higher it is on its own training rows than the best probe's on
   rows which that one was not trained on, is underfitting; what it is higher on others than on its own is not. The sign
   of the first decides, if its interval leaves out 0.
5. Where neither holds and no such change is left that the verdict has to wait for, the network **is about right**; or
   it **is limited by noise**, if many mistakes remain with the best of all probes and more rows do not help either.
"""

from dataclasses import dataclass

from demarcate.evaluation import Mean
from demarcate.experiments.diagnosis.diagnosis_result import Answer, Noise, Verdict
from demarcate.experiments.diagnosis.measured import Measured

MATERIAL = 0.1
"""The share of the log loss that a change must take away to be worth having."""
LEAST_MATERIAL = 0.02
"""What it must take away at least."""
RULED_OUT = 2
"""A change has no say in the verdict when its interval ends below so many times what would be worth having."""
NOISE_SHARE = 0.1
"""Noise is the limit from so many mistakes on for each that always saying the commonest class makes."""
OWN = "configured"
RICHER = ("larger", "unregularised", "longer")
POORER = ("smaller", "regularised")
EASED, HALF = "larger, regularised", "half of the rows"


@dataclass(frozen=True, eq=False)
class Case:
    """The numbers that decide.

    Attributes
    ----------
    measured
        What was measured.
    loss
        The log loss of the network as configured on the judged rows.
    """

    measured: Measured
    loss: float

    @classmethod
    def of(cls, measured: Measured) -> "Case":
        """The case that measurements make."""
        return cls(measured, measured.level(OWN, "log_loss").value)

    @property
    def material(self) -> float:
        """The least change of the log loss that is worth having."""
        return max(MATERIAL * self.loss, LEAST_MATERIAL)

    def gain(self, name: str) -> Mean | None:
        """How much lower a probe's log loss is; None if it was not tried."""
        return None if self.measured.place(name) is None else self.measured.gain(name, OWN, "log_loss")

    def answer(self, gain: Mean) -> Answer:
        """Whether a change helps, as far as the verdict goes by it."""
        return answered(gain, self.material, RULED_OUT)

    def helping(self, names: tuple[str, ...]) -> list[str]:
        """Those of the probes that help."""
        return [name for name in names if (gain := self.gain(name)) and self.answer(gain) == "helps"]

    def open(self, names: tuple[str, ...]) -> list[str]:
        """Those of the probes of which nobody can tell."""
        return [name for name in names if (gain := self.gain(name)) and self.answer(gain) == "cannot tell"]


def answered(gain: Mean, material: float, ruled_out: float = 1) -> Answer:
    """Whether a change helps, from how much it lowers the log loss.

    Parameters
    ----------
    gain
        How much it lowers the log loss.
    material
        The least change that is worth having.
    ruled_out
        It does not help when its interval ends below so many times that.

    Examples
    --------
    >>> answered(Mean(0.10, 0.04, 0.16, 10), 0.05), answered(Mean(0.01, -0.02, 0.04, 10), 0.05)
    ('helps', 'does not help')
    >>> answered(Mean(0.06, -0.02, 0.14, 10), 0.05)
    'cannot tell'
    """
    if gain.low is None or gain.high is None:
        return "cannot tell"
    if gain.low > 0 and gain.value >= material:
        return "helps"
    return "does not help" if gain.high < ruled_out * material else "cannot tell"


def decided(case: Case, remaining: float) -> Verdict:
    """The verdict, from what helps.

    Parameters
    ----------
    case
        What was measured.
    remaining
        Mistakes that remain with the best probe for each that always saying the commonest class makes.
    """
    over, under = _overfits(case), _underfits(case)
    if over and under:
        return _larger_part(case, [*over, *under])
    if over:
        return "overfits"
    if under:
        return "underfits"
    if case.open((*RICHER, *POORER)):
        return "cannot tell"
    rows_help = case.answer(case.measured.gain(OWN, HALF, "log_loss")) == "helps"
    return "is limited by noise" if remaining >= NOISE_SHARE and not rows_help else "is about right"


def _overfits(case: Case) -> list[str]:
    """Probes that fit less and help, where the network is worse on rows it was not trained on."""
    gap = case.measured.gap(OWN, "log_loss")
    if gap.low is None or gap.low <= 0 or gap.value < case.material:
        return []
    return case.helping(POORER)


def _underfits(case: Case) -> list[str]:
    """Probes that fit more and help, where that is not merely their regularisation."""
    eased = case.helping((EASED,)) if _beats_regularised(case) else []
    return [*case.helping(RICHER), *eased]


def _beats_regularised(case: Case) -> bool:
    """Whether the larger network is better than the configured one where both are regularised."""
    if case.measured.place(EASED) is None:
        return False
    return case.answer(case.measured.gain(EASED, "regularised", "log_loss")) == "helps"


def _larger_part(case: Case, helping: list[str]) -> Verdict:
    """Which of the two is most of what is wrong, if that is clear."""
    best = min(helping, key=lambda name: case.measured.level(name, "log_loss").value)
    lacking = case.measured.excess(best, "log_loss")
    if lacking.low is None or lacking.high is None or lacking.low <= 0 <= lacking.high:
        return "cannot tell"
    return "underfits" if lacking.low > 0 else "overfits"


def noise_of(measured: Measured, majority_error: float) -> Noise:
    """What remains wrong with the best probe that had all rows."""
    names = [probe.name for probe in measured.probes if probe.share == 1]
    best = min(names, key=lambda name: measured.level(name, "log_loss").value)
    return Noise(best, measured.level(best, "log_loss"), measured.level(best, "accuracy"), majority_error)
