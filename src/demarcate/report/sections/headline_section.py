"""What was trained on what, and how good it is, in a few sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from demarcate.evaluation import MAIN_METRICS, METRICS, Score
from demarcate.formatting import counted
from demarcate.report.evaluated_rows import Judged
from demarcate.report.filters import listed
from demarcate.report.sections.scores_section import MODEL_NAMES
from demarcate.report.sections.section import FEWEST_ROWS, Section, verdict

_IN_SENTENCES = {"majority": "the majority class"}


@dataclass(frozen=True, eq=False)
class Headline(Section):
    """What was trained on what.

    Attributes
    ----------
    name, target
        The table, which may have none, and the column that is predicted.
    n_samples, n_features, n_used
        Rows and columns trained on, and the columns that are read; None where it is not on record.
    class_rows
        Rows of each class in training.
    n_members
        Networks.
    network
        What they are, in words.
    rows, n_rows, own_rows
        Which rows are judged, how many, and whether they are the very ones it was trained on.
    scores
        The foremost metrics.
    verdicts
        For each baseline on the same rows and each of these metrics: ``better``, ``worse`` or ``cannot tell``, which is
        said of fewer than 30 rows whatever their intervals.
    decisions
        What scores and decisions go by, where that is not the same.
    """

    key: ClassVar[str] = "headline"
    heading: ClassVar[str] = "In short"

    name: str
    target: str
    n_samples: int | None
    n_features: int | None
    n_used: int
    class_rows: Mapping[str, int]
    n_members: int
    network: str
    rows: str
    n_rows: int
    own_rows: bool
    scores: Mapping[str, Score]
    verdicts: Mapping[str, Mapping[str, str]]
    decisions: str

    @classmethod
    def of(cls, judged: Judged) -> "Headline":
        """The headline of judged rows."""
        record, predictor = judged.record, judged.predictor
        scores = {name: judged.scores[name] for name in MAIN_METRICS if name in judged.scores}
        enough = judged.n_rows >= FEWEST_ROWS
        higher = {name: METRICS[name].higher_is_better for name in scores}
        return cls(
            name=judged.name,
            target=predictor.target,
            n_samples=record.get("n_samples"),
            n_features=record.get("n_features"),
            n_used=len(predictor.schema.used),
            class_rows=dict(record.get("class_rows", {})),
            n_members=predictor.n_members,
            network=_network(judged),
            rows=judged.rows,
            n_rows=judged.n_rows,
            own_rows=judged.own_rows,
            scores=scores,
            verdicts={
                baseline: {
                    name: verdict(value, others[name], higher=higher[name]) if enough else "cannot tell"
                    for name, value in scores.items()
                    if name in others
                }
                for baseline, others in judged.baselines.items()
            },
            decisions=judged.decisions,
        )

    @property
    def trained_on(self) -> str:
        """Rows, columns and networks, in a sentence."""
        networks = counted(self.n_members, "network")
        if self.n_samples is None:
            return f"{networks}: {self.network}."
        left_out = (self.n_features or self.n_used) - self.n_used
        columns = counted(self.n_used, "column") + (f" ({left_out:,} more not used)" if left_out else "")
        return f"Learned from {counted(self.n_samples, 'row')} and {columns} by {networks}: {self.network}."

    @property
    def judged_by(self) -> str:
        """Which rows the scores are of, in a sentence."""
        rows = counted(self.n_rows, "row")
        if self.rows == "out-of-fold":
            return f"Scores are out-of-fold: each of {rows} is judged by the networks that did not train on it."
        if self.rows == "held-out":
            return f"Scores are those of {rows} held out from all networks, which did not train on them."
        if self.own_rows:
            return f"Scores are those of the {rows} it was trained on: they flatter it, and say little of fresh rows."
        return (
            f"Scores are those of {rows} given for this report. They are not the training table as a whole, row for "
            "row; rows of it may be among them, and would flatter the scores."
        )

    @property
    def compared(self) -> list[str]:
        """How it does beside each baseline, a sentence each."""
        names = {baseline: _IN_SENTENCES.get(baseline, MODEL_NAMES[baseline]) for baseline in self.verdicts}
        if self.n_rows < FEWEST_ROWS:
            few = f"{counted(self.n_rows, 'row')} are" if self.n_rows != 1 else "A single row is"
            return [f"{few} too few to tell whether it is better than {listed([*names.values()])}."] if names else []
        sentences = []
        for baseline, found in self.verdicts.items():
            for said, words in (
                ("better", "Better than {} in {}."),
                ("worse", "Worse than {} in {}."),
                ("cannot tell", "Whether it is better than {} in {} these rows cannot tell: the intervals overlap."),
            ):
                metrics = [METRICS[name].label for name, each in found.items() if each == said]
                if metrics:
                    sentences.append(words.format(names[baseline], listed(metrics)))
        return sentences


def _network(judged: Judged) -> str:
    network = judged.predictor.networks[0]
    layers = listed([f"{width:,}" for width in network.hidden])
    described = f"{layers} hidden units, {network.activation}" if layers else "linear, without hidden layers"
    dropped = f", dropout {network.dropout:g}" if network.hidden and network.dropout else ""
    dropped += f", input dropout {network.input_dropout:g}" if network.input_dropout else ""
    return described + dropped
