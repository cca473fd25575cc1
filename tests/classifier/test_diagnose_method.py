import numpy as np

from demarcate import DemarcateClassifier, datasets


def test_diagnose_uses_the_settings_of_the_estimator():
    X, y = datasets.circles(n_samples=200)
    clf = DemarcateClassifier(hidden=(1,), lr=0.02, epochs=30, random_state=3, pieces=False)
    found = clf.diagnose(X, y, seeds=2)
    own = found.probes[0].probe
    assert own.network.hidden == (1,)
    assert (own.training.optimizer, own.training.epochs, own.training.patience) == ("adamw", 30, 15)
    assert found.verdict == "underfits"
    # With pieces even a single unit can bend.
    assert (
        clf.set_params(pieces=True).diagnose(X, y, seeds=2).held_out.log_loss.value
        < 0.7 * found.held_out.log_loss.value
    )


def test_diagnose_does_not_change_the_estimator():
    X, y = datasets.moons(n_samples=60)
    clf = DemarcateClassifier(hidden=(2,), epochs=3)
    before = dict(vars(clf))
    clf.diagnose(X, y, seeds=2)
    assert vars(clf) == before


def test_diagnose_takes_sample_weights():
    X, y = datasets.moons(n_samples=60)
    clf = DemarcateClassifier(hidden=(2,), epochs=3)
    plain = clf.diagnose(X, y, seeds=2)
    weighted = clf.diagnose(X, y, np.linspace(0.1, 2, 60), seeds=2)
    assert weighted.held_out.log_loss != plain.held_out.log_loss
    assert clf.diagnose(X, y, np.ones(60), seeds=2).to_json() == plain.to_json()
