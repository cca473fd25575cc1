"""What a diagnosis says, and what it says it by."""

from dataclasses import asdict, dataclass
from textwrap import fill
from typing import Any, Literal

from demarcate.evaluation import Mean
from demarcate.experiments.diagnosis.probes import Probe
from demarcate.formatting import aligned

LINE = 110
"""Characters of a line of text, at most."""

Verdict = Literal["underfits", "overfits", "is about right", "is limited by noise", "cannot tell"]
"""What a network does, or that nobody can tell."""
Answer = Literal["helps", "does not help", "cannot tell"]
"""Whether a change is worth having."""


@dataclass(frozen=True)
class Levels:
    """How good a probe is on some rows.

    Attributes
    ----------
    log_loss, accuracy
        Means over the rows, with 95% intervals.
    """

    log_loss: Mean
    accuracy: Mean

    def to_json(self) -> dict[str, Any]:
        """Both, ready for JSON."""
        return {"log_loss": asdict(self.log_loss), "accuracy": asdict(self.accuracy)}


@dataclass(frozen=True)
class Effect(Levels):
    """What a change does on rows that were not trained on, compared row by row.

    Attributes
    ----------
    log_loss
        By how much the change lowers the log loss; below 0 where it raises it.
    accuracy
        By how much it raises the accuracy.
    change
        From what to what, in words.
    answer
        Whether it helps.

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
        """The numbers, the change and the answer, ready for JSON."""
        return {"change": self.change, "answer": self.answer, **super().to_json()}


@dataclass(frozen=True)
class Noise:
    """What remains wrong with the best of all that was tried.

    Attributes
    ----------
    best
        The probe of least log loss.
    log_loss, accuracy
        Its levels on the judged rows.
    majority_error
        The share of rows that are not of the commonest class.
    """

    best: str
    log_loss: Mean
    accuracy: Mean
    majority_error: float

    @property
    def share(self) -> float:
        """Mistakes that remain for each that always saying the commonest class makes."""
        return (1 - self.accuracy.value) / self.majority_error

    def to_json(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return {**asdict(self), "share": self.share}


@dataclass(frozen=True)
class Tried:
    """One probe, and how it did.

    Attributes
    ----------
    probe
        What was tried.
    n_train
        Its training rows.
    train, judged
        How good it is on its own training rows, and on rows that none of the probes knew.
    """

    probe: Probe
    n_train: int
    train: Levels
    judged: Levels

    def to_json(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
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
            "judged": self.judged.to_json(),
        }


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """Whether a network underfits, overfits, is about right or limited by noise, and what would help.

    Log losses count a row by at most log(100), as if it were given a probability of 1%.

    Attributes
    ----------
    verdict
        ``underfits``, ``overfits``, ``is about right``, ``is limited by noise``, or ``cannot tell``.
    reasons
        In words, with numbers.
    train, judged
        How good the network as configured is on its own training rows, and on rows it did not know.
    gap
        How much worse on the latter: log loss higher, accuracy lower.
    more_rows
        What the last doubling of the training rows did.
    more_capacity, less_capacity
        What a larger and a smaller network does; None where there is none
        (`demarcate.experiments.diagnosis.probes_of`).
    more_regularisation, less_regularisation
        What more dropout, weight decay and early stopping does, and what none of it does; None where there is none.
    longer_training
        What more epochs do.
    worth
        The least lowering of the log loss that counts as help: a tenth of it, and 0.02.
    noise
        What remains wrong with the best of all that was tried.
    tried
        Every probe; the first is the network as configured.
    n_rows, n_used
        Rows of the table, and how many of them the probes shared.
    n_judged
        Rows that judged, each at least once.
    n_seeds
        Splits into rows to train on and rows to judge.
    diverged
        How many networks' loss stopped being finite.
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    train: Levels
    judged: Levels
    gap: Levels
    more_rows: Effect
    more_capacity: Effect | None
    less_capacity: Effect | None
    more_regularisation: Effect
    less_regularisation: Effect | None
    longer_training: Effect
    worth: float
    noise: Noise
    tried: tuple[Tried, ...]
    n_rows: int
    n_used: int
    n_judged: int
    n_seeds: int
    diverged: int

    @property
    def effects(self) -> dict[str, Effect]:
        """What was changed and what it did, by name; without those that could not be tried."""
        named = {name: getattr(self, name) for name in EFFECTS}
        return {name: effect for name, effect in named.items() if effect is not None}

    @property
    def n_networks(self) -> int:
        """Networks trained."""
        return len(self.tried) * self.n_seeds

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        reasons = [fill(reason, LINE, initial_indent="- ", subsequent_indent="  ") for reason in self.reasons]
        return "\n".join([self.headline, "", *reasons, "", *self._table(), "", fill(self.basis(), LINE)])

    @property
    def headline(self) -> str:
        """The verdict as a sentence."""
        if self.verdict == "cannot tell":
            return "Cannot tell whether the network underfits or overfits."
        return f"The network {self.verdict}."

    def basis(self) -> str:
        """What was trained, on which rows, in words."""
        used = f"{self.n_used:,} rows" if self.n_used == self.n_rows else f"{self.n_used:,} of {self.n_rows:,} rows"
        return (
            f"From {self.n_networks} networks: {len(self.tried)} probes x {self.n_seeds} seeds on {used}. Each seed "
            "trains its probes on four fifths of them and judges all on the others. A change helps if it lowers the "
            f"log loss by at least {self.worth:.3f}, and its interval leaves out 0. Intervals are of 95%; a row's log "
            "loss counts at most as log(100)."
        )

    def to_json(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return {
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "train": self.train.to_json(),
            "judged": self.judged.to_json(),
            "gap": self.gap.to_json(),
            **{name: None if (effect := getattr(self, name)) is None else effect.to_json() for name in EFFECTS},
            "worth": self.worth,
            "noise": self.noise.to_json(),
            "tried": [tried.to_json() for tried in self.tried],
            "n_rows": self.n_rows,
            "n_used": self.n_used,
            "n_judged": self.n_judged,
            "n_seeds": self.n_seeds,
            "n_networks": self.n_networks,
            "diverged": self.diverged,
        }

    def _table(self) -> list[str]:
        heads = ["would it help?", "", "log loss lower by", "accuracy higher by", "change"]
        rows = [
            [WORDS[name], effect.answer, _signed(effect.log_loss), _signed(effect.accuracy), effect.change]
            for name, effect in self.effects.items()
        ]
        return aligned([heads, *rows])


EFFECTS = (
    "more_rows",
    "more_capacity",
    "less_capacity",
    "more_regularisation",
    "less_regularisation",
    "longer_training",
)
"""The fields of `Diagnosis` that are effects."""

WORDS = {name: name.replace("_", " ") for name in EFFECTS}
"""Effects as they are called in words."""


def _signed(mean: Mean) -> str:
    interval = "" if mean.low is None else f" [{mean.low:+.3f}, {mean.high:+.3f}]"
    return f"{mean.value:+.3f}{interval}"
