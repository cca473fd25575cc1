"""Answers of the service: the predictions of a request's rows as JSON, CSV, an Arrow stream or Parquet."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from numpy.typing import NDArray

from demarcate.formatting import plain_text
from demarcate.inference.coded_rows import CodedRows
from demarcate.serving.bodies import ARROW, CSV, JSON, PARQUET
from demarcate.serving.problems import RequestRefusedError

if TYPE_CHECKING:
    from demarcate.inference import FittedModel
    from demarcate.inference.predictions import Predictions

WARNINGS_HEADER = "demarcate-warnings"
"""The warnings of an answer that is a table, as a JSON list; `MAX_WARNINGS_BYTES` of it."""
MAX_WARNINGS_BYTES = 4000
_INT64 = range(-(2**63), 2**64)


@dataclass(frozen=True, eq=False)
class PredictedRows:
    """What is predicted for the rows of one request.

    Attributes
    ----------
    model
        The model, which decides as the request asks for.
    name, version
        How the service calls it.
    coded
        The rows.
    notes
        Warnings about the request as a whole.
    probabilities, decisions
        ``(n_rows, n_classes)``, and the codes of the labels, ``(n_rows,)``, -1 where there is no decision.
    coverage, sets
        The coverage of prediction sets and which labels are in them, ``(n_rows, n_classes)``; None for no sets.
    spread
        The standard deviation of each probability between members, ``(n_rows, n_classes)``; None for none.
    """

    model: "FittedModel"
    name: str
    version: str
    coded: CodedRows
    notes: Sequence[str]
    probabilities: NDArray[np.float64]
    decisions: NDArray[np.int64]
    coverage: float | None = None
    sets: NDArray[np.bool_] | None = None
    spread: NDArray[np.float64] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object of an answer."""
        labels = json_labels(self.model.classes)
        names = [plain_text(label) for label in labels]
        decided = [*labels, None]  # no decision has the code -1
        predictions: list[dict[str, Any]] = [
            {"label": decided[code], "probabilities": dict(zip(names, row, strict=True))}
            for code, row in zip(self.decisions.tolist(), self.probabilities.tolist(), strict=True)
        ]
        if self.sets is not None:
            for prediction, row in zip(predictions, self.sets.tolist(), strict=True):
                prediction["set"] = [label for label, is_in in zip(labels, row, strict=True) if is_in]
        if self.spread is not None:
            for prediction, numbers in zip(predictions, self.spread.tolist(), strict=True):
                prediction["spread"] = dict(zip(names, numbers, strict=True))
        for warning in self.coded.warnings:
            own = {"column": warning.column, "kind": warning.kind, "text": warning.text}
            predictions[warning.row - 1].setdefault("warnings", []).append(own)
        served = {"name": self.name, "version": self.version}
        return {"predictions": predictions, "warnings": list(self.notes), "model": served}

    def as_predictions(self) -> "Predictions":
        """Return the predictions as the command line has them."""
        from demarcate.inference.predictions import Predictions

        return Predictions(
            self.model.target,
            self.model.classes,
            self.model.labels_of(self.decisions),
            self.probabilities,
            sets=self.sets,
            coverage=self.coverage,
            spread=self.spread,
        )


def json_labels(classes: NDArray[Any]) -> list[Any]:
    """Return labels as JSON has them: text for those that are no text, number or truth value of JSON.

    Examples
    --------
    >>> json_labels(np.array([1, 2**70], dtype=object))
    [1, '1180591620717411303424']
    """
    return [label if _is_json(label) else plain_text(label) for label in classes.tolist()]


def _is_json(label: Any) -> bool:
    return type(label) in (str, float, bool) or (type(label) is int and label in _INT64)


def _json(rows: PredictedRows) -> bytes:
    return orjson.dumps(rows.as_json())


def _csv(rows: PredictedRows) -> bytes:
    return rows.as_predictions().as_table(exact=True).write_csv().encode()


def _arrow(rows: PredictedRows) -> bytes:
    file = io.BytesIO()
    rows.as_predictions().as_table(exact=True).write_ipc_stream(file)
    return file.getvalue()


def _parquet(rows: PredictedRows) -> bytes:
    file = io.BytesIO()
    rows.as_predictions().as_table(exact=True).write_parquet(file)
    return file.getvalue()


WRITERS: Mapping[str, Callable[[PredictedRows], bytes]] = {JSON: _json, CSV: _csv, ARROW: _arrow, PARQUET: _parquet}
"""What writes an answer, by its kind."""


def answer_kind(accept: str, body_kind: str) -> str:
    """Return the kind of the answer to a body of one kind, by the header ``Accept``.

    Raises
    ------
    RequestRefusedError
        With status 406 if no kind is accepted.

    Examples
    --------
    >>> answer_kind("", "text/csv"), answer_kind("text/html, application/json;q=0.9, */*;q=0.1", "text/csv")
    ('text/csv', 'application/json')
    """
    if accept in ("", "*/*", body_kind):
        return body_kind
    weights = _weights(accept)
    # The kind of the body comes first among those that are accepted alike.
    kinds = [body_kind, *(kind for kind in WRITERS if kind != body_kind)]
    weight, best = max(((_weight_of(kind, weights), -place) for place, kind in enumerate(kinds)))
    if not weight:
        offered = ", ".join(WRITERS)
        raise RequestRefusedError.of(406, f"The request accepts {accept[:100]!r} only", f"Accept one of: {offered}")
    return kinds[-best]


def _weights(accept: str) -> dict[str, float]:
    """Return the weight of each range of kinds in a header ``Accept``."""
    weights = {}
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        try:
            weights[name] = float(weight)
        except ValueError:
            weights[name] = 0.0
    return weights


def _weight_of(kind: str, weights: Mapping[str, float]) -> float:
    for name in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
        if name in weights:
            return weights[name]
    return 0.0


def headers_of(kind: str, rows: PredictedRows) -> dict[str, str]:
    """Return the headers of an answer; those of a table have its warnings, as ASCII."""
    headers = {"content-type": f"{kind}; charset=utf-8; header=present" if kind == CSV else kind}
    if kind != JSON and (rows.notes or rows.coded.warnings):
        headers[WARNINGS_HEADER] = _warnings_text([*rows.notes, *(each.text for each in rows.coded.warnings)])
    return headers


def _warnings_text(texts: Sequence[str]) -> str:
    """Return the first warnings as a JSON list in ASCII, with the number of those left out as its end."""
    shown: list[str] = []
    room = MAX_WARNINGS_BYTES
    for text in texts:
        room -= len(json.dumps(text)) + 2
        if room < 0:
            break
        shown.append(text)
    left_out = len(texts) - len(shown)
    return json.dumps(shown + ([f"and {left_out:,} more"] if left_out else []))
