"""Neural-network classifiers that show where they draw the line.

Names are imported when they are first used: importing demarcate imports neither torch nor matplotlib.
"""

# Not typing's, which takes longer to import than all of this: the command line begins here.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from demarcate import datasets
    from demarcate.audits import Audit, audit
    from demarcate.bundle import read_bundle as load
    from demarcate.classifier import DemarcateClassifier
    from demarcate.diagnosis import Diagnosis, diagnose
    from demarcate.engine import Training
    from demarcate.errors import DemarcateError, DemarcateWarning
    from demarcate.nn import Network
    from demarcate.predictor import Predictor
    from demarcate.report import Report
    from demarcate.runs import Run, Runs, train
    from demarcate.sweeps import Between, Sweep, sweep

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
    "Run",
    "Runs",
    "Sweep",
    "Training",
    "audit",
    "datasets",
    "diagnose",
    "load",
    "sweep",
    "train",
]

__version__: str

_HOMES = {
    "Audit": ("demarcate.audits", "Audit"),
    "Between": ("demarcate.sweeps", "Between"),
    "DemarcateClassifier": ("demarcate.classifier", "DemarcateClassifier"),
    "DemarcateError": ("demarcate.errors", "DemarcateError"),
    "DemarcateWarning": ("demarcate.errors", "DemarcateWarning"),
    "Diagnosis": ("demarcate.diagnosis", "Diagnosis"),
    "Network": ("demarcate.nn", "Network"),
    "Predictor": ("demarcate.predictor", "Predictor"),
    "Report": ("demarcate.report", "Report"),
    "Run": ("demarcate.runs", "Run"),
    "Runs": ("demarcate.runs", "Runs"),
    "Sweep": ("demarcate.sweeps", "Sweep"),
    "Training": ("demarcate.engine", "Training"),
    "audit": ("demarcate.audits", "audit"),
    "diagnose": ("demarcate.diagnosis", "diagnose"),
    "load": ("demarcate.bundle", "read_bundle"),
    "sweep": ("demarcate.sweeps", "sweep"),
    "train": ("demarcate.runs", "train"),
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
