"""Permutation importance: the columns that the classifier relies on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from markupsafe import Markup

from demarcate.inspection.importance import ColumnImportance, Importance
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import elided
from demarcate.report.sections.section import Section
from demarcate.report.svg import Chart

MAX_SHOWN = 20
MIN_EFFECT = 1e-6
"""If no effect is larger, there is nothing to draw."""


@brief_repr
@dataclass(frozen=True, eq=False)
class ImportanceSection(Section):
    """Permutation importance of the columns."""

    key: ClassVar[str] = "importance"
    heading: ClassVar[str] = "Column importance"

    importance: Importance
    rows: str

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self:
        """Collect the importance of each column."""
        return cls(evaluated.importance, evaluated.kind)

    def to_json(self) -> dict[str, Any]:
        """Return the importances as JSON values."""
        return {**self.importance.to_json(), "rows": self.rows}

    @property
    def shown(self) -> Sequence[ColumnImportance]:
        """The most important columns."""
        return self.importance.columns[:MAX_SHOWN]

    @property
    def n_hidden(self) -> int:
        """Number of columns that are not shown."""
        return len(self.importance.columns) - len(self.shown)

    @property
    def is_flat(self) -> bool:
        """Whether shuffling changes next to nothing."""
        effects = [each.log_loss for each in self.importance.columns]
        return all(max(abs(effect.low), abs(effect.high)) < MIN_EFFECT for effect in effects)

    def figure(self) -> Markup:
        """Draw the increase of the log loss, a bar and an interval for each column."""
        low = min(0.0, *(each.log_loss.low for each in self.shown))
        high = max(MIN_EFFECT, *(each.log_loss.high for each in self.shown))
        margin = (high - low) * 0.03
        chart = Chart(
            x=(low - margin, high + margin),
            y=(-0.6, len(self.shown) - 0.4),
            height=60 + 30 * len(self.shown),
            left=8,
            top=14,
            bottom=40,
        )
        chart.x_axis("increase of the log loss when shuffled")
        for row, each in enumerate(reversed(self.shown)):
            effect = each.log_loss
            # The zero line stands beside the column's own bar only: its name is written above the bar.
            chart.line([0, 0], [row - 0.38, row], "zero")
            chart.bar((min(0.0, effect.value), max(0.0, effect.value)), (row - 0.32, row - 0.02), "series-0")
            chart.error_bar(effect.value, effect.low, effect.high, row - 0.17, "series-0")
            chart.text(chart.x[0], row + 0.12, elided(each.column, 40), "tick halo")
        effects = [f"{elided(each.column)} {each.log_loss}" for each in self.shown]
        return chart.render("importance-figure", "Permutation importance", "; ".join(effects) + ".")
