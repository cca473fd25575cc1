"""Every metric with its interval, beside the baselines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from demarcate.evaluation import METRICS, Score, scores_from_json
from demarcate.formatting import counted
from demarcate.report.evaluated_rows import Judged
from demarcate.report.filters import interval, number
from demarcate.report.sections.section import FEWEST_ROWS, Part, Section
from demarcate.report.svg import Drawing

MODEL_NAMES = {"demarcate": "demarcate", "majority": "majority class", "logistic_regression": "logistic regression"}
FAR = 3


@dataclass(frozen=True, eq=False)
class Contender(Part):
    """Somebody's scores.

    Attributes
    ----------
    key, name
        Who.
    rows
        On which rows: those of the report, or ``out-of-fold`` ones of the training table, on record.
    scores
        By metric.
    """

    key: str
    name: str
    rows: str
    scores: Mapping[str, Score]


@dataclass(frozen=True, eq=False)
class Scores(Section):
    """The scores of the networks and of simple rules.

    Attributes
    ----------
    contenders
        The networks first.
    decisions
        What scores and decisions go by, where that is not the same.
    """

    key: ClassVar[str] = "scores"
    heading: ClassVar[str] = "Scores"

    contenders: tuple[Contender, ...]
    decisions: str

    @classmethod
    def of(cls, judged: Judged) -> "Scores":
        """The scores of judged rows; of given rows with those on record beside them."""
        rows = judged.rows
        here = ", given rows" if rows == "given" else ""
        every = {"demarcate": judged.scores, **judged.baselines}
        found = [
            Contender(name, f"{MODEL_NAMES[name]}{here}", rows, every[name]) for name in MODEL_NAMES if name in every
        ]
        if rows == "given" and judged.record.get("scores"):
            then = {"demarcate": judged.record["scores"], **judged.record.get("baselines", {})}
            for name in ("demarcate", "logistic_regression"):
                if name in then:
                    known = scores_from_json(then[name])
                    kind = next(iter(known.values())).rows
                    found.append(Contender(f"{name}_{kind}", f"{MODEL_NAMES[name]}, {kind} rows", kind, known))
        return cls(tuple(found), judged.decisions)

    @property
    def metrics(self) -> list[str]:
        """The metrics there are, in the order they are shown."""
        return [name for name in METRICS if name in self.contenders[0].scores]

    @property
    def are_few(self) -> bool:
        """Whether there are too few rows to conclude anything from."""
        return next(iter(self.contenders[0].scores.values())).n_rows < FEWEST_ROWS

    @property
    def by_rows(self) -> dict[str, list[str]]:
        """Who was judged by which rows."""
        found: dict[str, list[str]] = {}
        for each in self.contenders:
            n_rows = next(iter(each.scores.values())).n_rows
            found.setdefault(f"On {counted(n_rows, f'{each.rows} row')}", []).append(each.name)
        return found

    def figure(self, metric: str) -> Markup:
        """A metric of all contenders: a dot and a line for each, one below the other."""
        there = [each for each in self.contenders if metric in each.scores]
        near = [each for each in there if not self._is_far(each, metric)]
        low = min(each.scores[metric].low for each in near)
        high = max(each.scores[metric].high for each in near)
        reach = (high - low) * 0.08 or 0.05
        drawing = Drawing(
            x=(low - reach, high + reach),
            y=(-0.6, len(there) - 0.4),
            width=290,
            height=64 + 30 * len(there),
            left=10,
            top=24,
            bottom=40,
        )
        drawing.frame(f"{METRICS[metric].label}, {'higher' if METRICS[metric].higher_is_better else 'lower'} is better")
        for place, each in enumerate(reversed(there)):
            score = each.scores[metric]
            way = "\u2190" if score.value < low else "\u2192"
            off = "" if each in near else f": {number(score.value)}, off the scale {way}"
            if not off:
                drawing.whisker(score.value, score.low, score.high, place, f"series-{len(there) - 1 - place}")
            drawing.text(drawing.x[0], place + 0.26, f"{each.name}{off}", "tick halo")
        said = [f"{each.name} {number(each.scores[metric].value)} {_of(each.scores[metric])}" for each in there]
        return drawing.render(f"scores-{metric}", METRICS[metric].label.capitalize(), "; ".join(said) + ".")

    def _is_far(self, each: Contender, metric: str) -> bool:
        """Whether the majority class lies so far off that on its scale the others could not be told apart."""
        others = [other.scores[metric] for other in self.contenders if other is not each and metric in other.scores]
        if each.key != "majority" or not others:
            return False
        low, high = min(score.low for score in others), max(score.high for score in others)
        away = max(low - each.scores[metric].high, each.scores[metric].low - high)
        return away > FAR * (high - low)


def _of(score: Score) -> str:
    return interval(score.low, score.high)
