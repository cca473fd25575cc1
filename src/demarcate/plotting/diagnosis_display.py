"""A diagnosis in one picture: the effects of rows, capacity and regularisation."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.evaluation import METRICS, Mean
from demarcate.nn.module_network import ModuleNetwork
from demarcate.plotting import style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DiagnosisMetric = Literal["log_loss", "accuracy"]
_METRICS = get_args(DiagnosisMetric)
_LOOKS: dict[str, dict[str, Any]] = {
    "train": {"label": "rows trained on", "color": style.SERIES[0], "linestyle": "--", "marker": "s"},
    "held_out": {"label": "rows not trained on", "color": style.SERIES[1], "linestyle": "-", "marker": "o"},
}
_ANSWERS = {"helps": style.SERIES[2], "does not help": style.GREY, "cannot tell": style.COLOURS[1]}
_MARKERS = {"helps": "o", "does not help": "s", "cannot tell": "D"}
_ROWS = ("quarter of the rows", "half of the rows", "configured")
_CAPACITY = ("smaller", "configured", "larger")
_REGULARISATION = {"unregularised": "none", "configured": "as configured", "regularised": "more"}
"""The probes of each curve by name, from left to right."""


@dataclass(eq=False)
class DiagnosisDisplay:
    """What each change would do, and the curves behind it: rows, capacity, regularisation, with 95% intervals.

    The curves are those of rows that were trained on and of rows that were not.

    Attributes
    ----------
    metric
        Of the three curves: ``"log_loss"`` or ``"accuracy"``.

    Examples
    --------
    >>> from demarcate import Network, Training, datasets, diagnose
    >>> data, training = datasets.moons(n_samples=100, noise=0.2), Training(lr=0.02, epochs=40, batch_size=None)
    >>> display = DiagnosisDisplay.from_diagnosis(diagnose(data, Network((2,), "tanh"), training, seeds=5))
    >>> [ax.get_title(loc="left") for ax in display.ax_.ravel()]
    ['Would it help?', 'Rows', 'Capacity', 'Regularisation']
    """

    diagnosis: Any
    metric: DiagnosisMetric = "log_loss"
    title: str = ""
    ax_: NDArray[Any] = field(init=False, repr=False)
    figure_: "Figure" = field(init=False, repr=False)

    @classmethod
    def from_diagnosis(cls, diagnosis: Any, *, metric: DiagnosisMetric = "log_loss", title: str | None = None) -> Self:
        """Draw a diagnosis.

        Parameters
        ----------
        diagnosis
            What `diagnose` gave.
        metric, title
            The title stands in place of the verdict.

        Raises
        ------
        SettingError
            If there is no such metric.
        """
        if metric not in _METRICS:
            raise SettingError(f"metric is {metric!r}. Give one of {', '.join(_METRICS)}.")
        return cls(diagnosis, metric, diagnosis.headline if title is None else title).plot()

    def plot(self) -> Self:
        """Draw it, on new axes."""
        self.ax_ = style.new_axes(2, 2, width=4.4, height=3.0)
        self.figure_ = style.figure_of(self.ax_[0, 0])
        (help_, rows), (capacity, regularisation) = self.ax_
        self._draw_curve(rows, "Rows", "training rows", _ROWS, lambda each: f"{each.n_train:,}")
        self._draw_curve(capacity, "Capacity", "hidden units", _CAPACITY, _hidden)
        self._draw_curve(
            regularisation, "Regularisation", "", _REGULARISATION, lambda each: _REGULARISATION[each.probe.name]
        )
        self._share_limits(rows, capacity, regularisation)
        self._draw_effects(help_)
        self.figure_.suptitle(self.title, x=0.01, ha="left", fontsize=style.TITLE + 3, color=style.INK, weight="bold")
        return self

    def _draw_curve(
        self, ax: "Axes", title: str, x: str, names: "Iterable[str]", in_words: "Callable[[Any], str]"
    ) -> None:
        """Draw a metric on training rows and on others, from one probe of these names to the next."""
        by_name = {each.probe.name: each for each in self.diagnosis.probes}
        probes = [by_name[name] for name in names if name in by_name]
        places = np.arange(len(probes), dtype=float)
        for rows, look in _LOOKS.items():
            means = [getattr(getattr(each, rows), self.metric) for each in probes]
            values = np.array([mean.value for mean in means])
            reach = np.abs(np.array([_ends(mean) for mean in means]).T - values)
            shift = -0.03 if rows == "train" else 0.03
            ax.errorbar(places + shift, values, yerr=reach, **look, **style.ERROR_BAR)
        for place, each in enumerate(probes):
            if each.probe.name == "configured":
                ax.axvspan(place - 0.22, place + 0.22, color=style.FAINT, alpha=0.5, linewidth=0, zorder=0)
        ax.set_xticks(places, list(map(in_words, probes)))
        ax.set_xlim(-0.5, len(probes) - 0.5)
        style.label_axes(ax, title, x, METRICS[self.metric].label if title != "Regularisation" else "")
        style.draw_grid(ax)

    def _share_limits(self, *axes: "Axes") -> None:
        """Set the same limits for all curves, and draw one legend."""
        low, high = min(ax.get_ylim()[0] for ax in axes), max(ax.get_ylim()[1] for ax in axes)
        for ax in axes:
            ax.set_ylim(max(low, 0.0), min(high, 1.0) if self.metric == "accuracy" else high)
        axes[0].legend(fontsize=style.SMALL, frameon=False, handletextpad=0.4)

    def _draw_effects(self, ax: "Axes") -> None:
        """Draw by how much each change lowers the log loss of rows not trained on."""
        effects = self.diagnosis.effects
        for place, effect in enumerate(effects.values()):
            colour, marker = _ANSWERS[effect.answer], _MARKERS[effect.answer]
            ax.plot(_ends(effect.log_loss), [place, place], color=colour, linewidth=2, solid_capstyle="butt")
            ax.plot([effect.log_loss.value], [place], marker, color=colour, markersize=6.5)
            weight = "bold" if effect.answer == "helps" else "normal"
            ax.annotate(
                effect.answer, (1.01, place), xycoords=("axes fraction", "data"), va="center", fontsize=style.SMALL,
                color=style.INK, fontweight=weight,
            )  # fmt: skip
        ax.axvline(0, color=style.INK, linewidth=0.8)
        ax.axvline(self.diagnosis.min_gain, color=style.INK, linewidth=0.8, linestyle=":")
        ax.set_yticks(range(len(effects)), [name.replace("_", " ") for name in effects])
        ax.set_ylim(len(effects) - 0.5, -0.5)
        diagnosis = self.diagnosis
        caption = (
            f"The gap of the network as configured is {diagnosis.gap.log_loss} in full log loss; large from "
            f"{diagnosis.large_gap:.3f}. {diagnosis.n_networks} networks; means over {diagnosis.n_seeds} splits with "
            "95% intervals. Grey band: as configured. More rows: the last doubling. Dotted: the smallest change worth "
            "having. In the curves a row's log loss counts at most as log(100)."
        )
        style.label_axes(ax, "Would it help?", "log loss lower by", "", caption=caption)
        style.draw_grid(ax, "x")


def _ends(mean: Mean) -> tuple[float, float]:
    """Return the ends of an interval, the value itself where there is none."""
    return (mean.value, mean.value) if mean.low is None or mean.high is None else (mean.low, mean.high)


def _hidden(result: Any) -> str:
    network = result.probe.network
    return "own" if isinstance(network, ModuleNetwork) else ",".join(map(str, network.hidden)) or "none"
