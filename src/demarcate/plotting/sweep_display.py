"""The configurations of a sweep, by their validation scores or against one of their settings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

import numpy as np
import polars as pl

from demarcate.errors import SettingError
from demarcate.evaluation import METRICS
from demarcate.formatting import counted, shortened
from demarcate.plotting import style
from demarcate.plotting.display import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SweepMetric = Literal["accuracy", "log_loss"]
_METRICS = get_args(SweepMetric)
MAX_ROWS = 20
"""Configurations that are listed."""
MAX_LINES = 8
MAX_CATEGORIES = 8
"""More values than this of a number are placed along an axis instead of one beside the other."""


@dataclass(eq=False)
class SweepDisplay(Display):
    """A validation metric of each configuration, with its 95% interval over seeds.

    The configurations are listed, the best first. Those that the seeds cannot tell from the best are filled, and the
    smallest network among them is named. With ``over`` the metric is drawn against one setting instead, a line for each
    combination of the others.

    Attributes
    ----------
    table
        A row for each configuration, the best by this metric first: ``number``, ``configuration`` in words, ``mean`` of
        the metric, how far its interval reaches ``below`` and ``above``, whether it is ``near_best``, and ``line``, the
        other settings in words; with ``over`` also the setting's ``value``; for the accuracy also ``train``.
    over
        The setting along the axis; None for a list.
    best
        The value of the setting in the winner; without ``over`` the winner in words.
    alone
        The only setting that was swept, which names the configurations by its values; empty for several.
    smallest
        The configuration with the smallest network among those near the best, in words; None if that is the best.

    Examples
    --------
    >>> from demarcate import Training, datasets, sweep
    >>> result = sweep(
    ...     datasets.moons(n_samples=100), over={"hidden": [(2,), (8,)]}, seeds=2, training=Training(epochs=5)
    ... )
    >>> display = SweepDisplay.from_sweep(result, over="hidden")
    >>> display.over, [label.get_text() for label in display.ax_.get_xticklabels()]
    ('hidden', ['2', '8'])
    """

    table: pl.DataFrame
    over: str | None
    metric: SweepMetric
    best: Any
    title: str = ""
    smallest: str | None = None
    caption: str = ""
    alone: str = ""

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
            The setting along the axis; None for a list of the configurations, the best first.
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
        metric = result.metric if metric is None else metric
        if over is not None and over not in names:
            raise SettingError(f"over is {over!r}, which was not swept. Give one of {', '.join(names)}.")
        if metric not in _METRICS:
            raise SettingError(f"metric is {metric!r}. Give one of {', '.join(_METRICS)}.")
        varied = [name for name in names if result.table[name].n_unique() > 1] or names
        table = _drawn_table(result, over, varied, metric)
        smallest = result.smallest_near_best
        smallest = smallest and _in_words(smallest.settings, varied)
        best = _in_words(result.winner.settings, varied) if over is None else result.table[over][0]
        words = _finding(result, table, varied, smallest) if title is None else title
        alone = _setting_text(varied[0]) if len(varied) == 1 else ""
        caption = _caption(result, metric, listed=over is None)
        return cls(table, over, metric, best, words, smallest, caption, alone).plot(ax)

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw it, on new axes if none are given."""
        if self.over is None:
            self._draw_list(ax)
        else:
            self._draw_lines(ax, self.over)
        return self

    def _draw_list(self, ax: "Axes | None") -> None:
        shown = self.table.head(MAX_ROWS)
        names = 0.55 * style.SMALL / 72 * max(map(len, shown["configuration"]))
        self._set_axes(ax, width=4.4 + names, height=1.5 + 0.26 * len(shown))
        for place, row in enumerate(shown.iter_rows(named=True)):
            colour = style.SERIES[0] if row["near_best"] else style.GREY
            reach = [[row["below"] or 0], [row["above"] or 0]]
            face = colour if row["near_best"] else "white"
            is_best = row["configuration"] == self.best
            look: dict[str, Any] = {"fmt": "*" if is_best else "o", "color": colour, "markerfacecolor": face}
            size = 11 if is_best else 6
            self.ax_.errorbar([row["mean"]], [place], xerr=reach, **{**style.ERROR_BAR, **look, "markersize": size})
            if row["configuration"] == self.smallest:
                self.ax_.annotate(
                    "smallest", (1.01, place), xycoords=("axes fraction", "data"), va="center", fontsize=style.SMALL
                )
        self.ax_.set_yticks(range(len(shown)), shown["configuration"].to_list())
        self.ax_.set_ylim(len(shown) - 0.5, -0.5)
        n_more = len(self.table) - len(shown)
        more = f" {n_more:,} more configurations are not shown." if n_more else ""
        label = METRICS[self.metric].label
        # The title begins where the axes do, right of the configurations' names.
        span = 1 - names / style.figure_of(self.ax_).get_figwidth()
        style.label_axes(self.ax_, self.title, label, self.alone, caption=f"{self.caption}{more}", span=span)
        style.draw_grid(self.ax_, "x")

    def _draw_lines(self, ax: "Axes | None", over: str) -> None:
        self._set_axes(ax, width=5.2)
        # Numbers ascend; other values stay in the order in which they were given.
        table = self.table.sort("number")
        if table["value"].dtype.is_numeric():
            table = table.sort("value", nulls_last=True, maintain_order=True)
        values = table["value"].unique(maintain_order=True).to_list()
        are_numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        categorical = not are_numbers or len(values) <= MAX_CATEGORIES
        lines = table["line"].unique(maintain_order=True).to_list()
        for number, line in enumerate(lines[:MAX_LINES]):
            own = table.filter(pl.col("line") == line)
            self._draw_line(number, own, values, categorical=categorical, single=len(lines) == 1)
        if categorical:
            self.ax_.set_xticks(range(len(values)), [_value_text(value, over) for value in values])
        elif min(values) > 0 and max(values) / min(values) > 30:
            self.ax_.set_xscale("log")
        more = f" {len(lines) - MAX_LINES} more lines are left out." if len(lines) > MAX_LINES else ""
        label = METRICS[self.metric].label
        style.label_axes(self.ax_, self.title, _setting_text(over), label, caption=f"{self.caption}{more}")
        style.draw_grid(self.ax_)
        style.legend(self.ax_)

    def _draw_line(self, number: int, own: pl.DataFrame, values: list[Any], *, categorical: bool, single: bool) -> None:
        colour = style.colour(number)
        x = own["value"].to_numpy()
        if categorical:
            # Neighbouring lines stand a little beside each other: intervals would hide each other.
            x = np.array([values.index(value) for value in own["value"]]) + 0.06 * (number - 1)
        mean, is_near = own["mean"].to_numpy(), own["near_best"].to_numpy()
        reach = own.select(pl.col("below", "above").fill_null(0)).to_numpy().T
        label = "validation rows" if single else own["line"][0]
        linestyle = "-" if categorical else "none"
        look: dict[str, Any] = {"color": colour, **style.ERROR_BAR}
        self.ax_.errorbar(x, mean, yerr=reach, marker="none", linestyle=linestyle, **look)
        marks: dict[str, Any] = {"color": colour, "markersize": 6, "linestyle": "none"}
        self.ax_.plot(x, mean, style.marker(number), markerfacecolor="white", label=label, **marks)
        self.ax_.plot(x[is_near], mean[is_near], style.marker(number), **marks)
        if "train" in own.columns and single:
            line = "--" if categorical else "x"
            self.ax_.plot(x, own["train"].to_numpy(), line, color=style.GREY, label="training rows")


