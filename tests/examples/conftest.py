"""Every script of the lesson as a fixture: the names of one run of it."""

import re
import runpy
from dataclasses import dataclass
from pathlib import Path

import pytest
from matplotlib import pyplot as plt

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def results(name, folder):
    """Run a script in a folder of its own and return its names."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plt, "show", lambda: None)
        patch.chdir(folder)
        plt.switch_backend("Agg")
        try:
            names = runpy.run_path(str(EXAMPLES / name))
        finally:
            plt.close("all")
    assert not list(folder.iterdir())
    return names


def script(name):
    """Return a fixture that runs one script."""

    @pytest.fixture(scope="module")
    def fixture(tmp_path_factory):
        return results(name, tmp_path_factory.mktemp("example"))

    return fixture


kinds = script("plot_01_regression_or_classification.py")
blobs = script("plot_02_blobs.py")
logits = script("plot_03_logits_to_predictions.py")
circles = script("plot_04_circles_two_heads.py")
straight = script("plot_05_no_activations.py")
patients = script("plot_06_heart.py")
patients_by_hand = script("plot_06b_heart_by_hand.py")
leaks = script("plot_07_leakage.py")
thresholds = script("plot_08_thresholds_and_costs.py")
trio = script("plot_09_underfit_overfit_good.py")
sweeps = script("plot_10_sweeps.py")
stopping = script("plot_11_early_stopping.py")
exercises = script("plot_12_exercises.py")
more_exercises = script("plot_12b_exercises.py")


@dataclass(frozen=True)
class Documented:
    """A figure with its interval, as a document has it."""

    value: float
    low: float
    high: float

    def is_close_to(self, found):
        """Whether a script found the same, up to what another processor's rounding may change."""
        reach = (self.high - self.low) / 4
        pairs = ((self.value, found.value), (self.low, found.low), (self.high, found.high))
        return all(abs(one - other) <= reach for one, other in pairs)


@pytest.fixture(scope="session")
def documented_savings():
    """The savings that the page on costs shows, by the words of their rows."""
    text = (ROOT / "docs" / "costs.md").read_text("utf-8")
    number = r"(-?[\d.]+)"
    rows = re.findall(rf"^\| ([^|]+) \|[^|]*\| {number} \[{number}, {number}\] \|", text, re.MULTILINE)
    return {name: Documented(*map(float, figures)) for name, *figures in rows}
