"""What a sweep found along one of its settings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import polars as pl

from demarcate.errors import SettingError
from demarcate.formatting import shortened
from demarcate.plotting import style
from demarcate.plotting.display import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Metric = Literal["accuracy", "log_loss"]
_WORDS = {"accuracy": "accuracy", "log_loss": "log loss"}
_MAX_LINES = 8
_MANY = 8
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
    metric: Metric
    best: Any
    title: str = ""

    @classmethod
    def from_sweep(
        cls,
        result: Any,
        *,
        over: str | None = None,
        metric: Metric | None = None,
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
            raise SettingError(f"over is a setting that was swept, one of {', '.join(names)}: got {over!r}")
        if metric not in _WORDS:
            raise SettingError(f"metric is one of {', '.join(_WORDS)}: got {metric!r}")
        others = [name for name in names if name != over and values[name] > 1]
        table = _drawn(result.table, over, others, f"validation_{metric}", with_train=metric == "accuracy")
        best = result.table[over][0]
        seeds = int(result.table["seeds"][0])
        said = f"{_WORDS[metric].capitalize()} against {_words(over)}: {_shown(best, over)} did best"
        said += f" (means over {seeds} seeds, 95% intervals)" if seeds > 1 else ""
        return cls(table, over, metric, best, said if title is None else title).plot(ax)

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw it, on new axes if none are given."""
        self._set_axes(ax, width=5.2)
        values = self.table["value"].unique(maintain_order=True).to_list()
        apart = self._is_apart(values)
        lines = self.table["line"].unique(maintain_order=True).to_list()
        for number, line in enumerate(lines[:_MAX_LINES]):
            self._draw(number, line, values, apart=apart, single=len(lines) == 1)
        if apart:
            self.ax_.set_xticks(range(len(values)), [_shown(value, self.over) for value in values])
        elif min(values) > 0 and max(values) / min(values) > 30:
            self.ax_.set_xscale("log")
        caption = f"{len(lines) - _MAX_LINES} more lines are left out." if len(lines) > _MAX_LINES else ""
        style.label_axes(self.ax_, self.title, _words(self.over), _WORDS[self.metric], caption=caption)
        style.draw_grid(self.ax_)
        style.legend(self.ax_)
        return self

    def _draw(self, number: int, line: str, values: list[Any], *, apart: bool, single: bool) -> None:
        own = self.table.filter(pl.col("line") == line)
        colour = style.colour(number)
        # Neighbouring lines stand a little beside each other: intervals would hide each other.
        shift = 0.06 * (number - 1) if apart else 0.0
        x = np.array([values.index(value) for value in own["value"]]) + shift if apart else own["value"].to_numpy()
        mean = own["mean"].to_numpy()
        low, high = (own[name].fill_null(strategy="zero").to_numpy() for name in ("below", "above"))
        label = "validation rows" if single else line
        self.ax_.errorbar(
            x,
            mean,
            yerr=np.stack([low, high]),
            label=label,
            linestyle="-" if apart else "none",
            color=colour,
            marker=style.marker(number),
            markersize=4.5,
            linewidth=1.3,
            capsize=2.5,
        )
        if "train" in own.columns and single:
            self.ax_.plot(x, own["train"].to_numpy(), "--" if apart else "x", color=style.GREY, label="training rows")

    def _is_apart(self, values: list[Any]) -> bool:
        """Whether values stand one beside the other, as names do, and not along an axis."""
        numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        return not numbers or len(values) <= _MANY


def _drawn(table: pl.DataFrame, over: str, others: list[str], metric: str, *, with_train: bool) -> pl.DataFrame:
    words = [pl.format(f"{_words(name)} {{}}", pl.col(name).cast(pl.String).fill_null("all")) for name in others]
    line = pl.concat_str(words, separator=", ") if words else pl.lit("")
    columns = {
        "value": pl.col(over),
        "line": line,
        "mean": pl.col(metric),
        "below": pl.col(metric) - pl.col(f"{metric}_low"),
        "above": pl.col(f"{metric}_high") - pl.col(metric),
    }
    drawn = table.sort("configuration").select(**columns, **({"train": pl.col("train_accuracy")} if with_train else {}))
    # Widths stay in the order they were given in; numbers ascend.
    return drawn.sort("value", nulls_last=True, maintain_order=True) if drawn["value"].dtype.is_numeric() else drawn


def _shown(value: Any, over: str) -> str:
    if value is None:
        return "all rows" if over == "batch_size" else "none"
    return f"{value:g}" if isinstance(value, float) else shortened(value)


def _words(setting: str) -> str:
    return {"hidden": "hidden units", "lr": "learning rate"}.get(setting, setting.replace("_", " "))
