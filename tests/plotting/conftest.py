import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import pytest

from demarcate import DemarcateClassifier, Network, Training, datasets, train


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
