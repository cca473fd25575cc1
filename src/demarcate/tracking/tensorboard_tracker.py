"""A fit as a run of TensorBoard, in a folder of its own beside the model file and the report."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from demarcate.tracking.fit_record import FitRecord

RUNS = "runs"


def send_to_tensorboard(record: FitRecord, name: str, at: str | None, files: Sequence[Path]) -> str:
    """Write a fit to a new folder of runs, and return that folder."""
    from torch.utils.tensorboard import SummaryWriter

    folder = _new_folder(Path(at or RUNS), name)
    with SummaryWriter(str(folder)) as writer:
        for curve, points in record.curves.items():
            rows, _, metric = curve.rpartition("_")
            for epoch, value in points:
                writer.add_scalar(f"{metric}/{rows}", value, epoch)
        for metric, value in record.metrics().items():
            writer.add_scalar(f"scores/{metric}", value, 0)
        writer.add_text("scores", _table(record))
        lines = [f"| {key} | {value} |" for key, value in {**record.tags, **record.parameters}.items()]
        writer.add_text("parameters", "\n".join(["| | |", "|---|---|", *lines]))
    for file in files:
        shutil.copy(file, folder / file.name)
    return str(folder)


def _new_folder(runs: Path, name: str) -> Path:
    """Make a folder with a run's name, numbered where there is one."""
    safe = "".join(character if character.isalnum() or character in "-_." else "_" for character in name) or "run"
    number, folder = 1, runs / safe
    while folder.exists():
        number += 1
        folder = runs / f"{safe}-{number}"
    folder.mkdir(parents=True)
    return folder


def _table(record: FitRecord) -> str:
    """Return the scores with their intervals as a table in Markdown."""
    (table,) = record.scores.view().tables
    rows = [table.headings, ["---"] * len(table.headings), *table.rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
