"""A validation metric of a sweep against one of its settings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import polars as pl

from demarcate.errors import SettingError
from demarcate.evaluation import METRICS
from demarcate.formatting import shortened
from demarcate.plotting import style
from demarcate.plotting.display import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SweepMetric = Literal["accuracy", "log_loss"]
_METRICS = ("accuracy", "log_loss")
MAX_LINES = 8
MAX_CATEGORIES = 8
"""More values than this of a number are placed along an axis instead of one beside the other."""


@dataclass(eq=False)
class SweepDisplay(Display):
    """A validation metric, with its 95% interval over seeds, against one swept setting; a line for each of the others.

    Attributes
    ----------
    table
        What is drawn: a row a configuration, with ``value`` (of the setting), ``line`` (the other settings in words)
        and the metric's mean, low and high; and ``train`` where the metric has one.
    over
        The setting along the axis.
    metric
        ``"accuracy"`` or ``"log_loss"``.
    best
        The value of the setting in the winner.
    title
        In words.

    Examples
    --------
    >>> from demarcate import Training, datasets, sweep
    >>> result = sweep(
    ...     datasets.moons(n_samples=100), over={"hidden": [(2,), (8,)]}, seeds=2, training=Training(epochs=5)
    ... )
    >>> display = SweepDisplay.from_sweep(result)
    >>> display.over, [label.get_text() for label in display.ax_.get_xticklabels()]
    ('hidden', ['2', '8'])
    """

    table: pl.DataFrame
    over: str
    metric: SweepMetric
    best: Any
    title: str = ""

    @classmethod
    def from_sweep(
        cls,
        result: Any,
        *,
        over: str | None = None,
        metric: SweepMetric | None = None,
        title: str | None = None,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw a sweep.

        Parameters
        ----------
        result
            What `sweep` gave.
        over
            The setting along the axis; None for the one with the most values.
        metric
            ``accuracy`` or ``log_loss``; None for the one that decided.
        title
            Instead of one in words.
        ax
            Axes to draw on, instead of new ones.

        Raises
        ------
        SettingError
            If there is no such setting or metric.
        """
        names = list(result.configurations[0].settings)
        values = {name: result.table[name].n_unique() for name in names}
        over = max(names, key=values.__getitem__) if over is None else over
        metric = result.metric if metric is None else metric
        if over not in names:
            raise SettingError(f"over is {over!r}, which was not swept. Give one of {', '.join(names)}.")
        if metric not in _METRICS:
            raise SettingError(f"metric is {metric!r}. Give one of {', '.join(_METRICS)}.")
        others = [name for name in names if name != over and values[name] > 1]
        table = _drawn_table(result.table, over, others, f"validation_{metric}", with_train=metric == "accuracy")
        best = result.table[over][0]
        seeds = int(result.table["seeds"][0])
        title_text = (
            f"{METRICS[metric].label.capitalize()} against {_setting_text(over)}: {_value_text(best, over)} did best"
        )
        title_text += f" (means over {seeds} seeds, 95% intervals)" if seeds > 1 else ""
        return cls(table, over, metric, best, title_text if title is None else title).plot(ax)

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw it, on new axes if none are given."""
        self._set_axes(ax, width=5.2)
        values = self.table["value"].unique(maintain_order=True).to_list()
        categorical = self._are_categories(values)
        lines = self.table["line"].unique(maintain_order=True).to_list()
        for number, line in enumerate(lines[:MAX_LINES]):
            self._draw(number, line, values, categorical=categorical, single=len(lines) == 1)
        if categorical:
            self.ax_.set_xticks(range(len(values)), [_value_text(value, self.over) for value in values])
        elif min(values) > 0 and max(values) / min(values) > 30:
            self.ax_.set_xscale("log")
        caption = f"{len(lines) - MAX_LINES} more lines are left out." if len(lines) > MAX_LINES else ""
        style.label_axes(self.ax_, self.title, _setting_text(self.over), METRICS[self.metric].label, caption=caption)
        style.draw_grid(self.ax_)
        style.legend(self.ax_)
        return self

    def _draw(self, number: int, line: str, values: list[Any], *, categorical: bool, single: bool) -> None:
        own = self.table.filter(pl.col("line") == line)
        colour = style.colour(number)
        # Neighbouring lines stand a little beside each other: intervals would hide each other.
        shift = 0.06 * (number - 1) if categorical else 0.0
        x = (
            np.array([values.index(value) for value in own["value"]]) + shift
            if categorical
            else own["value"].to_numpy()
        )
        mean = own["mean"].to_numpy()
        low, high = (own[name].fill_null(strategy="zero").to_numpy() for name in ("below", "above"))
        label = "validation rows" if single else line
        self.ax_.errorbar(
            x,
            mean,
            yerr=np.stack([low, high]),
            label=label,
            linestyle="-" if categorical else "none",
            color=colour,
            marker=style.marker(number),
            markersize=4.5,
            linewidth=1.3,
            capsize=2.5,
        )
        if "train" in own.columns and single:
            self.ax_.plot(
                x, own["train"].to_numpy(), "--" if categorical else "x", color=style.GREY, label="training rows"
            )

    def _are_categories(self, values: list[Any]) -> bool:
        """Return whether values stand side by side, as names do, instead of along an axis."""
        numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        return not numbers or len(values) <= MAX_CATEGORIES


def _drawn_table(table: pl.DataFrame, over: str, others: list[str], metric: str, *, with_train: bool) -> pl.DataFrame:
    words = [pl.format(f"{_setting_text(name)} {{}}", pl.col(name).cast(pl.String).fill_null("all")) for name in others]
    line = pl.concat_str(words, separator=", ") if words else pl.lit("")
    columns = {
        "value": pl.col(over),
        "line": line,
        "mean": pl.col(metric),
        "below": pl.col(metric) - pl.col(f"{metric}_low"),
        "above": pl.col(f"{metric}_high") - pl.col(metric),
    }
    selected = table.sort("configuration").select(
        **columns, **({"train": pl.col("train_accuracy")} if with_train else {})
    )
    # Widths stay in the order they were given in; numbers ascend.
    if not selected["value"].dtype.is_numeric():
        return selected
    return selected.sort("value", nulls_last=True, maintain_order=True)


def _value_text(value: Any, over: str) -> str:
    if value is None:
        return "all rows" if over == "batch_size" else "none"
    return f"{value:g}" if isinstance(value, float) else shortened(value)


def _setting_text(setting: str) -> str:
    return {"hidden": "hidden units", "lr": "learning rate"}.get(setting, setting.replace("_", " "))
