import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from demarcate import DemarcateClassifier, Network, Training, datasets, train
from demarcate.plotting import style


@pytest.fixture(autouse=True)
def _no_figure_stays_open():
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def moons():
    return datasets.moons(n_samples=120, noise=0.3)


@pytest.fixture(scope="session")
def blobs():
    return datasets.blobs(n_samples=160)


@pytest.fixture(scope="session")
def moon_runs(moons):
    networks = {"line": Network(()), "curve": Network((16, 16), "tanh")}
    training = Training(optimizer="adam", lr=0.03, epochs=60, batch_size=None)
    return train(moons, networks, training, test_size=0.3, seeds=3)


@pytest.fixture(scope="session")
def blob_run(blobs):
    training = Training(optimizer="adam", lr=0.05, epochs=40, batch_size=None)
    return train(blobs, Network((8,)), training)["network"]


@pytest.fixture(scope="session")
def heart():
    return datasets.heart()


@pytest.fixture(scope="session")
def heart_classifier(heart):
    return DemarcateClassifier(categorical=heart.categorical, hidden=(16,), epochs=8, n_folds=3).fit(heart.X, heart.y)


@pytest.fixture(scope="session")
def assert_words_are_inside():
    return _assert_words_are_inside


def _assert_words_are_inside(display):
    """A title is there, letters are legible, and title and caption lie inside the figure."""
    figure = display.figure_
    figure.canvas.draw()
    canvas = figure.get_window_extent()
    axes = np.atleast_1d(display.ax_)
    assert axes[0].get_title(loc="left")
    sizes = [text.get_fontsize() for ax in axes for text in (ax._left_title, ax.xaxis.label, *ax.get_xticklabels())]
    assert min(sizes) >= style.SMALL
    for text in [ax._left_title for ax in axes] + ([figure._supxlabel] if figure._supxlabel else []):
        box = text.get_window_extent()
        assert canvas.x0 <= box.x0
        assert box.x1 <= canvas.x1
        assert canvas.y0 - 1 <= box.y0
        assert box.y1 <= canvas.y1 + 1
