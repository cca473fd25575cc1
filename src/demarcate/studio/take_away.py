"""What a person takes away of a card: the model as a file or as plain PyTorch, a report as a page, a picture."""

import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from demarcate.bundle import write_bundle
from demarcate.studio.caught_warnings import quiet
from demarcate.studio.placed_problem import PlacedProblem, StudioError, placed
from demarcate.studio.state import ViewState
from demarcate.studio.trained_card import TrainedCard
from demarcate.studio.value_rules import shown

MAX_EPOCHS = 1000
"""Epochs of the curves that a model file keeps: of longer ones every second, third and so on."""
PICTURE_INCHES, PICTURE_DPI = (7.0, 5.5), 160


@dataclass(frozen=True)
class TakenFile:
    """A file for the browser to save: its name, its content type and its bytes."""

    name: str
    content_type: str
    data: bytes


def take_away(trained: TrainedCard, what: str, view: ViewState | None = None) -> TakenFile:
    """Return a card as a ``model``, as ``pytorch``, a ``report``, or a ``picture`` over the axes of a view.

    Raises
    ------
    StudioError
        If it is none of these, or cannot be made.
    """
    if what not in TAKE_AWAYS:
        fact = f"What to take away is {shown(what)}"
        raise StudioError([PlacedProblem.of("card", fact, f"Take a {', '.join(TAKE_AWAYS)}", card=trained.card.id)])
    with placed("card", card=trained.card.id), quiet():
        return TAKE_AWAYS[what](trained, view or ViewState())


def _model(trained: TrainedCard, _view: ViewState) -> TakenFile:
    """Return the mean over a card's seeds as a model file, which `demarcate.load` reads."""
    predictor = trained.aware_predictor.with_record(_record(trained))
    with tempfile.TemporaryDirectory(prefix="demarcate-studio-") as folder:
        path = Path(folder) / "model.safetensors"
        write_bundle(predictor, path)
        return TakenFile(f"{_file_name(trained)}.safetensors", "application/octet-stream", path.read_bytes())


def _pytorch(trained: TrainedCard, _view: ViewState) -> TakenFile:
    """Return the same as a folder of plain PyTorch, packed, which needs no demarcate."""
    from demarcate.export import export_model

    buffer = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="demarcate-studio-") as name, zipfile.ZipFile(buffer, "w") as archive:
        folder = Path(name) / _file_name(trained)
        export_model(trained.aware_predictor, folder, to="pytorch")
        for path in sorted(folder.iterdir()):
            archive.write(path, f"{folder.name}/{path.name}", zipfile.ZIP_DEFLATED)
    return TakenFile(f"{_file_name(trained)}.zip", "application/zip", buffer.getvalue())


def _report(trained: TrainedCard, _view: ViewState) -> TakenFile:
    """Return everything about a card on one page, evaluated on its test rows, or on its validation rows."""
    from demarcate.report import Report

    data = trained.data
    part: Literal["test", "validation"] = "test" if len(data.test_rows) else "validation"
    rows = data.test_rows if part == "test" else data.validation_rows
    predictor = trained.aware_predictor.with_record(_record(trained))
    labels = data.classes[data.codes[rows]]
    report = Report.from_predictor(predictor, data.read.frame[rows], labels, name=data.read.name, part=part)
    return TakenFile(f"{_file_name(trained)}.html", "text/html; charset=utf-8", report.to_html().encode())


def _picture(trained: TrainedCard, view: ViewState) -> TakenFile:
    """Return the regions of a card with all rows as points, as a PNG picture."""
    from matplotlib.figure import Figure

    from demarcate.plotting import BoundaryDisplay

    data, chosen = trained.data, trained.data.slice(view)
    figure = Figure(PICTURE_INCHES, PICTURE_DPI, layout="constrained")
    labelled = data.read.frame, data.classes[data.codes]
    title = f"{trained.card.name}, epoch {trained.epoch:,}"
    BoundaryDisplay.from_estimator(
        trained.predictor, labelled, columns=chosen.columns, at=chosen.held, title=title, ax=figure.add_subplot()
    )
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return TakenFile(f"{_file_name(trained)}.png", "image/png", buffer.getvalue())


TAKE_AWAYS: Mapping[str, Callable[[TrainedCard, ViewState], TakenFile]] = {
    "model": _model,
    "pytorch": _pytorch,
    "report": _report,
    "picture": _picture,
}
"""What makes each file, by its name in an address."""


def _record(trained: TrainedCard) -> dict[str, Any]:
    """Return what the model's own record says of its training, which a report draws as curves."""
    if trained.history is None or not len(trained.history):
        return {}
    every = -(-len(trained.history) // MAX_EPOCHS)
    finite = trained.history.drop_nulls().drop_nans()
    thinned = finite.filter((pl.col("epoch") % every == 0) | (pl.col("epoch") == finite["epoch"].max()))
    history = thinned.select(pl.col("epoch").cast(pl.Int64), pl.exclude("epoch").cast(pl.Float64))
    member = {
        "history": history.to_dict(as_series=False),
        "epochs": trained.n_epochs or trained.epoch,
        "best_epoch": trained.epoch,
    }
    return {"members": [member]}


def _file_name(trained: TrainedCard) -> str:
    """Return a name for a file: that of the card, of letters and digits that every system takes."""
    return re.sub(r"[^\w-]+", "-", trained.card.name, flags=re.ASCII).strip("-") or "network"
