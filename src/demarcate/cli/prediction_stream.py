"""From a table read in parts to its predictions, wherever they go."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import demarcate
from demarcate.cli.prediction_format import Predictions
from demarcate.cli.progress_bar import rows_progress
from demarcate.cli.resumable_output import Kept
from demarcate.cli.table_input import Opened
from demarcate.errors import InputError, Interrupted, OutputError, Problem

if TYPE_CHECKING:
    from demarcate.inference import Predictor
    from demarcate.tabular import ParsedColumns


class Sink(Protocol):
    """Takes predictions as they are made."""

    def add(self, part: Predictions, /) -> None:
        """The next rows."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a model for every row.

    Attributes
    ----------
    predictor
        The model.
    coverage
        How often prediction sets hold the true label; None for no sets.
    per_class
        Whether that holds for the rows of each class.
    spread
        Whether to say how far the networks differ.
    """

    predictor: "Predictor"
    coverage: float | None = None
    per_class: bool = False
    spread: bool = False

    def of(self, parsed: "ParsedColumns") -> Predictions:
        """The predictions for parsed rows."""
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


def predict_parts(table: Opened, asked: Asked, sinks: Sequence[Sink], *, quiet: bool, n_done: int = 0) -> int:
    """Give a table's predictions to all sinks, part by part.

    Parameters
    ----------
    table
        The rows.
    asked
        What is asked of the model.
    sinks
        Where predictions go; they are finished by the caller.
    quiet
        Whether to draw no progress.
    n_done
        Rows at the beginning that are read and checked, and were predicted before.

    Returns
    -------
    int
        How many rows the table has.

    Raises
    ------
    InputError
        If the table is refused: everything that is wrong with it, in all its parts.
    """
    reader = asked.predictor.reader()
    try:
        with rows_progress(table.n_rows, quiet=quiet) as on_rows:
            for frame in table.parts:
                n_before = reader.n_rows
                # The answers may still be there: they are not a column the model has never heard of.
                parsed = reader.parse(frame.drop(asked.predictor.target, strict=False))
                if parsed is not None and reader.n_rows > n_done:
                    part = asked.of({name: cells[max(0, n_done - n_before) :] for name, cells in parsed.items()})
                    for sink in sinks:
                        sink.add(part)
                on_rows(reader.n_rows)
    except InputError as error:
        raise InputError([*error.problems, *reader.problems]) from None
    reader.close()
    if n_done > reader.n_rows:
        found = f"{n_done:,} rows are predicted, and it has {reader.n_rows:,}"
        raise InputError([Problem("A table stands still while it is read", found, "Begin anew without --resume")])
    return reader.n_rows


def predict_to_file(
    out: str, table: Opened, asked: Asked, other: Sequence[Sink], identity: dict[str, Any], *, resume: bool, quiet: bool
) -> int:
    """The same to a file, which appears when it is whole; whole parts are kept if something comes between.

    Parameters
    ----------
    out
        The file.
    other
        Sinks beside it.
    identity
        What the predictions depend on, JSON-ready.
    resume
        Whether to go on from what is kept.

    Raises
    ------
    Interrupted
        After Ctrl-C, if something is kept.
    """
    with Kept(out, identity, resume=resume) as kept:
        try:
            n_rows = predict_parts(table, asked, [_Tables(kept), *other], quiet=quiet, n_done=kept.n_rows)
            kept.finish()
        except InputError:
            kept.clear()
            raise
        except BaseException as error:
            _tell(kept, error, stays=table.stays)
            raise
    return n_rows


def identity_of(model: str, table: Opened) -> dict[str, Any]:
    """What tells a model and a table from others: the model's digest, and the file's place, size and time."""
    with Path(model).open("rb") as file:
        found: dict[str, Any] = {"model": hashlib.file_digest(file, "sha256").hexdigest()}
    found |= {"demarcate": demarcate.__version__, "table": table.name, "columns": list(table.columns)}
    path = Path(table.name)
    if table.stays and path.is_file():
        status = path.stat()
        found |= {"table": str(path.resolve()), "size": status.st_size, "time": status.st_mtime_ns}
    return found


@dataclass(frozen=True)
class _Tables:
    """A file of predictions as a sink."""

    kept: Kept

    def add(self, part: Predictions) -> None:
        self.kept.add(part.as_table())


def _tell(kept: Kept, error: BaseException, *, stays: bool) -> None:
    """Say how to go on, where that is possible."""
    if not stays:
        kept.clear()
    how = str(kept)
    if how and isinstance(error, KeyboardInterrupt):
        raise Interrupted(how) from error
    if how and isinstance(error, OutputError):
        raise OutputError(f"{str(error).removesuffix('.')}. {how}") from error
