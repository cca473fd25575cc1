"""Between a fitted predictor and the document and tensors of a model file.

Format 1. The document holds ``format_version``, ``target``, ``classes``, ``schema``, ``encoders``, ``head``,
``members``, ``calibration``, ``threshold`` and ``record``; the tensors are ``encoders.N.numbers`` (float64) and, for
each linear layer of each member, ``members.N.K.weight`` and ``members.N.K.bias``, where K is the layer's place in the
member's ``torch.nn.Sequential``: the tensors of a member are its state dict.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.bundle.refusal import refused, shown
from demarcate.errors import BundleError, SettingError
from demarcate.nn import MemberState, Network, head_for, linear_names
from demarcate.predictor import Predictor
from demarcate.tabular import Schema, TableEncoder

FORMAT_VERSION = 1
_KEYS = {"format_version", "target", "classes", "schema", "encoders", "head", "members", "calibration", "threshold"} | {
    "record"
}
_CLASS_TYPES: dict[str, type] = {"str": str, "int": int, "bool": bool, "float": float}
_RULE = "A model file's document describes a model that demarcate can build"

Shapes = dict[str, tuple[type[np.generic], tuple[int, ...]]]


def to_document(predictor: Predictor) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The document and tensors that say all there is to say of a predictor."""
    classes = predictor.classes.tolist()
    tensors: dict[str, NDArray[Any]] = {}
    encoders = []
    for number, encoder in enumerate(predictor.encoders):
        words, numbers = encoder.state(predictor.schema)
        encoders.append({"n_encoded": encoder.n_encoded, "columns": words})
        tensors[f"encoders.{number}.numbers"] = numbers
    members = []
    for number, (network, state) in enumerate(zip(predictor.networks, predictor.states(), strict=True)):
        spec = {**asdict(network), "hidden": list(network.hidden)}
        members.append({"encoder": predictor.encoding[number], "network": spec})
        for name, (weight, bias) in zip(linear_names(network), state, strict=True):
            tensors[f"members.{number}.{name}.weight"] = weight.cpu().numpy()
            tensors[f"members.{number}.{name}.bias"] = bias.cpu().numpy()
    document = {
        "format_version": FORMAT_VERSION,
        "target": predictor.target,
        "classes": {"type": type(classes[0]).__name__, "values": classes},
        "schema": predictor.schema.to_json(),
        "encoders": encoders,
        "head": predictor.head.name,
        "members": members,
        "calibration": None,
        "threshold": predictor.threshold,
        "record": dict(predictor.record),
    }
    return document, tensors


def expected_tensors(document: Mapping[str, Any]) -> Shapes:
    """Which tensors, of which types and shapes, a document calls for.

    Raises
    ------
    BundleError
        If the format is unknown or the document does not describe a model.
    """
    version = document.get("format_version")
    if version != FORMAT_VERSION:
        known = f"demarcate reads format {FORMAT_VERSION}"
        remedy = "Upgrade demarcate: pip install --upgrade demarcate"
        raise refused(known, f"the file is of format {shown(version)}", remedy)
    try:
        _check_document(document)
        return dict(_shapes(document))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, SettingError) as error:
        raise _misdescribed(error) from error


def from_document(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> Predictor:
    """The predictor that `to_document` described; the tensors are of the shapes `expected_tensors` gave."""
    try:
        return _build(document, tensors)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, SettingError) as error:
        raise _misdescribed(error) from error


def _build(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> Predictor:
    encoders = []
    for number, entry in enumerate(document["encoders"]):
        encoder = TableEncoder.restore(entry["columns"], tensors[f"encoders.{number}.numbers"].astype(np.float64))
        if encoder.n_encoded != entry["n_encoded"]:
            raise ValueError(f"encoder {number} makes {encoder.n_encoded} columns, not {entry['n_encoded']}")
        encoders.append(encoder)
    networks = [_network(member) for member in document["members"]]
    return Predictor.of(
        schema=Schema.from_json(document["schema"]),
        encoders=encoders,
        encoding=[member["encoder"] for member in document["members"]],
        networks=networks,
        states=[_state(number, network, tensors) for number, network in enumerate(networks)],
        head=head_for(document["head"], len(document["classes"]["values"])),
        classes=np.array(document["classes"]["values"]),
        target=document["target"],
        threshold=document["threshold"],
        record=document["record"],
    )


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


def _check_document(document: Mapping[str, Any]) -> None:
    """What the shapes of the tensors cannot tell."""
    _require(set(document) == _KEYS, f"keys {sorted(set(document) ^ _KEYS)} are missing or unknown")
    _require(isinstance(document["target"], str), "the target is not a name")
    _require(isinstance(document["record"], dict), "the record is not a mapping")
    _require(document["calibration"] is None, "it has a calibration, which format 1 does not know")
    _check_classes(document["classes"], document["threshold"])
    _check_encoders(document)


def _check_classes(classes: Mapping[str, Any], threshold: object) -> None:
    labels, kind = classes["values"], _CLASS_TYPES[classes["type"]]
    _require(all(type(label) is kind for label in labels), f"classes are not all {classes['type']}")
    _require(len(labels) >= 2 and sorted(set(labels)) == labels, "classes are not at least two, sorted and distinct")
    is_probability = isinstance(threshold, float) and 0 <= threshold <= 1 and len(labels) == 2
    _require(threshold is None or is_probability, "the threshold is not a probability of the second of two classes")


def _check_encoders(document: Mapping[str, Any]) -> None:
    used = [column.name for column in Schema.from_json(document["schema"]).used]
    encoders, members = document["encoders"], document["members"]
    _require(bool(encoders and members), "there are no networks or no encoders")
    for entry in encoders:
        counts = [column["n_numbers"] for column in entry["columns"]]
        _require(
            [column["column"] for column in entry["columns"]] == used, "an encoder does not read the schema's columns"
        )
        _require(all(type(count) is int and count >= 0 for count in counts), "an encoder's numbers are not counted")
    places = [member["encoder"] for member in members]
    _require(
        all(type(place) is int and 0 <= place < len(encoders) for place in places), "a network's encoder is not there"
    )


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def _misdescribed(error: Exception) -> BundleError:
    reason = f"the document has no {error}" if isinstance(error, KeyError) else f"{error}"
    return refused(_RULE, shown(reason)[1:-1], "Save the model again with this version of demarcate")
