"""The Open Inference Protocol, version 2: what servers of models have in common, for clients that know it.

An input is a column of cells. The protocol has no missing values: here null is one, and so are NaN and empty text.
"""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import orjson

from demarcate.errors import InputError, Problem
from demarcate.formatting import counted, listed, plain_text, quoted
from demarcate.inference.example_row import example_row
from demarcate.serving.answers import PredictedRows, json_labels
from demarcate.serving.bodies import BodyRows, Coder
from demarcate.serving.json_body import check_n_columns, check_n_rows, read_json
from demarcate.serving.problems import RequestRefusedError
from demarcate.serving.request_options import KEYS
from demarcate.serving.served_model import ServedModel
from demarcate.tabular.schema_column import Column

SERVER = "demarcate"
_NUMBERS = ("FP64", "FP32", "FP16", "INT64", "INT32", "INT16", "INT8", "UINT64", "UINT32", "UINT16", "UINT8")
_TYPES = {**dict.fromkeys(_NUMBERS, (int, float)), "BOOL": (bool,), "BYTES": (str,)}
_MAX_BAD = 100
OUTPUTS = ("label", "probabilities", "set", "spread")


def server_metadata() -> dict[str, Any]:
    """Return what the protocol says of the server."""
    return {"name": SERVER, "version": version("demarcate"), "extensions": []}


def model_metadata(served: ServedModel, versions: Sequence[str]) -> dict[str, Any]:
    """Return what the protocol says of a model: its inputs and outputs, and the order of its classes."""
    classes = [plain_text(label) for label in json_labels(served.model.classes)]
    outputs = [_tensor("label", "BYTES", [-1, 1]), _tensor("probabilities", "FP64", [-1, len(classes)])]
    return {
        "name": served.name,
        "versions": list(versions),
        "platform": SERVER,
        "inputs": [_tensor(column.name, _datatype(column), [-1, 1]) for column in served.model.schema.used],
        "outputs": outputs,
        "parameters": {"classes": classes, "target": served.model.target},
    }


def infer_schema(served: ServedModel) -> dict[str, Any]:
    """Return the JSON Schema of a request, with an example."""
    cells = example_row(served.model)
    tensor = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "shape": {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2},
            "datatype": {"enum": list(_TYPES)},
            "data": {"type": "array"},
        },
        "required": ["name", "shape", "datatype", "data"],
    }
    inputs = [
        {**_tensor(column.name, _datatype(column), [1, 1]), "data": [_as_data(column, cells[column.name])]}
        for column in served.model.schema.used
    ]
    return {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "inputs": {"type": "array", "minItems": 1, "items": tensor},
            "outputs": {"type": "array", "items": {"type": "object", "required": ["name"]}},
            "parameters": {"type": "object", "description": f"Options: {listed([key.name for key in KEYS])}"},
        },
        "required": ["inputs"],
        "examples": [{"inputs": inputs}],
    }


def read_tensors(body: bytes, coder: Coder, _: Mapping[str, str], max_rows: int, others: dict[str, Any]) -> BodyRows:
    """Return the rows of a request; its parameters are added to ``others``, as the keys of a JSON body are.

    Raises
    ------
    InputError
        If it is not of the protocol's shape, or the rows are refused.
    RequestRefusedError
        If it is no JSON, or has too many rows.
    """
    request = read_json(body)
    if not isinstance(request, dict) or not isinstance(request.get("inputs"), list) or not request["inputs"]:
        remedy = "Give an object with a list of inputs, one for each column"
        raise InputError([Problem("The request has no inputs", remedy)])
    parameters = request.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise InputError([Problem("The parameters are no object", "Give options by name")])
    others |= parameters
    problems: list[Problem] = []
    check_n_columns(len(request["inputs"]), coder.n_columns)
    columns = _columns(request["inputs"], problems)
    wanted = _wanted(request.get("outputs"), problems)
    identifier = request.get("id")
    if not isinstance(identifier, str | None):
        problems.append(Problem(f"The id is {quoted(identifier)}", "Give a text"))
    if problems:
        raise InputError(problems)
    n_rows = len(next(iter(columns.values())))
    check_n_rows(n_rows, max_rows)
    rows = zip(*columns.values(), strict=True)
    coded = coder.code([dict(zip(columns, cells, strict=True)) for cells in rows])
    return BodyRows(coded, identifier=identifier, wanted=wanted)


def _wanted(outputs: Any, problems: list[Problem]) -> tuple[str, ...]:
    """Return the names of the outputs that a request asks for; none for all."""
    if outputs is None:
        return ()
    if not isinstance(outputs, list):
        problems.append(Problem("The outputs are no list", "Give an object with a name for each, or leave them out"))
        return ()
    names = [each.get("name") if isinstance(each, dict) else each for each in outputs]
    if others := [name for name in names if name not in OUTPUTS]:
        problems.append(Problem(f"There is no output {quoted(others[0])}", f"Ask for some of {listed(OUTPUTS)}"))
    return tuple(map(str, names))


