"""Between a fitted predictor and the document and tensors of a model file.

The document holds ``format_version``, ``target``, ``classes``, ``schema``, ``encoders``, ``head``, ``members``,
``calibration``, ``threshold`` and ``record``; the tensors are ``encoders.N.numbers`` (float64) and, for each linear
layer of each member, ``members.N.K.weight`` and ``members.N.K.bias``, where K is the layer's place in the member's
``torch.nn.Sequential``: the tensors of a member are its state dict.

That was format 1. Format 2 has ``costs`` and ``conformal`` as well, with the tensors ``costs.matrix`` and
``conformal.truths`` (float64) where they are not null, and a ``calibration`` that may be a temperature. A model that
needs none of these is still written in format 1, so that what was read is written again with the same bytes.

Format 3 has the keys of format 2, encoders that cut numbers into pieces, and networks with ``input_dropout``, which is
written only where it is not 0. A model with neither is written in one of the formats before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.bundle.audit import check_document
from demarcate.bundle.canonical_json import to_text
from demarcate.bundle.refusal import refused, shown
from demarcate.errors import BundleError, SettingError
from demarcate.evaluation import Conformal, Costs
from demarcate.nn import MemberState, Network, head_for, linear_names
from demarcate.predictor import Predictor
from demarcate.tabular import Schema, TableEncoder

FORMAT_VERSION = 3
_RULE = "A model file's document describes a model that demarcate can build"
_LONGEST_REASON = 200
_MISTAKES = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, SettingError)
"""What reading a document that is not of our making may raise."""

Shapes = dict[str, tuple[type[np.generic], tuple[int, ...]]]


def to_document(predictor: Predictor) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The document and tensors that say all there is to say of a predictor."""
    tensors: dict[str, NDArray[Any]] = {}
    for number, encoder in enumerate(predictor.encoders):
        tensors[f"encoders.{number}.numbers"] = encoder.state()[1]
    for number, (network, state) in enumerate(zip(predictor.networks, predictor.states(), strict=True)):
        for name, (weight, bias) in zip(linear_names(network), state, strict=True):
            tensors[f"members.{number}.{name}.weight"] = weight.cpu().numpy()
            tensors[f"members.{number}.{name}.bias"] = bias.cpu().numpy()
    if predictor.costs is not None:
        tensors["costs.matrix"] = predictor.costs.matrix
    if predictor.conformal is not None:
        tensors["conformal.truths"] = predictor.conformal.truths
    return _description(predictor), tensors


def _description(predictor: Predictor) -> dict[str, Any]:
    classes = predictor.classes.tolist()
    temperature, costs, conformal = predictor.temperature, predictor.costs, predictor.conformal
    version = _version(predictor)
    added = {
        "costs": None if costs is None else {"abstain": costs.abstain},
        "conformal": None if conformal is None else {"class_rows": list(conformal.class_rows)},
    }
    return {
        "format_version": version,
        "target": predictor.target,
        "classes": {"type": type(classes[0]).__name__, "values": classes},
        "schema": predictor.schema.to_json(),
        "encoders": [{"n_encoded": encoder.n_encoded, "columns": encoder.state()[0]} for encoder in predictor.encoders],
        "head": predictor.head.name,
        "members": [
            {"encoder": encoder, "network": _specification(network)}
            for encoder, network in zip(predictor.encoding, predictor.networks, strict=True)
        ],
        "calibration": None if temperature is None else {"temperature": temperature},
        "threshold": predictor.threshold,
        "record": dict(predictor.record),
        **(added if version > 1 else {}),
    }


def _version(predictor: Predictor) -> int:
    """The oldest format that can say all there is to say of a predictor."""
    has_pieces = any("piecewise" in encoder.kinds for encoder in predictor.encoders)
    if has_pieces or any(network.input_dropout for network in predictor.networks):
        return 3
    decides = predictor.temperature, predictor.costs, predictor.conformal
    return 1 if decides == (None, None, None) else 2


def expected_tensors(document: Mapping[str, Any]) -> Shapes:
    """Which tensors, of which types and shapes, a document calls for.

    Raises
    ------
    BundleError
        If the format is unknown or the document does not describe a model.
    """
    version = document.get("format_version")
    if type(version) is not int or not 1 <= version <= FORMAT_VERSION:
        known = f"demarcate reads formats 1 to {FORMAT_VERSION}"
        remedy = "Upgrade demarcate: pip install --upgrade demarcate"
        raise refused(known, f"the file is of format {shown(version)}", remedy)
    try:
        check_document(document)
        return dict(_shapes(document))
    except _MISTAKES as error:
        raise _misdescribed(error) from error


