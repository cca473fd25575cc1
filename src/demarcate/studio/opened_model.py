"""A model file that was opened, on the table that a page shows: its map and its scores there."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.intervals import score_sampled
from demarcate.evaluation.sampling import PLAIN
from demarcate.formatting import counted, quoted
from demarcate.inspection.estimators import codes_and_classes
from demarcate.phases import phase
from demarcate.studio.card_scores import score_facts
from demarcate.studio.dataset_message import sampled_rows
from demarcate.studio.studio_data import StudioData
from demarcate.studio.tables import OpenedModel
from demarcate.tabular.fingerprint import fingerprint

MAX_POINTS = 2000
"""Rows that are drawn on its map."""
PICTURE_INCHES, PICTURE_DPI = (4.4, 3.9), 200
"""Of a picture that is shown in a column of 350 pixels: its words stay readable."""


def model_answer(data: StudioData, model: OpenedModel) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the facts of the answer to `model`, and its map as ``picture``, the bytes of a PNG picture.

    Raises
    ------
    InputError, SettingError
        If the model does not read the table, does not know a label, or there are not two columns of numbers.
    """
    predictor = model.predictor
    labels = data.classes[data.codes]
    with phase("report", total=2, detail=f"{model.name} on {counted(len(labels), 'row')}") as current:
        parsed = predictor.parse(data.read.frame)
        codes, classes = codes_and_classes(labels, predictor.classes)
        scores = score_sampled(codes, predictor.probabilities(parsed), PLAIN, rows="given")
        current.advance(detail="its map")
        rows = sampled_rows(np.arange(len(labels)), MAX_POINTS)
        picture, caption = _picture(data, model, rows)
    known = predictor.record.get("provenance", {}).get("data_sha256")
    facts = {
        "name": model.name,
        "n_rows": len(labels),
        "classes": [str(label) for label in classes.tolist()],
        "scores": [score_facts(name, scores[name]) for name in ("accuracy", "log_loss")],
        "is_training_data": fingerprint(parsed, codes) == known,
        "caption": caption,
        "about": f"{counted(predictor.n_members, 'network')} for {quoted(predictor.target)}",
    }
    return facts, {"picture": picture}


def _picture(data: StudioData, model: OpenedModel, rows: NDArray[np.int64]) -> tuple[NDArray[np.uint8], str]:
    """Return the map of a model with some rows as points, ``(n_bytes,)``, and its caption."""
    from matplotlib.figure import Figure

    from demarcate.plotting import BoundaryDisplay

    figure = Figure(PICTURE_INCHES, PICTURE_DPI, layout="constrained")
    labelled = data.read.frame, data.classes[data.codes]
    display = BoundaryDisplay.from_estimator(
        model.predictor, labelled, rows=rows, title=model.name, ax=figure.add_subplot()
    )
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return np.frombuffer(buffer.getvalue(), dtype=np.uint8), display.caption
