"""From a table read in parts to its predictions, wherever they go."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import demarcate
from demarcate.cli.prediction_format import Predictions
from demarcate.cli.progress_bar import rows_progress
from demarcate.cli.resumable_output import ResumableOutput
from demarcate.cli.table_input import TableInput
from demarcate.errors import InputError, Interrupted, OutputError, Problem

if TYPE_CHECKING:
    from demarcate.inference import Predictor
    from demarcate.tabular import ParsedColumns


class PredictionSink(Protocol):
    """Takes predictions as they are made."""

    def add(self, part: Predictions, /) -> None:
        """Take the next rows."""


@dataclass(frozen=True)
class RowPredictor:
    """A model, and what it predicts for every row."""

    predictor: "Predictor"
    coverage: float | None = None
    """How often prediction sets hold the true label; None for no sets."""
    per_class: bool = False
    """Whether that holds for the rows of each class."""
    spread: bool = False
    """Whether to predict how far the networks differ."""

    def predict(self, parsed: "ParsedColumns") -> Predictions:
        """Return the predictions for parsed rows."""
        predictor = self.predictor
        probabilities = predictor.probabilities(parsed)
        sets = None if self.coverage is None else predictor.sets(parsed, self.coverage, per_class=self.per_class)
        return Predictions(
            predictor.target,
            predictor.classes,
            predictor.decide(probabilities),
            probabilities,
            sets=sets,
            coverage=self.coverage,
            spread=predictor.spreads(parsed) if self.spread else None,
        )


def predict_parts(
    table: TableInput, model: RowPredictor, sinks: Sequence[PredictionSink], *, quiet: bool, n_done: int = 0
) -> int:
    """Give a table's predictions to all sinks, part by part; return the number of its rows.

    The first ``n_done`` rows are read and checked, and not predicted again. An `InputError` names everything that is
    wrong with the table, in all its parts. The caller finishes the sinks.
    """
    reader = model.predictor.reader()
    try:
        with rows_progress(table.n_rows, quiet=quiet) as on_rows:
            for frame in table.parts:
                n_before = reader.n_rows
                # The target may still be there: it is not a column that the model does not know.
                parsed = reader.parse(frame.drop(model.predictor.target, strict=False))
                if parsed is not None and reader.n_rows > n_done:
                    part = model.predict({name: cells[max(0, n_done - n_before) :] for name, cells in parsed.items()})
                    for sink in sinks:
                        sink.add(part)
                on_rows(reader.n_rows)
    except InputError as error:
        raise InputError([*error.problems, *reader.problems]) from None
    reader.close()
    if n_done > reader.n_rows:
        fact = f"{n_done:,} rows of the table are predicted already, and it has {reader.n_rows:,} now"
        raise InputError([Problem(fact, "Start anew without --resume")])
    return reader.n_rows


def predict_to_file(
    out: str,
    table: TableInput,
    model: RowPredictor,
    sinks: Sequence[PredictionSink],
    identity: dict[str, Any],
    *,
    resume: bool,
    quiet: bool,
) -> int:
    """Write a table's predictions to a file, which appears when it is whole, and to other sinks.

    If something comes between, whole parts are kept, and a run of the same ``identity`` can resume from them.
    """
    with ResumableOutput(out, identity, resume=resume) as output:
        try:
            n_rows = predict_parts(table, model, [_TableSink(output), *sinks], quiet=quiet, n_done=output.n_rows)
            output.finish()
        except InputError:
            output.clear()
            raise
        except BaseException as error:
            if not table.is_stored:
                output.clear()
            _raise_resumable(output, error)
            raise
    return n_rows


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


@dataclass(frozen=True)
class _TableSink:
    """A file of predictions as a sink."""

    output: ResumableOutput

    def add(self, part: Predictions) -> None:
        self.output.add(part.as_table())


def _raise_resumable(output: ResumableOutput, error: BaseException) -> None:
    """Raise the error again with the way to resume, where there is one."""
    how = output.resume_hint()
    if how and isinstance(error, KeyboardInterrupt):
        raise Interrupted(how) from error
    if how and isinstance(error, OutputError):
        raise OutputError(f"{str(error).removesuffix('.')}. {how}") from error
