"""A score with its interval, in JSON and in words; the interval of a proportion."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from demarcate.errors import SettingError
from demarcate.evaluation.metrics import MAIN_METRICS, METRICS
from demarcate.formatting import counted, interval_texts


@dataclass(frozen=True)
class Score:
    """A metric, the interval around it, and the rows it comes from.

    Parameters
    ----------
    value, low, high
        The metric and its interval; `low <= value <= high`.
    n_rows, rows
        How many rows were scored, and which, in words: "out-of-fold", "weighted out-of-fold".
    n_clusters
        The groups that rows were drawn by, or blocks of rows in time; None for independent rows.
    n_effective
        The equally weighted rows that weighted ones are worth (Kish, 1965, Survey Sampling); None without weights.

    Examples
    --------
    >>> print(Score(0.842, 0.798, 0.881, n_rows=303, rows="out-of-fold"))
    0.842 [0.798, 0.881]
    """

    value: float
    low: float
    high: float
    n_rows: int
    rows: str
    n_clusters: int | None = None
    n_effective: float | None = None

    @property
    def rows_in_words(self) -> str:
        """How many rows these are, which, and in how many groups, or blocks of time.

        Examples
        --------
        >>> Score(0.8, 0.7, 0.9, 1200, "weighted out-of-fold", n_clusters=60).rows_in_words
        '1,200 weighted out-of-fold rows in 60 groups'
        """
        rows = counted(self.n_rows, f"{self.rows} row")
        if self.n_clusters is None:
            return rows
        unit = "block" if "later" in self.rows.split() else "group"
        return f"{rows} in {counted(self.n_clusters, unit)}"

    @property
    def texts(self) -> tuple[str, str]:
        """The value and its interval as texts."""
        return interval_texts(self.value, self.low, self.high)

    def __str__(self) -> str:
        return " ".join(filter(None, self.texts))

    def to_json(self) -> dict[str, float | int | str]:
        """Return the score as a JSON object, with the numbers of groups and of effective rows if it has them."""
        entry: dict[str, float | int | str] = {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "rows": self.rows,
            "n_rows": self.n_rows,
        }
        more = {"n_clusters": self.n_clusters, "n_effective": self.n_effective}
        return entry | {name: number for name, number in more.items() if number is not None}


def scores_json(scores: Mapping[str, Score]) -> dict[str, dict[str, float | int | str]]:
    """Return scores by name as a JSON object."""
    return {name: value.to_json() for name, value in scores.items()}


def scores_from_json(document: Mapping[str, Mapping[str, Any]]) -> dict[str, Score]:
    """Return the scores that `scores_json` wrote."""
    return {name: Score(**entry) for name, entry in document.items()}


def scores_in_words(scores: Mapping[str, Score]) -> str:
    """Return accuracy, log loss and ROC AUC in one line, those that are missing left out."""
    return ", ".join(f"{METRICS[name].label} {scores[name]}" for name in MAIN_METRICS if name in scores)


def wilson_interval(n_hits: float, n_trials: float, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's interval for a proportion (Wilson, 1927, https://doi.org/10.2307/2276774).

    Parameters
    ----------
    n_hits, n_trials
        Successes, and trials, above 0; effective numbers of weighted or clustered trials need not be whole.
    level
        In (0, 1).

    Raises
    ------
    SettingError
        If `level` is not in (0, 1).

    Examples
    --------
    >>> low, high = wilson_interval(20, 20)
    >>> round(low, 3), high
    (0.839, 1.0)
    """
    check_level(level)
    z = NormalDist().inv_cdf((1 + level) / 2)
    centre = (n_hits + z**2 / 2) / (n_trials + z**2)
    reach = z / (n_trials + z**2) * (n_hits * (n_trials - n_hits) / n_trials + z**2 / 4) ** 0.5
    # Exact at the ends, where rounding would stop just short of 0 and 1.
    low = 0.0 if n_hits == 0 else max(centre - reach, 0.0)
    high = 1.0 if n_hits == n_trials else min(centre + reach, 1.0)
    return low, high


def check_level(level: float) -> None:
    """Raise SettingError for a level that is not between 0 and 1."""
    if not 0 < level < 1:
        raise SettingError(f"The level of an interval is {level!r}, not between 0 and 1. Use 0.95.")
