"""Neural-network classifiers that show where they draw the line.

Names are imported when they are first used: importing demarcate imports neither torch nor matplotlib.
"""

# Not typing's, which takes longer to import than all of this: the command line begins here.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from demarcate import datasets
    from demarcate.auditing import Audit, audit
    from demarcate.bundle import read_bundle as load
    from demarcate.classifier import DemarcateClassifier
    from demarcate.engine import Training
    from demarcate.errors import DemarcateError, DemarcateWarning
    from demarcate.experiments import Run, Runs, train
    from demarcate.experiments.diagnosis import Diagnosis, diagnose
    from demarcate.experiments.sweep import Between, Sweep, sweep
    from demarcate.export import export_model
    from demarcate.inference import Predictor
    from demarcate.nn import Network, ResidualNetwork
    from demarcate.report import Report
    from demarcate.tracking import track

__all__ = [
    "Audit",
    "Between",
    "DemarcateClassifier",
    "DemarcateError",
    "DemarcateWarning",
    "Diagnosis",
    "Network",
    "Predictor",
    "Report",
    "ResidualNetwork",
    "Run",
    "Runs",
    "Sweep",
    "Training",
    "audit",
    "datasets",
    "diagnose",
    "export_model",
    "load",
    "sweep",
    "track",
    "train",
]

__version__: str

_HOMES = {
    "Audit": ("demarcate.auditing", "Audit"),
    "Between": ("demarcate.experiments.sweep", "Between"),
    "DemarcateClassifier": ("demarcate.classifier", "DemarcateClassifier"),
    "DemarcateError": ("demarcate.errors", "DemarcateError"),
    "DemarcateWarning": ("demarcate.errors", "DemarcateWarning"),
    "Diagnosis": ("demarcate.experiments.diagnosis", "Diagnosis"),
    "Network": ("demarcate.nn", "Network"),
    "Predictor": ("demarcate.inference", "Predictor"),
    "Report": ("demarcate.report", "Report"),
    "ResidualNetwork": ("demarcate.nn", "ResidualNetwork"),
    "Run": ("demarcate.experiments", "Run"),
    "Runs": ("demarcate.experiments", "Runs"),
    "Sweep": ("demarcate.experiments.sweep", "Sweep"),
    "Training": ("demarcate.engine", "Training"),
    "audit": ("demarcate.auditing", "audit"),
    "diagnose": ("demarcate.experiments.diagnosis", "diagnose"),
    "export_model": ("demarcate.export", "export_model"),
    "load": ("demarcate.bundle", "read_bundle"),
    "sweep": ("demarcate.experiments.sweep", "sweep"),
    "track": ("demarcate.tracking", "track"),
    "train": ("demarcate.experiments", "train"),
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name == "datasets":
        return import_module("demarcate.datasets")
    if name == "__version__":
        from importlib.metadata import version

        return version("demarcate")
    if name not in _HOMES:
        raise AttributeError(f"module 'demarcate' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("_"))})
