"""The result of a diagnosis: verdict, effects, probes, and their text and JSON."""

from dataclasses import asdict, dataclass
from textwrap import fill
from typing import TYPE_CHECKING, Any, Literal

from demarcate.evaluation import Mean
from demarcate.experiments.diagnosis.probes import Probe
from demarcate.formatting import aligned
from demarcate.presentation import ResultTable, ResultView, ShownAsHtml, brief_repr

if TYPE_CHECKING:
    import polars as pl

MAX_LINE = 110
"""Characters of a line of text."""

Verdict = Literal["underfits", "overfits", "is about right", "is limited by noise", "cannot tell"]
Answer = Literal["helps", "does not help", "cannot tell"]
Split = Literal["by row", "by group", "forward in time", "by caller"]
_SPLITS: dict[Split, str] = {
    "by row": "on four fifths of them and scores all on the others",
    "by group": "on about four fifths of the groups and scores all on the other groups; intervals are by group",
    "by caller": "on the training rows of the split that was given, and scores all on its test rows",
    "forward in time": "on the rows before a window in time and scores all on this window; intervals are by block",
}


@dataclass(frozen=True)
class Levels:
    """A probe's mean log loss and accuracy over some rows, with 95% intervals."""

    log_loss: Mean
    accuracy: Mean

    def columns(self) -> dict[str, float | None]:
        """Return each mean with the ends of its interval, by name."""
        return {
            name + suffix: value
            for name, mean in (("log_loss", self.log_loss), ("accuracy", self.accuracy))
            for suffix, value in (("", mean.value), ("_low", mean.low), ("_high", mean.high))
        }

    def to_json(self) -> dict[str, Any]:
        """Return both as JSON values."""
        return {"log_loss": asdict(self.log_loss), "accuracy": asdict(self.accuracy)}


@dataclass(frozen=True)
class Effect(Levels):
    """The effect of a change on held-out rows, compared row by row.

    Attributes
    ----------
    log_loss, accuracy
        The reduction of the log loss, and the increase of the accuracy; below 0 where the change makes them worse.
    change
        The change as text, such as ``hidden 4 to 16``.
    answer
        ``helps``, ``does not help`` or ``cannot tell``: whether it lowers the log loss enough to matter.

    Examples
    --------
    >>> effect = Effect(Mean(0.1, 0.05, 0.15, 5), Mean(0.02, -0.01, 0.05, 5), "hidden 4 to 16", "helps")
    >>> print(effect)
    hidden 4 to 16 helps: log loss lower by 0.100 [0.050, 0.150], accuracy higher by 0.020 [-0.010, 0.050]
    """

    change: str
    answer: Answer

    def __str__(self) -> str:
        return f"{self.change} {self.answer}: log loss lower by {self.log_loss}, accuracy higher by {self.accuracy}"

    def to_json(self) -> dict[str, Any]:
        """Return the scores, the change and the answer as JSON values."""
        return {"change": self.change, "answer": self.answer, **super().to_json()}


@dataclass(frozen=True)
class Noise:
    """The mistakes that remain with the best probe.

    Attributes
    ----------
    best, log_loss, accuracy
        The probe with the lowest log loss, and its scores on the held-out rows.
    majority_error
        The share of rows outside the most frequent class.
    """

    best: str
    log_loss: Mean
    accuracy: Mean
    majority_error: float

    @property
    def share(self) -> float:
        """The ratio of its mistakes to those of always predicting the most frequent class."""
        return (1 - self.accuracy.value) / self.majority_error

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {**asdict(self), "share": self.share}


@brief_repr
@dataclass(frozen=True)
class ProbeResult:
    """One probe, the number of its training rows, and its scores on these and on rows that no probe was trained on."""

    probe: Probe
    n_train: int
    train: Levels
    held_out: Levels

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        network, training = self.probe.network, self.probe.training
        return {
            "name": self.probe.name,
            "hidden": list(network.hidden),
            "dropout": network.dropout,
            "weight_decay": training.weight_decay,
            "patience": training.patience,
            "epochs": training.epochs,
            "n_train": self.n_train,
            "train": self.train.to_json(),
            "judged": self.held_out.to_json(),
        }