def _columns(inputs: Sequence[Any], problems: list[Problem]) -> dict[str, list[Any]]:
    """Return the cells of each input by name; what is wrong is added to the problems."""
    columns: dict[str, list[Any]] = {}
    for place, tensor in enumerate(inputs, 1):
        if len(problems) >= _MAX_BAD:
            break
        fault = _fault(tensor)
        if fault is None and tensor["name"] in columns:
            fault = Problem(f"Input {quoted(tensor['name'])} is given twice", "Give it once")
        if fault is not None:
            problems.append(Problem(f"Input {place}: {fault.fact}", fault.remedy))
            continue
        columns[tensor["name"]] = _flat(tensor["data"])
    lengths = {name: len(cells) for name, cells in columns.items()}
    if not problems and len({*lengths.values()}) > 1:
        shown = listed([f"{quoted(name)} has {n}" for name, n in lengths.items()])
        problems.append(Problem(f"Inputs have different numbers of rows: {shown}", "Give a cell for each row"))
    return columns


def _fault(tensor: Any) -> Problem | None:
    """Return what makes an input none of the protocol's, if anything does."""
    if not isinstance(tensor, dict) or not isinstance(tensor.get("name"), str):
        return Problem("it is no object with a name", "Give name, shape, datatype and data")
    name, shape, datatype = quoted(tensor["name"]), tensor.get("shape"), tensor.get("datatype")
    types = _TYPES.get(datatype) if isinstance(datatype, str) else None
    if types is None:
        return Problem(f"{name} has the datatype {quoted(datatype)}", f"Give one of {listed([*_TYPES], len(_TYPES))}")
    if not isinstance(tensor.get("data"), list):
        return Problem(f"{name} has no list of data", "Give the cells; binary data are not read")
    cells = _flat(tensor["data"])
    if not isinstance(shape, list) or shape not in ([len(cells)], [len(cells), 1]):
        fact = f"{name} has the shape {quoted(shape)} and {counted(len(cells), 'cell')}"
        return Problem(fact, f"Give the shape [{len(cells)}] or [{len(cells)}, 1]")
    wrong = next((row for row, cell in enumerate(cells, 1) if not _is_of(cell, types)), None)
    if wrong is None:
        return None
    fact = f"{name} has a cell in row {wrong} that is no {datatype}"
    return Problem(fact, "Give cells of the datatype, or null for missing ones")


def _is_of(cell: Any, types: tuple[type, ...]) -> bool:
    return cell is None or (isinstance(cell, types) and (bool in types or not isinstance(cell, bool)))


def _flat(data: list[Any]) -> list[Any]:
    """Return the cells of data that may be nested by rows."""
    return [cell[0] if isinstance(cell, list) and len(cell) == 1 else cell for cell in data]


def infer_answer(rows: PredictedRows, identifier: str | None, wanted: Sequence[str]) -> dict[str, Any]:
    """Return the protocol's answer; ``wanted`` are the outputs that are asked for, empty for all."""
    n_rows, n_classes = rows.probabilities.shape
    labels = [plain_text(label) for label in json_labels(rows.model.classes)]
    decided = [*labels, ""]  # no decision has the code -1
    outputs = [
        {**_tensor("label", "BYTES", [n_rows, 1]), "data": [decided[code] for code in rows.decisions.tolist()]},
        {**_tensor("probabilities", "FP64", [n_rows, n_classes]), "data": rows.probabilities.ravel().tolist()},
    ]
    if rows.sets is not None:
        outputs.append({**_tensor("set", "BOOL", [n_rows, n_classes]), "data": rows.sets.ravel().tolist()})
    if rows.spread is not None:
        outputs.append({**_tensor("spread", "FP64", [n_rows, n_classes]), "data": rows.spread.ravel().tolist()})
    notes = [*rows.notes, *(warning.text for warning in rows.coded.warnings)]
    return {
        "model_name": rows.name,
        "model_version": rows.version,
        **({} if identifier is None else {"id": identifier}),
        "outputs": [output for output in outputs if not wanted or output["name"] in wanted],
        "parameters": {"classes": labels, **({"warnings": notes} if notes else {})},
    }


class ProtocolRefusedError(RequestRefusedError):
    """A refusal whose answer also has the key ``error`` that clients of the protocol look for."""

    def body(self) -> bytes:
        """Return the answer's body."""
        document = orjson.loads(super().body())
        return orjson.dumps({"error": document["detail"], **document})


def _tensor(name: str, datatype: str, shape: list[int]) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": shape}


def _datatype(column: Column) -> str:
    return "FP64" if column.kind == "numerical" else "BYTES"


def _as_data(column: Column, cell: Any) -> Any:
    return cell if cell is None or column.kind == "numerical" else str(cell)