def _drawn_table(result: Any, over: str | None, varied: list[str], metric: SweepMetric) -> pl.DataFrame:
    """Return a row for each configuration, the best by this metric first; those that were dropped come last."""
    near = [configuration.number for configuration in result.near_best]
    column = f"validation_{metric}"
    columns: dict[str, Any] = {
        "number": pl.col("configuration"),
        "mean": pl.col(column),
        "below": pl.col(column) - pl.col(f"{column}_low"),
        "above": pl.col(f"{column}_high") - pl.col(column),
        "near_best": pl.col("configuration").is_in(near),
    }
    if metric == "accuracy":
        columns["train"] = pl.col("train_accuracy")
    if over is not None:
        columns["value"] = pl.col(over)
    ranked = result.table
    if metric != result.metric:
        ranked = ranked.sort(pl.col("dropped_after").is_not_null(), column, descending=[False, metric == "accuracy"])
    settings = [result.configurations[number - 1].settings for number in ranked["configuration"]]
    others = [name for name in varied if name != over]
    drawn: pl.DataFrame = ranked.select(**columns).with_columns(
        pl.Series("configuration", [_in_words(own, varied) for own in settings]),
        pl.Series("line", [_line_in_words(own, others) for own in settings]),
    )
    return drawn


def _finding(result: Any, table: pl.DataFrame, varied: list[str], smallest: str | None) -> str:
    """Return which configuration did best, and which is as good as far as the seeds can tell."""
    which = f"{_setting_text(varied[0])} " if len(varied) == 1 else ""
    best = f"{which}{_in_words(result.winner.settings, varied)} did best"
    best = f"{best[0].upper()}{best[1:]}"
    n_near = len(result.near_best) - 1
    if len(result.seeds) == 1:
        return f"{best} with one seed, which cannot show what is noise"
    if smallest is not None:
        return f"{best}; {smallest} is the smallest within noise of it"
    if n_near:
        return f"{best}; {n_near} of {counted(len(table) - 1, 'other')} within noise of it"
    lead = result.winner.lead
    return f"{best}, by more than noise" if lead and lead.is_clear else f"{best}; its lead may be noise"


def _caption(result: Any, metric: SweepMetric, *, listed: bool) -> str:
    """Return what points and intervals are of."""
    n_seeds, n_rows = len(result.seeds), len(result.validation_rows[0])
    if n_seeds == 1:
        return f"{METRICS[metric].label.capitalize()} on {n_rows:,} validation rows of one seed, without intervals."
    return (
        f"{METRICS[metric].label.capitalize()} on validation rows, means over {n_seeds} seeds with 95% intervals. "
        f"{'Star: the best; filled' if listed else 'Filled'}: within noise of the best, by the paired difference in "
        f"{METRICS[result.metric].label}."
    )


def _in_words(settings: Any, names: list[str]) -> str:
    """Return settings by their names, or the value alone of a single one."""
    if len(names) == 1:
        return _value_text(settings[names[0]], names[0])
    return _line_in_words(settings, names)


def _line_in_words(settings: Any, names: list[str]) -> str:
    return ", ".join(f"{_setting_text(name)} {_value_text(settings[name], name)}" for name in names)


def _value_text(value: Any, name: str) -> str:
    if value is None:
        return "all rows" if name == "batch_size" else "none"
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return f"{value:.3g}" if isinstance(value, float) else shortened(value)


def _setting_text(setting: str) -> str:
    return {"hidden": "hidden units", "lr": "learning rate"}.get(setting, setting.replace("_", " "))
