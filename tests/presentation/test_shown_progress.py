import sys
from types import SimpleNamespace

import pytest

from demarcate import DemarcateClassifier, Network, Training, datasets, diagnose, sweep, train
from demarcate.phases import PhaseState, listening, phase
from demarcate.presentation import shown_progress as module
from demarcate.presentation.shown_progress import NotebookBars, shown_progress

MOONS = datasets.moons(n_samples=60, noise=0.2)


@pytest.fixture
def notebook(monkeypatch):
    """What a notebook's output held, one text after another."""
    shown = []

    def display(value, *, display_id):
        shown.append(value._repr_html_())
        return SimpleNamespace(update=lambda value: shown.append(value._repr_html_()))

    monkeypatch.setattr(module, "notebook_display", lambda: display)
    return shown


def test_a_notebook_sees_bars_and_keeps_the_seconds(notebook, monkeypatch):
    monkeypatch.setattr(module, "SECONDS_BETWEEN", 0.0)
    with shown_progress(True), phase("train", total=4) as current:
        current.update(1, 4, "epoch <1> of 4")
    assert any('value="0.250"' in html and "epoch &lt;1&gt; of 4" in html for html in notebook)
    assert 'value="1.000"' in notebook[-1]
    assert "0.0 s" in notebook[-1]


def test_a_notebook_is_updated_at_most_some_times_a_second(notebook):
    with shown_progress(True), phase("train", total=1000) as current:
        for _ in range(1000):
            current.advance()
    assert len(notebook) < 50


def test_a_phase_whose_length_is_not_known_has_a_bar_without_a_value():
    bars = NotebookBars(None)
    bars.show(PhaseState("read"))
    assert "value=" not in bars._repr_html_()
    assert repr(bars) == "read"


def test_outside_a_notebook_and_a_terminal_each_phase_is_a_line_at_its_end(capsys):
    with shown_progress(1), phase("read"), phase("check"):
        pass
    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == ["check", "read"]


def test_without_verbose_nothing_is_shown_and_whoever_listens_goes_on_to_hear(capsys):
    heard = []
    with listening(heard.append), shown_progress(False), phase("read"):
        pass
    assert [state.name for state in heard] == ["read", "read"]
    assert capsys.readouterr() == ("", "")


def test_a_plain_python_is_no_notebook(monkeypatch):
    assert module.notebook_display() is None
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    assert module.notebook_display() is None


@pytest.mark.parametrize(
    "work",
    [
        lambda **verbose: DemarcateClassifier(hidden=(2,), epochs=2, n_folds=2, **verbose).fit(*MOONS),
        lambda **verbose: train(MOONS, Network((2,)), Training(epochs=2), **verbose),
        lambda **verbose: sweep(MOONS, {"epochs": [1, 2]}, seeds=2, **verbose),
        lambda **verbose: diagnose(MOONS, Network((2,)), Training(epochs=2), seeds=2, **verbose),
    ],
    ids=["fit", "train", "sweep", "diagnose"],
)
@pytest.mark.filterwarnings("ignore::demarcate.errors.DemarcateWarning")
def test_whatever_trains_shows_its_progress_when_asked(work, notebook):
    work()
    assert notebook == []
    work(verbose=True)
    assert "train" in notebook[-1]
