"""A diagnosis in one picture: what rows, capacity and regularisation do, on rows trained on and on others."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.evaluation import METRICS, Mean
from demarcate.plotting import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DiagnosisMetric = Literal["log_loss", "accuracy"]
_METRICS = ("log_loss", "accuracy")
_TRAIN, _JUDGED = style.COLOURS[0], style.COLOURS[5]
_ANSWERS = {"helps": style.COLOURS[2], "does not help": style.GREY, "cannot tell": style.COLOURS[1]}
_MARKERS = {"helps": "o", "does not help": "s", "cannot tell": "D"}
_EASED = "larger, regularised"


@dataclass(eq=False)
class DiagnosisDisplay:
    """Learning curve, capacity, regularisation, and what each change does, with 95% intervals.

    The curves are those of rows that were trained on and of rows that were not.

    Attributes
    ----------
    diagnosis
        What is drawn.
    metric
        Of the three curves: ``"log_loss"`` or ``"accuracy"``.
    title
        In words.

    Examples
    --------
    >>> from demarcate import Network, Training, datasets, diagnose
    >>> data, training = datasets.moons(n_samples=100, noise=0.2), Training(lr=0.02, epochs=40, batch_size=None)
    >>> display = DiagnosisDisplay.from_diagnosis(diagnose(data, Network((2,), "tanh"), training, seeds=5))
    >>> [ax.get_title(loc="left") for ax in display.ax_.ravel()]
    ['Rows', 'Capacity', 'Regularisation', 'Would it help?']
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
        metric
            ``log_loss`` or ``accuracy``.
        title
            Instead of the verdict.

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
        (rows, capacity), (regularisation, help_) = self.ax_
        self._curve(rows, "Rows", "training rows", self._by_rows())
        self._curve(capacity, "Capacity", "hidden units", self._by_capacity())
        self._curve(regularisation, "Regularisation", "", self._by_regularisation())
        self._level(rows, capacity, regularisation)
        self._effects(help_)
        self.figure_.suptitle(self.title, x=0.01, ha="left", fontsize=style.TITLE + 3, color=style.INK, weight="bold")
        return self

    def _by_rows(self) -> list[tuple[str, Any]]:
        tried = [self._tried(name) for name in ("quarter of the rows", "half of the rows", "configured")]
        return [(f"{each.n_train:,}", each) for each in tried if each]

    def _by_capacity(self) -> list[tuple[str, Any]]:
        tried = [self._tried(name) for name in ("smaller", "configured", "larger")]
        return [(_hidden(each), each) for each in tried if each]

    def _by_regularisation(self) -> list[tuple[str, Any]]:
        names = {"none": "unregularised", "as configured": "configured", "more": "regularised"}
        return [(words, each) for words, name in names.items() if (each := self._tried(name))]

    def _tried(self, name: str) -> Any:
        return next((result for result in self.diagnosis.probes if result.probe.name == name), None)

    def _curve(self, ax: "Axes", title: str, x: str, points: list[tuple[str, Any]]) -> None:
        """A metric on training rows and on others, from one probe to the next."""
        places = np.arange(len(points), dtype=float)
        for rows, colour, line, shift in (("train", _TRAIN, "--", -0.03), ("held_out", _JUDGED, "-", 0.03)):
            means = [getattr(getattr(tried, rows), self.metric) for _, tried in points]
            label = "rows trained on" if rows == "train" else "rows not trained on"
            marker = "s" if rows == "train" else "o"
            _errorbar(ax, places + shift, means, colour, line, marker, label)
        own = next((place for place, (_, tried) in enumerate(points) if tried.probe.name == "configured"), None)
        if own is not None:
            ax.axvspan(own - 0.22, own + 0.22, color=style.FAINT, alpha=0.5, linewidth=0, zorder=0)
        ax.set_xticks(places, [words for words, _ in points])
        ax.set_xlim(-0.5, len(points) - 0.5)
        style.label_axes(ax, title, x, METRICS[self.metric].label if title != "Capacity" else "")
        style.draw_grid(ax)

    def _level(self, *axes: "Axes") -> None:
        """The same limits for all curves, and one legend."""
        low, high = min(ax.get_ylim()[0] for ax in axes), max(ax.get_ylim()[1] for ax in axes)
        for ax in axes:
            ax.set_ylim(max(low, 0.0), min(high, 1.0) if self.metric == "accuracy" else high)
        axes[0].legend(fontsize=style.SMALL, frameon=False, handletextpad=0.4)

    def _effects(self, ax: "Axes") -> None:
        """What each change does to the log loss of rows not trained on."""
        effects = self.diagnosis.effects
        for place, (_, effect) in enumerate(effects.items()):
            colour, marker = _ANSWERS[effect.answer], _MARKERS[effect.answer]
            mean = effect.log_loss
            low, high = (mean.value, mean.value) if mean.low is None or mean.high is None else (mean.low, mean.high)
            ax.plot([low, high], [place, place], color=colour, linewidth=1.6, solid_capstyle="butt")
            ax.plot([mean.value], [place], marker, color=colour, markersize=5.5)
            ax.annotate(
                effect.answer, (1.01, place), xycoords=("axes fraction", "data"), va="center", fontsize=style.SMALL,
                color=style.INK,
            )  # fmt: skip
        ax.axvline(0, color=style.INK, linewidth=0.8)
        ax.axvline(self.diagnosis.min_gain, color=style.INK, linewidth=0.8, linestyle=":")
        ax.set_yticks(range(len(effects)), [name.replace("_", " ") for name in effects])
        ax.set_ylim(len(effects) - 0.5, -0.5)
        said = self.diagnosis
        caption = (
            f"{said.n_networks} networks; means over {said.n_seeds} splits with 95% intervals. Grey band: as "
            "configured. More rows: what the last doubling did. Dotted: from here on a change is worth having. "
            "A row's log loss counts at most as log(100)."
        )
        style.label_axes(ax, "Would it help?", "log loss lower by", "", caption=caption)
        style.draw_grid(ax, "x")


def _errorbar(
    ax: "Axes", places: NDArray[np.float64], means: list[Mean], colour: str, line: str, marker: str, label: str
) -> None:
    values = np.array([mean.value for mean in means])
    ends = [
        (mean.value if mean.low is None else mean.low, mean.value if mean.high is None else mean.high) for mean in means
    ]
    reach = np.abs(np.array(ends).T - values)
    look: dict[str, Any] = {"color": colour, "marker": marker, "markersize": 4.5, "linewidth": 1.3, "capsize": 2.5}
    ax.errorbar(places, values, yerr=reach, linestyle=line, label=label, **look)


def _hidden(tried: Any) -> str:
    return ",".join(map(str, tried.probe.network.hidden)) or "none"
