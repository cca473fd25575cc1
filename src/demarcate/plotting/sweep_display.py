"""A validation metric of a sweep against one of its settings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

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
_METRICS = get_args(SweepMetric)
MAX_LINES = 8
MAX_CATEGORIES = 8
"""More values than this of a number are placed along an axis instead of one beside the other."""


@dataclass(eq=False)
class SweepDisplay(Display):
    """A validation metric, with its 95% interval over seeds, against one swept setting; a line for each of the others.

    Attributes
    ----------
    table
        A row for each configuration, with ``value`` (of the setting), ``line`` (the other settings in words), ``mean``
        of the metric, and how far its interval reaches ``below`` and ``above``; for the accuracy also ``train``.
    over
        The setting along the axis.
    best
        The value of the setting in the winner.

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
            None for the one that chose the winner.
        title, ax
            Instead of a title in words, and of new axes.

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
        if title is None:
            label = METRICS[metric].label.capitalize()
            title = f"{label} against {_setting_text(over)}: {_value_text(best, over)} did best"
            title += f" (means over {seeds} seeds, 95% intervals)" if seeds > 1 else ""
        return cls(table, over, metric, best, title).plot(ax)

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw it, on new axes if none are given."""
        self._set_axes(ax, width=5.2)
        values = self.table["value"].unique(maintain_order=True).to_list()
        are_numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        categorical = not are_numbers or len(values) <= MAX_CATEGORIES
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
        x = own["value"].to_numpy()
        if categorical:
            # Neighbouring lines stand a little beside each other: intervals would hide each other.
            x = np.array([values.index(value) for value in own["value"]]) + 0.06 * (number - 1)
        reach = own.select(pl.col("below", "above").fill_null(0)).to_numpy().T
        label = "validation rows" if single else line
        look: dict[str, Any] = {"color": colour, "marker": style.marker(number), **style.ERROR_BAR}
        linestyle = "-" if categorical else "none"
        self.ax_.errorbar(x, own["mean"].to_numpy(), yerr=reach, label=label, linestyle=linestyle, **look)
        if "train" in own.columns and single:
            line = "--" if categorical else "x"
            self.ax_.plot(x, own["train"].to_numpy(), line, color=style.GREY, label="training rows")


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
    if with_train:
        columns["train"] = pl.col("train_accuracy")
    selected = table.sort("configuration").select(**columns)
    # Numbers ascend; other values stay in their order.
    if not selected["value"].dtype.is_numeric():
        return selected
    return selected.sort("value", nulls_last=True, maintain_order=True)


def _value_text(value: Any, over: str) -> str:
    if value is None:
        return "all rows" if over == "batch_size" else "none"
    return f"{value:g}" if isinstance(value, float) else shortened(value)


def _setting_text(setting: str) -> str:
    return {"hidden": "hidden units", "lr": "learning rate"}.get(setting, setting.replace("_", " "))
