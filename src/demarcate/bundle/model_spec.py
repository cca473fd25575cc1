"""What a model file holds, in the terms of the other rooms, before any network is built; needs no torch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.bundle.canonical_json import to_text
from demarcate.bundle.tensor_spec import misdescribed, network_of
from demarcate.encoding import TableEncoder
from demarcate.errors import SettingError
from demarcate.evaluation import Conformal, Costs
from demarcate.nn import Network
from demarcate.tabular import Schema


@dataclass(frozen=True, eq=False)
class Contents:
    """All there is to say of a predictor but its networks' weights.

    Attributes
    ----------
    schema, encoders, encoding, classes, target, threshold, costs, temperature, conformal, record
        As for `demarcate.Predictor`.
    networks
        Each member's specification.
    head
        What the members' logits mean, by name.
    """

    schema: Schema
    encoders: tuple[TableEncoder, ...]
    encoding: tuple[int, ...]
    networks: tuple[Network, ...]
    head: str
    classes: NDArray[Any]
    target: str
    threshold: float | None
    costs: Costs | None
    temperature: float | None
    conformal: Conformal | None
    record: Mapping[str, Any]


def contents_of(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> Contents:
    """What `described` described; the tensors are of the shapes that `expected_tensors` gave for the document.

    Raises
    ------
    BundleError
        If the document does not describe a model, or `described` would describe the model differently.
    """
    try:
        contents = _read(document, tensors)
    except (ValueError, SettingError) as error:
        raise misdescribed(error) from error
    # One spelling for every model: whatever was overlooked, misread or read generously above ends here.
    for key, value in described(contents).items():
        if to_text(value) != to_text(document[key]):
            raise misdescribed(f"{key} would be written differently")
    return contents


def described(contents: Contents) -> dict[str, Any]:
    """The document that says all this, in the oldest format that can."""
    classes, costs, conformal = contents.classes.tolist(), contents.costs, contents.conformal
    version = _version(contents)
    added = {
        "costs": None if costs is None else {"abstain": costs.abstain},
        "conformal": None if conformal is None else {"class_rows": list(conformal.class_rows)},
    }
    return {
        "format_version": version,
        "target": contents.target,
        "classes": {"type": type(classes[0]).__name__, "values": classes},
        "schema": contents.schema.to_json(),
        "encoders": [{"n_encoded": encoder.n_encoded, "columns": encoder.state()[0]} for encoder in contents.encoders],
        "head": contents.head,
        "members": [
            {"encoder": encoder, "network": _specification(network)}
            for encoder, network in zip(contents.encoding, contents.networks, strict=True)
        ],
        "calibration": None if contents.temperature is None else {"temperature": contents.temperature},
        "threshold": contents.threshold,
        "record": dict(contents.record),
        **(added if version > 1 else {}),
    }


def _version(contents: Contents) -> int:
    decides = contents.temperature, contents.costs, contents.conformal
    needed = [1 if decides == (None, None, None) else 2]
    needed += [3 for network in contents.networks if network.input_dropout]
    needed += [encoder.file_format for table in contents.encoders for encoder in table.encoders]
    return max(needed)


def _specification(network: Network) -> dict[str, Any]:
    """A network's fields; ``input_dropout`` only where there is some, for files that were written without the field."""
    spec = {**asdict(network), "hidden": list(network.hidden)}
    if not network.input_dropout:
        del spec["input_dropout"]
    return spec


def _read(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> Contents:
    schema = Schema.from_json(document["schema"])
    encoders = []
    for number, entry in enumerate(document["encoders"]):
        numbers = tensors[f"encoders.{number}.numbers"].astype(np.float64)
        encoder = TableEncoder.from_state(entry["columns"], numbers, schema)
        if encoder.n_encoded != entry["n_encoded"]:
            raise ValueError(f"encoder {number} makes {encoder.n_encoded} columns, not {entry['n_encoded']}")
        encoders.append(encoder)
    costs = _costs(document, tensors)
    if costs is not None and costs.threshold != document["threshold"]:
        raise ValueError("the threshold is not the one that its costs call for")
    return Contents(
        schema=schema,
        encoders=tuple(encoders),
        encoding=tuple(member["encoder"] for member in document["members"]),
        networks=tuple(map(network_of, document["members"])),
        head=document["head"],
        classes=np.array(document["classes"]["values"]),
        target=document["target"],
        threshold=document["threshold"],
        costs=costs,
        temperature=None if document["calibration"] is None else document["calibration"]["temperature"],
        conformal=_conformal(document, tensors),
        record=document["record"],
    )


def _costs(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> Costs | None:
    costs = document.get("costs")
    return None if costs is None else Costs(tensors["costs.matrix"].astype(np.float64), costs["abstain"])


def _conformal(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> Conformal | None:
    conformal = document.get("conformal")
    if conformal is None:
        return None
    # A copy: what is built does not hold on to the whole file.
    return Conformal(tensors["conformal.truths"].astype(np.float64), tuple(conformal["class_rows"]))
