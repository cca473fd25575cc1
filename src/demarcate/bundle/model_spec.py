"""The model that a file describes, without its networks' weights; needs no torch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.bundle.canonical_json import dumps
from demarcate.bundle.document_rules import member_values
from demarcate.bundle.tensor_spec import invalid_document, parse_network
from demarcate.encoding import TableEncoder
from demarcate.errors import SettingError
from demarcate.evaluation import Costs
from demarcate.evaluation.conformal import Conformal
from demarcate.nn import Network
from demarcate.presentation import brief_repr
from demarcate.tabular import Schema, TrainedOn
from demarcate.tabular.label_types import FORMAT_1_TYPES, LABEL_TYPES, class_array, type_of_classes
from demarcate.tabular.trained_range import TrainedRange


@brief_repr
@dataclass(frozen=True, eq=False)
class ModelSpec:
    """Everything in a predictor except its networks' weights; the fields are those of `demarcate.Predictor`.

    ``networks`` are the members' specifications, ``head`` is the name of their common head.
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
    weights: tuple[float, ...] | None
    folds: tuple[int, ...] | None
    conformal: Conformal | None
    positive: int | None
    merge_labels: bool
    trained_on: TrainedOn | None
    record: Mapping[str, Any]


def parse_spec(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> ModelSpec:
    """Return the specification in a document that `expected_tensors` accepted, or raise BundleError."""
    try:
        spec = _parse(document, tensors)
    except (ValueError, SettingError) as error:
        raise invalid_document(error) from error
    # One spelling for every model: whatever was overlooked, misread or read generously above ends here.
    for key, value in spec_document(spec).items():
        if dumps(value) != dumps(document[key]):
            raise invalid_document(f"{key} would be written differently")
    return spec


def spec_document(spec: ModelSpec) -> dict[str, Any]:
    """Return the document of a model, in the oldest format that can hold it."""
    classes, costs, conformal = spec.classes.tolist(), spec.costs, spec.conformal
    version, label_type = _version(spec), type_of_classes(spec.classes)
    added_keys = {
        "costs": None if costs is None else {"abstain": costs.abstain},
        "conformal": None if conformal is None else _conformal_json(conformal),
    }
    keys_of_4 = {"positive": spec.positive, "trained_on": _trained_on_json(spec.trained_on)}
    return {
        "format_version": version,
        "target": spec.target,
        "classes": {"type": label_type.name, "values": [*map(label_type.to_json, classes)]},
        "schema": spec.schema.to_json(),
        "encoders": [encoder.state()[0] for encoder in spec.encoders],
        "head": spec.head,
        "members": _members_json(spec),
        "calibration": None if spec.temperature is None else {"temperature": spec.temperature},
        "threshold": spec.threshold,
        "record": dict(spec.record),
        **(added_keys if version > 1 else {}),
        **(keys_of_4 if version > 3 else {}),
        **({"merge_labels": True} if spec.merge_labels else {}),
    }


def _version(spec: ModelSpec) -> int:
    needed = [1 if (spec.temperature, spec.costs, spec.conformal) == (None, None, None) else 2]
    needed += [3 for network in spec.networks if network.input_dropout]
    needed += [4] if (spec.positive, spec.trained_on) != (None, None) else []
    needed += [4] if spec.conformal is not None and spec.conformal.new_weights is not None else []
    needed += [5 for column in spec.schema.columns if column.kind == "text" or column.is_written_unusually]
    needed += [5] if spec.merge_labels or type_of_classes(spec.classes).name not in FORMAT_1_TYPES else []
    needed += [6] if (spec.weights, spec.folds) != (None, None) else []
    needed += [6 for network in spec.networks if network.family != Network.family]
    needed += [table.file_format for table in spec.encoders]
    return max(needed)


def _members_json(spec: ModelSpec) -> list[dict[str, Any]]:
    """Return each member's encoder and network, and weight and fold where they are known, as older files lack them."""
    members: list[dict[str, Any]] = [
        {"encoder": encoder, "network": _network_json(network)}
        for encoder, network in zip(spec.encoding, spec.networks, strict=True)
    ]
    for key, values in (("weight", spec.weights), ("fold", spec.folds)):
        for member, value in zip(members, values or (), strict=values is not None):
            member[key] = value
    return members


def _conformal_json(conformal: Conformal) -> dict[str, Any]:
    """Return the rows of each class, and what rows weigh only if not all the same, as older files lack it."""
    rows: dict[str, Any] = {"class_rows": list(conformal.class_rows)}
    if conformal.new_weights is None:
        return rows
    return rows | {"is_weighted": conformal.weights is not None, "new_weights": list(conformal.new_weights)}


def _network_json(network: Network) -> dict[str, Any]:
    """Return a network's fields; ``input_dropout`` and ``family`` only if not the default, as older files lack them."""
    fields = {**asdict(network), "hidden": list(network.hidden)}
    if network.family != Network.family:
        fields["family"] = network.family
    if not network.input_dropout:
        del fields["input_dropout"]
    return fields


def _trained_on_json(trained_on: TrainedOn | None) -> dict[str, Any] | None:
    if trained_on is None:
        return None
    return {
        "n_rows": trained_on.n_rows,
        "ranges": {name: asdict(values) for name, values in trained_on.ranges.items()},
        "group_columns": list(trained_on.group_columns),
        "n_groups": None if trained_on.groups is None else len(trained_on.groups),
        "time_column": trained_on.time_column,
        "latest": trained_on.latest,
        "gap": trained_on.gap,
        "is_date": trained_on.is_date,
        "weight_column": trained_on.weight_column,
    }


def _parse(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> ModelSpec:
    schema = Schema.from_json(document["schema"])
    encoders = []
    for number, entry in enumerate(document["encoders"]):
        numbers = tensors[f"encoders.{number}.numbers"].astype(np.float64)
        encoder = TableEncoder.from_state(entry, numbers, schema)
        if encoder.n_encoded != entry["n_encoded"]:
            raise ValueError(f"encoder {number} makes {encoder.n_encoded} columns, not {entry['n_encoded']}")
        encoders.append(encoder)
    costs = _parse_costs(document, tensors)
    if costs is not None and costs.threshold != document["threshold"]:
        raise ValueError("the threshold does not follow from the costs")
    return ModelSpec(
        schema=schema,
        encoders=tuple(encoders),
        encoding=tuple(member["encoder"] for member in document["members"]),
        networks=tuple(map(parse_network, document["members"])),
        head=document["head"],
        classes=_parse_classes(document["classes"]),
        target=document["target"],
        threshold=document["threshold"],
        costs=costs,
        temperature=None if document["calibration"] is None else document["calibration"]["temperature"],
        weights=member_values(document["members"], "weight"),
        folds=member_values(document["members"], "fold"),
        conformal=_parse_conformal(document, tensors),
        positive=document.get("positive"),
        merge_labels=document.get("merge_labels", False),
        trained_on=_parse_trained_on(document, tensors),
        record=document["record"],
    )


def _parse_classes(classes: Mapping[str, Any]) -> NDArray[Any]:
    label_type = LABEL_TYPES[classes["type"]]
    return class_array(map(label_type.read, classes["values"]), label_type)


def _parse_costs(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> Costs | None:
    costs = document.get("costs")
    if costs is None:
        return None
    return Costs(tensors["costs.matrix"].astype(np.float64), costs["abstain"], document.get("positive"))


def _parse_conformal(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> Conformal | None:
    conformal = document.get("conformal")
    if conformal is None:
        return None
    # A copy: the predictor does not keep the whole file in memory.
    new_weights = None if "new_weights" not in conformal else tuple(conformal["new_weights"])
    weights = tensors["conformal.weights"].astype(np.float64) if conformal.get("is_weighted") else None
    truths = tensors["conformal.truths"].astype(np.float64)
    return Conformal(truths, tuple(conformal["class_rows"]), weights, new_weights)


def _parse_trained_on(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> TrainedOn | None:
    if document.get("trained_on") is None:
        return None
    values = {**document["trained_on"]}
    values["ranges"] = {name: TrainedRange(**numbers) for name, numbers in values["ranges"].items()}
    values["group_columns"] = tuple(values["group_columns"])
    has_groups = values.pop("n_groups") is not None
    return TrainedOn(**values, groups=tensors["trained_on.groups"].astype(np.int64) if has_groups else None)
