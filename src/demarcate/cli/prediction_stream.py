"""From a table read in parts to its predictions, wherever they go."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

import demarcate
from demarcate.cli.kept_columns import NOTHING_KEPT, KeptColumns
from demarcate.cli.outputs import is_text
from demarcate.cli.progress_bar import rows_progress
from demarcate.cli.resumable_output import ResumableOutput
from demarcate.cli.table_input import TableInput
from demarcate.errors import InputError, Interrupted, OutputError, Problem
from demarcate.formatting import ALL_DIGITS
from demarcate.inference.predictions import Predictions, predictions_of

if TYPE_CHECKING:
    from demarcate.inference import FittedModel
    from demarcate.tabular import ParsedColumns, TableReader


PredictionSink = Callable[[Predictions], None]
"""Takes predictions as they are made."""


@dataclass(frozen=True)
class PartPredictor:
    """A model, and what it predicts for every row."""

    predictor: "FittedModel"
    coverage: float | None = None
    """How often prediction sets hold the true label; None for no sets."""
    per_class: bool = False
    """Whether that holds for the rows of each class."""
    spread: bool = False
    """Whether to predict how far the networks differ."""
    kept: KeptColumns = NOTHING_KEPT
    """Columns of the input that stand before the predictions."""
    digits: int = ALL_DIGITS
    """Significant digits of numbers in text."""

    def not_read(self, columns: Sequence[str]) -> list[str]:
        """Return the columns that the model need not know: its target, and those that are kept without being read.

        Where a column is missing, one that is kept may be it under another name.
        """
        known = {column.name for column in self.predictor.schema.columns}
        if not {column.name for column in self.predictor.schema.used} <= {*columns}:
            return [self.predictor.target]
        return [self.predictor.target, *(columns[at] for at in self.kept.positions if columns[at] not in known)]

    def predict(self, parsed: "ParsedColumns", stored: pl.DataFrame) -> Predictions:
        """Return the predictions for parsed rows, which the input stores as they are in a frame."""
        predictions = predictions_of(
            self.predictor, parsed, self.coverage, per_class=self.per_class, spread=self.spread, digits=self.digits
        )
        return replace(predictions, kept=self.kept.of_rows(stored)) if self.kept.positions else predictions


def predict_parts(
    table: TableInput, model: PartPredictor, sinks: Sequence[PredictionSink], *, quiet: bool, n_done: int = 0
) -> "TableReader":
    """Give the predictions of the rows after the first ``n_done`` to all sinks; return the reader of all rows."""
    reader = model.predictor.reader()
    try:
        with rows_progress(table.n_rows, quiet=quiet) as on_rows:
            for frame, stored in table.stored_parts():
                n_before = reader.n_rows
                parsed = reader.parse(frame.drop(model.not_read(table.columns), strict=False))
                if parsed is not None and reader.n_rows > max(n_done, n_before):
                    new = slice(max(0, n_done - n_before), None)
                    part = model.predict({name: cells[new] for name, cells in parsed.items()}, stored[new])
                    for sink in sinks:
                        sink(part)
                on_rows(reader.n_rows)
    except InputError as error:
        raise InputError([*error.problems, *reader.problems]) from None
    reader.close()
    if n_done > reader.n_rows:
        fact = f"{n_done:,} rows of the table are predicted already, and it has {reader.n_rows:,} now"
        raise InputError([Problem(fact, "Start anew without --resume")])
    return reader


def predict_to_file(
    out: str,
    table: TableInput,
    model: PartPredictor,
    sinks: Sequence[PredictionSink],
    identity: dict[str, Any],
    *,
    resume: bool,
    quiet: bool,
) -> "TableReader":
    """Write a table's predictions to a file and to other sinks; if interrupted, save whole parts to resume from.

    Only a run of the same ``identity``, which is ready for JSON, can resume.
    """
    with ResumableOutput(out, identity, resume=resume) as output:
        try:
            everywhere = [lambda part: output.add(part.as_table(exact=not is_text(out))), *sinks]
            reader = predict_parts(table, model, everywhere, quiet=quiet, n_done=output.n_rows)
            output.finish()
        except InputError:
            output.clear()
            raise
        except BaseException as error:
            if not table.is_stored:
                output.clear()
            how = output.resume_hint()
            if how and isinstance(error, KeyboardInterrupt):
                raise Interrupted(how) from error
            if how and isinstance(error, OutputError):
                raise OutputError(f"{str(error).removesuffix('.')}. {how}") from error
            raise
    return reader


def input_identity(model: str, table: TableInput) -> dict[str, Any]:
    """Return facts that differ for another model or table: the model's digest, and the file's path, size and time."""
    with Path(model).open("rb") as file:
        identity: dict[str, Any] = {"model": hashlib.file_digest(file, "sha256").hexdigest()}
    identity |= {"demarcate": demarcate.__version__, "table": table.name, "columns": list(table.columns)}
    path = Path(table.name)
    if table.is_stored and path.is_file():
        status = path.stat()
        identity |= {"table": str(path.resolve()), "size": status.st_size, "time": status.st_mtime_ns}
    return identity
