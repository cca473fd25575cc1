"""One of each result that the package returns, of small tables."""

import warnings
from types import SimpleNamespace

import pytest

from demarcate import DemarcateClassifier, Network, Report, Training, audit, datasets, diagnose, load, sweep, train
from demarcate.inspection import LearningCurves, ThresholdCurve


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    heart, moons = datasets.heart(), datasets.moons(n_samples=120, noise=0.2)
    X, y = heart
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classifier = DemarcateClassifier(preset="fast", hidden=(4,), epochs=3, n_folds=2, cost={(0, 1): 2.0}).fit(X, y)
        baselines = classifier.baselines(X, y)
        path = tmp_path_factory.mktemp("model") / "heart.safetensors"
        classifier.save(path)
        runs = train(moons, {"a": Network((2,)), "b": Network((4,))}, Training(epochs=3))
        swept = sweep(moons, {"hidden": [(2,), (4,)], "epochs": [3]}, seeds=2)
        diagnosed = diagnose(moons, Network((2,)), Training(epochs=3), seeds=2)
        few = X.select("age", "chol")
        audited = audit((few, y), against=few[:100], rescore=False)
        report = Report.of(classifier, X, y, name="<b>heart</b>", baselines=baselines)
    is_positive = classifier.oof_codes_ == 1
    return SimpleNamespace(
        classifier=classifier,
        baselines=baselines,
        comparison=classifier.comparison_["majority"],
        predictor=load(path),
        runs=runs,
        sweep=swept,
        diagnosis=diagnosed,
        audit=audited,
        drift=audited.drift,
        report=report,
        dataset=heart,
        importance=report.evaluated.importance,
        threshold_curve=ThresholdCurve.of(is_positive, classifier.oof_proba_[:, 1]),
        learning_curves=LearningCurves.of(classifier),
    )
