"""Which columns the classifier leans on."""

from dataclasses import dataclass
from typing import Any, ClassVar

from markupsafe import Markup

from demarcate.inspection.permutation_importance import Importance, permutation_importance
from demarcate.report.evaluated_rows import Judged
from demarcate.report.filters import interval, number, shortened
from demarcate.report.sections.section import Section
from demarcate.report.svg import Drawing

MOST_SHOWN = 20
FLAT = 1e-6
"""An axis that reaches no further than this is not drawn."""


@dataclass(frozen=True, eq=False)
class ImportanceSection(Section):
    """Permutation importance.

    Attributes
    ----------
    importance
        The numbers.
    rows
        Which rows they are of.
    """

    key: ClassVar[str] = "importance"
    heading: ClassVar[str] = "Which columns matter"

    importance: Importance
    rows: str

    @classmethod
    def of(cls, judged: Judged) -> "ImportanceSection":
        """The importance of each column on judged rows."""
        found = permutation_importance(judged.predictor, judged.parsed, judged.codes, judged.asked, rows=judged.rows)
        return cls(found, judged.rows)

    def to_json(self) -> dict[str, Any]:
        """The numbers, ready for JSON."""
        return {**self.importance.to_json(), "rows": self.rows}

    @property
    def names(self) -> list[str]:
        """The columns, most important first."""
        return [column.column for column in self.importance.columns]

    @property
    def n_hidden(self) -> int:
        """Columns that are not shown."""
        return max(0, len(self.importance.columns) - MOST_SHOWN)

    @property
    def is_flat(self) -> bool:
        """Whether shuffling changes next to nothing, so that there is nothing to draw."""
        return all(max(abs(each.log_loss.low), abs(each.log_loss.high)) < FLAT for each in self.importance.columns)

    def figure(self) -> Markup:
        """The rise of the log loss, a bar and an interval for each column."""
        shown = self.importance.columns[:MOST_SHOWN]
        low = min(0.0, *(each.log_loss.low for each in shown))
        high = max(FLAT, *(each.log_loss.high for each in shown))
        reach = (high - low) * 0.03
        drawing = Drawing(
            x=(low - reach, high + reach),
            y=(-0.6, len(shown) - 0.4),
            height=60 + 30 * len(shown),
            left=8,
            top=14,
            bottom=40,
        )
        drawing.frame("rise of the log loss when shuffled")
        for place, each in enumerate(reversed(shown)):
            effect = each.log_loss
            # Beside its own bar alone: names are written over the rest.
            drawing.line([0, 0], [place - 0.38, place], "zero")
            drawing.bar(_sorted(0.0, effect.value), (place - 0.32, place - 0.02), "series-0")
            drawing.whisker(effect.value, effect.low, effect.high, place - 0.17, "series-0")
            drawing.text(drawing.x[0], place + 0.12, shortened(each.column, 40), "tick halo")
        said = [
            f"{shortened(each.column)} {number(each.log_loss.value)} {interval(each.log_loss.low, each.log_loss.high)}"
            for each in shown
        ]
        return drawing.render("importance-figure", "Permutation importance", "; ".join(said) + ".")


def _sorted(one: float, other: float) -> tuple[float, float]:
    return min(one, other), max(one, other)