def from_document(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> Predictor:
    """The predictor that `to_document` described; the tensors are of the shapes `expected_tensors` gave.

    Raises
    ------
    BundleError
        If the document does not describe a model, or `to_document` would describe the model differently.
    """
    try:
        predictor = _build(document, tensors)
        described = _description(predictor)
    except _MISTAKES as error:
        raise _misdescribed(error) from error
    # One spelling for every model: whatever was overlooked, misread or read generously above ends here.
    if to_text(described) != to_text(document):
        strange = next(key for key, value in described.items() if to_text(value) != to_text(document.get(key)))
        raise _misdescribed(ValueError(f"{strange} would be written differently"))
    return predictor


def _build(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> Predictor:
    schema = Schema.from_json(document["schema"])
    encoders = []
    for number, entry in enumerate(document["encoders"]):
        numbers = tensors[f"encoders.{number}.numbers"].astype(np.float64)
        encoder = TableEncoder.restore(entry["columns"], numbers, schema)
        if encoder.n_encoded != entry["n_encoded"]:
            raise ValueError(f"encoder {number} makes {encoder.n_encoded} columns, not {entry['n_encoded']}")
        encoders.append(encoder)
    networks = [_network(member) for member in document["members"]]
    costs = _costs(document, tensors)
    if costs is not None and costs.threshold != document["threshold"]:
        raise ValueError("the threshold is not the one that its costs call for")
    return Predictor.of(
        schema=schema,
        encoders=encoders,
        encoding=[member["encoder"] for member in document["members"]],
        networks=networks,
        states=[_state(number, network, tensors) for number, network in enumerate(networks)],
        head=head_for(document["head"], len(document["classes"]["values"])),
        classes=np.array(document["classes"]["values"]),
        target=document["target"],
        threshold=document["threshold"],
        costs=costs,
        temperature=None if document["calibration"] is None else document["calibration"]["temperature"],
        conformal=_conformal(document, tensors),
        record=document["record"],
    )


def _costs(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> Costs | None:
    described = document.get("costs")
    return None if described is None else Costs(tensors["costs.matrix"].astype(np.float64), described["abstain"])


def _conformal(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> Conformal | None:
    described = document.get("conformal")
    if described is None:
        return None
    return Conformal(tensors["conformal.truths"].astype(np.float64), tuple(described["class_rows"]))


def _specification(network: Network) -> dict[str, Any]:
    """A network's fields; ``input_dropout`` only where there is some, for files that were written without the field."""
    spec = {**asdict(network), "hidden": list(network.hidden)}
    if not network.input_dropout:
        del spec["input_dropout"]
    return spec


def _network(member: Mapping[str, Any]) -> Network:
    spec = member["network"]
    return Network(**{**spec, "hidden": tuple(spec["hidden"])})


def _state(number: int, network: Network, tensors: Mapping[str, NDArray[Any]]) -> MemberState:
    def tensor(name: str) -> torch.Tensor:
        return torch.tensor(tensors[f"members.{number}.{name}"])

    return [(tensor(f"{name}.weight"), tensor(f"{name}.bias")) for name in linear_names(network)]


def _shapes(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[type[np.generic], tuple[int, ...]]]]:
    for number, entry in enumerate(document["encoders"]):
        n_numbers = sum(column["n_numbers"] for column in entry["columns"])
        yield f"encoders.{number}.numbers", (np.float64, (n_numbers,))
    n_outputs = head_for(document["head"], len(document["classes"]["values"])).n_outputs(
        len(document["classes"]["values"])
    )
    for number, member in enumerate(document["members"]):
        network = _network(member)
        widths = network.widths(document["encoders"][member["encoder"]]["n_encoded"], n_outputs)
        for name, (d_in, d_out) in zip(linear_names(network), pairwise(widths), strict=True):
            yield f"members.{number}.{name}.weight", (np.float32, (d_out, d_in))
            yield f"members.{number}.{name}.bias", (np.float32, (d_out,))
    n_classes = len(document["classes"]["values"])
    if document.get("costs") is not None:
        yield "costs.matrix", (np.float64, (n_classes, n_classes))
    if document.get("conformal") is not None:
        yield "conformal.truths", (np.float64, (sum(document["conformal"]["class_rows"]),))


def _misdescribed(error: Exception) -> BundleError:
    reason = f"the document has no {error}" if isinstance(error, KeyError) else f"{error}"
    # As repr spells it: a hostile document's words do not reach a terminal as they are.
    cut = reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON]}..."
    return refused(_RULE, repr(cut)[1:-1], "Save the model again with this version of demarcate")
