"""A fit as a run of MLflow, with its model from code around the model file: no pickle.

MLflow reports its use to its makers unless it is told not to; here it is.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from demarcate.errors import OutputError, Problem
from demarcate.tracking.fit_record import FitRecord
from demarcate.tracking.mlflow_server import REMEDY, check_mlflow_server

MODEL_NAME = "model"
MAX_RETRIES, TIMEOUT = "1", "10"
"""Attempts after a failed one, and seconds for each, where the caller's environment says nothing of either."""
MAX_REASON = 100
"""Characters of MLflow's own message that are passed on."""
_MODEL_CODE = '''"""A model of demarcate for MLflow: reads the model file, and predicts frames."""

import demarcate
import mlflow
import pandas


class DemarcateModel(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        self.predictor = demarcate.load(context.artifacts["model"])

    def predict(self, context, model_input: pandas.DataFrame, params=None):
        return self.predictor.predict_frame(model_input)


mlflow.models.set_model(DemarcateModel())
'''
"""The code that MLflow runs to load the model."""


def send_to_mlflow(record: FitRecord, name: str, at: str | None, files: Sequence[Path]) -> str:
    """Log a fit to a run of MLflow, the one that is active or a new one, and return the run's id.

    The first of the files is the model's.
    """
    mlflow = _mlflow()
    from mlflow.exceptions import MlflowException

    with _at(mlflow, at):
        check_mlflow_server(mlflow.get_tracking_uri())
        try:
            with _run(mlflow, name) as run:
                mlflow.set_tags({f"demarcate.{key}": value for key, value in record.tags.items()})
                mlflow.log_params(record.parameters)
                mlflow.log_metrics(record.metrics())
                _log_curves(mlflow, run.info.run_id, record)
                for file in files[1:]:
                    mlflow.log_artifact(str(file))
                _log_model(mlflow, files[0])
                return str(run.info.run_id)
        except MlflowException as error:
            reason = str(error).splitlines()[0][:MAX_REASON].rstrip(". ")
            fact = f"MLflow at {mlflow.get_tracking_uri()} took no run: {reason}"
            raise OutputError(str(Problem(fact, REMEDY))) from None


def _mlflow() -> Any:
    """Import MLflow without its reports of use."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", MAX_RETRIES)
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", TIMEOUT)
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    import mlflow
    import mlflow.pyfunc

    return mlflow


@contextmanager
def _at(mlflow: Any, at: str | None) -> Iterator[None]:
    """Use an address for a block of code, and the former one after it."""
    if at is None:
        yield
        return
    former = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(at)
    try:
        yield
    finally:
        mlflow.set_tracking_uri(former)


@contextmanager
def _run(mlflow: Any, name: str) -> Iterator[Any]:
    """Return the run that is active, which goes on, or a new one."""
    active = mlflow.active_run()
    if active is not None:
        yield active
        return
    with mlflow.start_run(run_name=name) as run:
        yield run


def _log_curves(mlflow: Any, run_id: str, record: FitRecord) -> None:
    """Log each curve as a metric by epoch, in few requests."""
    from mlflow.entities import Metric

    metrics = [Metric(name, value, 0, epoch) for name, curve in record.curves.items() for epoch, value in curve]
    client = mlflow.MlflowClient()
    for start in range(0, len(metrics), 1000):
        client.log_batch(run_id, metrics=metrics[start : start + 1000])


def _log_model(mlflow: Any, file: Path) -> None:
    """Log the model file with the code that loads it."""
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder) / "demarcate_model.py"
        code.write_text(_MODEL_CODE, encoding="utf-8")
        mlflow.pyfunc.log_model(
            name=MODEL_NAME,
            python_model=str(code),
            artifacts={"model": str(file)},
            pip_requirements=[f"demarcate=={version('demarcate')}"],
        )