@dataclass(frozen=True, repr=False)
class Diagnosis(ShownAsHtml):
    """Whether a network underfits, overfits, is about right or limited by noise, and what would help.

    ``train``, ``held_out`` and ``gap`` are of the full log loss. Where probes are compared (effects, ``probes`` and
    ``noise``) a row counts at most log(100), as if its true class had a probability of 1%.

    Attributes
    ----------
    verdict
        ``underfits``, ``overfits``, ``is about right``, ``is limited by noise`` (about right, and many mistakes
        remain), or ``cannot tell``, if the symptom is unclear.
    symptom, remedy
        Two sentences: what the losses on training rows and held-out rows show, and which changes would help.
    reasons
        The symptom, the remedy, and what else there is to say.
    train, held_out
        Scores of the network as configured on its own training rows, and on held-out rows.
    gap
        Their difference: log loss higher, accuracy lower on held-out rows.
    more_rows
        The effect of the last doubling of the training rows.
    more_capacity, less_capacity
        The effect of a larger and of a smaller network; None where there is none.
    more_regularisation, less_regularisation
        The effect of more dropout, weight decay and early stopping, and of none of them; None where there is none.
    longer_training
        The effect of more epochs; None where the network knows its training rows by heart (a log loss below 0.02).
    min_gain
        The smallest reduction of the log loss that counts as help: a tenth of it, and at least 0.02.
    large_gap
        The smallest gap by which alone a network overfits: a third of the log loss, and at least 0.15.
    noise
        The mistakes that remain with the best probe.
    probes
        Every probe's result; the first is the network as configured.
    n_rows, n_used, n_scored
        Rows of the table, rows that took part, and rows that were held out at least once.
    n_seeds
        Splits into training rows and held-out rows.
    diverged
        The number of networks whose loss stopped being finite.
    split, is_weighted
        How rows were held out, ``by row``, ``by group``, ``forward in time`` or ``by caller``; and whether losses and
        accuracies are of weighted rows.
    """

    verdict: Verdict
    symptom: str
    remedy: str
    reasons: tuple[str, ...]
    train: Levels
    held_out: Levels
    gap: Levels
    more_rows: Effect
    more_capacity: Effect | None
    less_capacity: Effect | None
    more_regularisation: Effect
    less_regularisation: Effect | None
    longer_training: Effect | None
    min_gain: float
    large_gap: float
    noise: Noise
    probes: tuple[ProbeResult, ...]
    n_rows: int
    n_used: int
    n_scored: int
    n_seeds: int
    diverged: int
    split: Split = "by row"
    is_weighted: bool = False

    @property
    def effects(self) -> dict[str, Effect]:
        """The effects by name, without those that could not be tried."""
        named = {name: getattr(self, name) for name in EFFECTS}
        return {name: effect for name, effect in named.items() if effect is not None}

    @property
    def n_networks(self) -> int:
        """The number of networks trained."""
        return len(self.probes) * self.n_seeds

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        named = [f"Symptom: {self.symptom}", f"Remedy: {self.remedy}", *self.reasons[2:]]
        reasons = [fill(reason, MAX_LINE, initial_indent="- ", subsequent_indent="  ") for reason in named]
        return "\n".join([self.headline, "", *reasons, "", *self._table(), "", fill(self.basis(), MAX_LINE)])

    @property
    def headline(self) -> str:
        """The verdict as a sentence."""
        if self.verdict == "cannot tell":
            return "Cannot tell whether the network underfits or overfits."
        if self.verdict == "is limited by noise":
            return "The network is about right, and limited by noise."
        return f"The network {self.verdict}."

    def basis(self) -> str:
        """Return as text which networks were trained, on which rows, and the rule of the answers."""
        used = f"{self.n_used:,} rows" if self.n_used == self.n_rows else f"{self.n_used:,} of {self.n_rows:,} rows"
        weighted = "weighted " if self.is_weighted else ""
        return (
            f"From {self.n_networks} networks: {len(self.probes)} probes x {self.n_seeds} seeds on {weighted}{used}. "
            f"Each seed trains its probes {_SPLITS[self.split]}. A gap is large from {self.large_gap:.3f}. A change "
            f"helps if it lowers the log loss by at least {self.min_gain:.3f}, and its interval excludes 0; there the "
            "log loss of a row counts at most log(100). Intervals are at 95%."
        )

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "verdict": self.verdict,
            "symptom": self.symptom,
            "remedy": self.remedy,
            "reasons": list(self.reasons),
            "train": self.train.to_json(),
            "judged": self.held_out.to_json(),
            "gap": self.gap.to_json(),
            **{name: None if (effect := getattr(self, name)) is None else effect.to_json() for name in EFFECTS},
            "worth": self.min_gain,
            "large_gap": self.large_gap,
            "noise": self.noise.to_json(),
            "tried": [result.to_json() for result in self.probes],
            "n_rows": self.n_rows,
            "n_used": self.n_used,
            "n_judged": self.n_scored,
            "n_seeds": self.n_seeds,
            "n_networks": self.n_networks,
            "diverged": self.diverged,
            "split": self.split,
            "is_weighted": self.is_weighted,
        }

    def to_frame(self) -> "pl.DataFrame":
        """Return what would help: ``change``, ``answer``, and the gains in log loss and accuracy with intervals."""
        import polars as pl

        return pl.DataFrame(
            {"effect": name, "change": effect.change, "answer": effect.answer, **effect.columns()}
            for name, effect in self.effects.items()
        )

    def view(self) -> ResultView:
        """Return what a person sees of it: a title, sentences and tables."""
        headings, *rows = self._rows()
        helps = frozenset(place for place, effect in enumerate(self.effects.values()) if effect.answer == "helps")
        table = ResultTable(headings, rows, marked=helps)
        return ResultView(self.headline, [self.symptom, self.remedy, *self.reasons[2:]], [table], [self.basis()])

    def _table(self) -> list[str]:
        return aligned(self._rows())

    def _rows(self) -> list[list[str]]:
        """Return the headings, and each effect, as texts."""
        headings = ["would it help?", "", "log loss lower by", "accuracy higher by", "change"]
        rows = [
            [name.replace("_", " "), effect.answer, effect.log_loss.signed, effect.accuracy.signed, effect.change]
            for name, effect in self.effects.items()
        ]
        return [headings, *rows]


EFFECTS = (
    "more_rows",
    "more_capacity",
    "less_capacity",
    "more_regularisation",
    "less_regularisation",
    "longer_training",
)
"""The fields of `Diagnosis` that are effects."""
