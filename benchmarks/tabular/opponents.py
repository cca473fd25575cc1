"""The compared classifiers, each with the settings that its authors chose or recommend."""

import hashlib
import importlib.util
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import Any

from benchmarks.tabular.inputs import Form

NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Algorithm:
    """A classifier with its settings.

    Attributes
    ----------
    name
        What it is called in results.
    package
        The distribution it comes from.
    make
        Builds it from its settings and a number of threads.
    settings
        What is not left at its default.
    form
        The form of its features.
    labels
        Whether it gets labels instead of class indices.
    """

    name: str
    package: str
    make: Callable[[Mapping[str, Any], int], Any]
    settings: Mapping[str, Any] = field(default_factory=lambda: NONE)
    form: Form = "filled"
    labels: bool = False

    def build(self, threads: int) -> Any:
        """Return the classifier, not fitted."""
        return self.make(self.settings, threads)

    @property
    def is_installed(self) -> bool:
        """Return whether the package can be imported."""
        try:
            return importlib.util.find_spec({"scikit-learn": "sklearn"}.get(self.package, self.package)) is not None
        except ModuleNotFoundError:  # of the package that it is part of
            return False

    @property
    def version(self) -> str:
        """Return the package and its version."""
        try:
            return f"{self.package} {version(self.package)}"
        except PackageNotFoundError:
            return f"{self.package} from its sources"

    @property
    def fingerprint(self) -> str:
        """Return eight letters that depend on the settings."""
        text = json.dumps([self.name, self.form, dict(self.settings)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def _ours(settings: Mapping[str, Any], threads: int) -> Any:
    import torch

    from demarcate import DemarcateClassifier

    torch.set_num_threads(threads)
    return DemarcateClassifier(**settings)


def _of_pytabkit(name: str) -> Callable[[Mapping[str, Any], int], Any]:
    def make(settings: Mapping[str, Any], threads: int) -> Any:
        import torch
        from pytabkit.models.sklearn import sklearn_interfaces

        torch.set_num_threads(threads)
        return getattr(sklearn_interfaces, f"{name}_Classifier")(n_threads=threads, random_state=0, **settings)

    return make


def _hist_gradient_boosting(settings: Mapping[str, Any], threads: int) -> Any:  # noqa: ARG001
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(categorical_features="from_dtype", random_state=0, **settings)


def _logistic_regression(settings: Mapping[str, Any], threads: int) -> Any:  # noqa: ARG001
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    columns = make_column_transformer(
        (StandardScaler(), make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_include="category")),
    )
    return make_pipeline(columns, LogisticRegression(**settings))


def _autogluon(settings: Mapping[str, Any], threads: int) -> Any:
    import torch
    from benchmarks.tabular.stacked_ensemble import StackedEnsemble

    torch.set_num_threads(threads)
    return StackedEnsemble(threads, **settings)


def _pytabkit(name: str, of: str | None = None, **settings: Any) -> Algorithm:
    return Algorithm(name, "pytabkit", _of_pytabkit(of or name), settings)


def _demarcate(name: str, **settings: Any) -> Algorithm:
    return Algorithm(name, "demarcate", _ours, settings, form="raw", labels=True)


FOR_LOG_LOSS = {"val_metric_name": "cross_entropy"}
REALMLP_FOR_LOG_LOSS = FOR_LOG_LOSS | {"use_ls": False}
"""The settings that RealMLP's authors recommend for probabilities; its defaults aim at accuracy."""
EIGHT_FOLDS = {"n_cv": 8, "n_refit": 0}

ALGORITHMS = {
    algorithm.name: algorithm
    for algorithm in (
        _demarcate("demarcate"),
        _demarcate("demarcate-fast", preset="fast"),
        _demarcate("demarcate-best", preset="best"),
        _pytabkit("CatBoost_D"),
        _pytabkit("LGBM_D"),
        _pytabkit("XGB_D"),
        Algorithm("HGB", "scikit-learn", _hist_gradient_boosting, form="typed"),
        _pytabkit("RF_SKL_D"),
        _pytabkit("MLP_SKL_D"),
        _pytabkit("RealMLP_TD_S"),
        _pytabkit("RealMLP_TD"),
        _pytabkit("RealMLP_TD_CE", "RealMLP_TD", **REALMLP_FOR_LOG_LOSS),
        _pytabkit("RealMLP_CV8", "RealMLP_TD", **REALMLP_FOR_LOG_LOSS, **EIGHT_FOLDS),
        _pytabkit("TabM_D", **FOR_LOG_LOSS),
        _pytabkit("TabM_CV8", "TabM_D", **FOR_LOG_LOSS, **EIGHT_FOLDS),
        Algorithm("LogReg", "scikit-learn", _logistic_regression, MappingProxyType({"max_iter": 2000})),
    )
}
"""All algorithms by name. pytabkit's classifiers accept no missing numbers, so they get filled ones."""
HOURS = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm(
            "AutoGluon_5min", "autogluon.tabular", _autogluon, {"presets": "best_quality", "time_limit": 300}, "typed"
        ),
        Algorithm(
            "AutoGluon_1h", "autogluon.tabular", _autogluon, {"presets": "best_quality", "time_limit": 3600}, "typed"
        ),
    )
}
"""Those that train for as long as they may, and are only run when named. Each has a time limit of its own."""
OURS = tuple(name for name in ALGORITHMS if name.startswith("demarcate"))

VARIANTS = {
    algorithm.name: algorithm
    for algorithm in (
        _demarcate("one kind, without leaves of trees", trees=False),
        _demarcate("one kind, with leaves of trees", trees=True),
        _demarcate("without bins", pieces=False),
        _demarcate("without averaging", averaging=0.0),
        _demarcate("without tolerance", tolerance=0.0),
        _demarcate("tolerance 0.05", tolerance=0.05),
        _demarcate("torch's initial weights", init="torch"),
        _demarcate("ReLU", activation="relu"),
        _demarcate("128 units a layer", hidden=(128, 128)),
        _demarcate("512 units a layer", hidden=(512, 512)),
        _demarcate("three layers", hidden=(256, 256, 256)),
        _demarcate("no dropout", dropout=0.0),
        _demarcate("dropout 0.3", dropout=0.3),
        _demarcate("input dropout 0.1", input_dropout=0.1),
        _demarcate("warmup of 2 epochs", warmup=2.0),
        _demarcate("weight decay 0.1", weight_decay=0.1),
        _demarcate("learning rate 0.001", lr=0.001),
        _demarcate("4 folds", n_folds=4),
        _demarcate("2 networks for each fold", n_seeds=2),
    )
}
"""The default with one change each."""
KNOWN = ALGORITHMS | HOURS | VARIANTS


def check_installed(names: Iterable[str]) -> None:
    """Refuse algorithms that are not there: an error would be stored as their result.

    Raises
    ------
    ValueError
        If a package is not installed; all are named.
    """
    missing = {name: KNOWN[name].package for name in names if not KNOWN[name].is_installed}
    if missing:
        raise ValueError(
            f"--algorithms has {', '.join(missing)}, whose packages are not installed: "
            f"pip install {' '.join(dict.fromkeys(missing.values()))}, or leave them out"
        )
