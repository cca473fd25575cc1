"""`export_model`: a fitted model in another format, compared with the model before it is written."""

import os
import tempfile
from pathlib import Path
from typing import Any

from demarcate.bundle import read_bundle, write_bundle
from demarcate.errors import SettingError
from demarcate.export.export_formats import FORMATS, ExportCheck
from demarcate.inference import NumpyPredictor


def export_model(
    model: Any, path: str | os.PathLike[str], to: str = "onnx", *, table: Any = None, **settings: Any
) -> ExportCheck:
    """Write a fitted model in a format that other programs run without demarcate.

    The new file is compared with the model first, on rows made from the schema (extremes, missing cells, values never
    seen) and on a table, and takes its name only if the probabilities are the same.

    Parameters
    ----------
    model
        A fitted `DemarcateClassifier`, a model that `demarcate.load` returned, or the path of a model file.
    path
        The file to write, over an existing one; for ``pytorch`` a folder, which is new or empty.
    to
        ``onnx``: one graph from raw columns to label and probabilities. ``web``: a page that predicts in the browser.
        ``pytorch``: a folder of readable code and weights. ``torch-export``: a program of `torch.export`.
    table
        Rows on which to compare, too: anything that `as_frame` takes.
    **settings
        What the format takes: ``runtime`` for ``web``, the folder ``dist`` of the npm package onnxruntime-web.

    Returns
    -------
    ExportCheck
        On how many rows both were compared, and the largest difference between their probabilities.

    Raises
    ------
    SettingError
        If there is no such format, if the path has the ending of another one, if a package is not installed that it
        needs, or if the model is not fitted.
    ExportError
        If the format cannot hold the model, or gives other probabilities. Nothing is written then.
    OutputError
        If the file cannot be written, which leaves an existing one unchanged, or if the folder has files.

    Examples
    --------
    >>> import tempfile
    >>> from demarcate import DemarcateClassifier, datasets
    >>> clf = DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2).fit(*datasets.moons(n_samples=40))
    >>> export_model(clf, "moons.joblib", to="joblib")
    Traceback (most recent call last):
    demarcate.errors.SettingError: to must be one of onnx, web, pytorch, torch-export, got 'joblib'
    """
    if to not in FORMATS:
        raise SettingError(f"to must be one of {', '.join(FORMATS)}, got {to!r}")
    chosen = FORMATS[to]
    if not chosen.names(path):
        raise SettingError(f"path is {os.fspath(path)!r}. For to={to!r} name a {chosen.ending} file.")
    chosen.check()
    arrays = with_arrays(model)
    return chosen.function()(arrays, Path(path), table=table, **settings)


def with_arrays(model: Any) -> NumpyPredictor:
    """Return a classifier, a predictor or a model file as a model whose parameters are arrays."""
    if isinstance(model, NumpyPredictor):
        return model
    if isinstance(model, str | os.PathLike):
        return read_bundle(model, backend="numpy")
    # A model file and one of numpy need no torch.
    from demarcate.inference import Predictor

    predictor = getattr(model, "predictor_", model)
    if not isinstance(predictor, Predictor):
        rule = "model must be a fitted classifier, a loaded model or the path of a model file"
        raise SettingError(f"{rule}, got {type(model).__name__}")
    with tempfile.TemporaryDirectory(prefix="demarcate-export-") as folder:
        path = Path(folder) / "model.safetensors"
        write_bundle(predictor, path)
        return read_bundle(path, backend="numpy")
