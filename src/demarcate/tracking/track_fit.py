"""`track`: a fit, its files included, sent to an experiment tracker."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demarcate.bundle import write_bundle
from demarcate.errors import OutputError, Problem, SettingError
from demarcate.evaluation import Score
from demarcate.tracking.fit_record import FitRecord
from demarcate.tracking.trackers import TRACKERS

if TYPE_CHECKING:
    from demarcate.classifier import DemarcateClassifier
    from demarcate.inference.fitted_model import FittedModel
    from demarcate.inference.predictor import Predictor

MODEL_FILE, REPORT_FILE = "model.safetensors", "report.html"


def track(
    model: "DemarcateClassifier | FittedModel",
    to: str,
    *,
    at: str | os.PathLike[str] | None = None,
    name: str | None = None,
    baselines: Mapping[str, Mapping[str, Score]] | None = None,
    report: Any = None,
) -> str:
    """Send a fit to an experiment tracker: its parameters, scores with intervals, curves, report and model file.

    Parameters
    ----------
    model
        A fitted `DemarcateClassifier`, or a model that `demarcate.load` returned.
    to
        ``mlflow`` or ``tensorboard``, for which the extra of that name installs the client.
    at
        Where it stands: for MLflow the address of a server or ``sqlite:///FILE.db``, else what
        ``MLFLOW_TRACKING_URI`` says; for TensorBoard the folder of its runs, else ``runs``.
    name
        The name of the run; None for that of the target.
    baselines
        What `DemarcateClassifier.baselines` returned, to be tracked beside the classifier's scores.
    report
        A `demarcate.Report`, or the file it was saved to, to be kept with the run.

    Returns
    -------
    str
        Where the run is: its MLflow id, or its folder.

    Raises
    ------
    SettingError
        If there is no such tracker, if its client is not installed, or if the model is not fitted.
    OutputError
        If the tracker cannot be written to.

    Examples
    --------
    >>> from demarcate import DemarcateClassifier, datasets
    >>> clf = DemarcateClassifier(hidden=(4,), epochs=5, n_folds=2).fit(*datasets.moons(n_samples=60))
    >>> track(clf, to="notebook")
    Traceback (most recent call last):
    demarcate.errors.SettingError: to must be mlflow or tensorboard, got 'notebook'
    """
    if to not in TRACKERS:
        raise SettingError(f"to must be {' or '.join(TRACKERS)}, got {to!r}")
    TRACKERS[to].check()
    record = FitRecord.of(model, baselines)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / MODEL_FILE]
        write_bundle(_with_torch(record.model), files[0])
        if report is not None:
            files.append(_report_file(report, Path(folder)))
        run_name, place = name or record.tags["target"], None if at is None else str(at)
        try:
            return TRACKERS[to].function()(record, run_name, place, files)
        except OSError as error:
            problem = Problem(f"{to} cannot be written to: {error}", "Check its address, or its folder")
            raise OutputError(str(problem)) from None


def _report_file(report: Any, folder: Path) -> Path:
    """Return a file with the report's page."""
    if not hasattr(report, "to_html"):
        return Path(report)
    path = folder / REPORT_FILE
    path.write_text(report.to_html(), encoding="utf-8")
    return path


def _with_torch(model: "FittedModel") -> "Predictor":
    """Return a model that can be written to a file."""
    from demarcate.inference import Predictor

    if not isinstance(model, Predictor):
        raise SettingError("model must be loaded with backend='torch' to be tracked, got one of numpy")
    return model
