"""What a model file's document must say before anything is built from it."""

from collections.abc import Mapping
from typing import Any

from demarcate.bundle.rules import are_keys, are_texts, is_count, is_number, is_text, require
from demarcate.encoding.registry import check_state
from demarcate.evaluation.calibration import COLDEST, HOTTEST
from demarcate.evaluation.costs import LARGEST
from demarcate.nn import HEAD_NAMES
from demarcate.tabular.schema import KINDS

KEYS = {"format_version", "target", "classes", "schema", "encoders", "head", "members", "calibration", "threshold"} | {
    "record"
}
"""What a document of format 1 has."""
KEYS_OF_2 = KEYS | {"costs", "conformal"}
"""What a document of a later format has."""
CLASS_TYPES: dict[str, type] = {"str": str, "int": int, "bool": bool, "float": float}
COLUMN_KEYS = {"name", "kind", "dropped", "note", "categories", "date_format"}
NETWORK_KEYS = {"hidden", "activation", "dropout", "head"}


def check_document(document: Mapping[str, Any]) -> None:
    """Refuse a document that says what no predictor would have it say, as far as its tensors' shapes cannot tell.

    Raises
    ------
    ValueError
        If it does; the message says which rule it breaks, and where.

    Examples
    --------
    >>> check_document({"target": "thal"})
    Traceback (most recent call last):
    ValueError: keys ['calibration', 'classes', 'encoders', ...] are missing or unknown
    """
    is_first = document.get("format_version", 1) == 1
    keys = KEYS if is_first else KEYS_OF_2
    require(set(document) == keys, f"keys {sorted(set(document) ^ keys)} are missing or unknown")
    require(is_text(document["target"]), "the target is not a name")
    require(document["head"] in HEAD_NAMES, "the head is not known")
    require(not is_first or document["calibration"] is None, "it has a calibration, which format 1 does not know")
    _check_classes(document["classes"], document["threshold"], document["head"])
    if not is_first:
        _check_decisions(document, len(document["classes"]["values"]))
    used = _check_schema(document["schema"])
    _check_encoders(document["encoders"], used)
    _check_members(document["members"], len(document["encoders"]), document["head"])
    check_record(document["record"])


def _check_classes(classes: Any, threshold: object, head: object) -> None:
    require(are_keys(classes, {"type", "values"}), "the classes are not a type and values")
    require(
        is_text(classes["type"]) and classes["type"] in CLASS_TYPES, "the classes are of no type that labels can have"
    )
    labels, kind = classes["values"], CLASS_TYPES[classes["type"]]
    require(isinstance(labels, list), "the classes are not listed")
    require(all(type(label) is kind for label in labels), f"classes are not all {classes['type']}")
    require(len(labels) >= 2 and sorted(set(labels)) == labels, "classes are not at least two, sorted and distinct")
    is_probability = isinstance(threshold, float) and 0 <= threshold <= 1 and len(labels) == 2
    require(threshold is None or is_probability, "the threshold is not a probability of the second of two classes")
    require(head != "logit" or len(labels) == 2, f"the head 'logit' separates two classes, not {len(labels)}")


def _check_decisions(document: Mapping[str, Any], n_classes: int) -> None:
    calibration, costs, conformal = document["calibration"], document["costs"], document["conformal"]
    if calibration is not None:
        is_known = are_keys(calibration, {"temperature"}) and is_number(calibration["temperature"], COLDEST, HOTTEST)
        require(is_known, f"the calibration is no temperature from {COLDEST:g} to {HOTTEST:g}")
    if costs is not None:
        is_known = are_keys(costs, {"abstain"})
        is_known = is_known and (costs["abstain"] is None or is_number(costs["abstain"], 0, LARGEST))
        require(is_known, f"the cost of abstaining is no number from 0 to {LARGEST:g}")
    if conformal is not None:
        is_known = are_keys(conformal, {"class_rows"}) and isinstance(conformal["class_rows"], list)
        is_known = is_known and all(map(is_count, conformal["class_rows"]))
        is_known = is_known and len(conformal["class_rows"]) == n_classes
        require(is_known, "the rows that prediction sets go by are not counted by class")


def _check_schema(columns: Any) -> dict[str, str]:
    """The columns that are read, by name, and their kinds."""
    require(isinstance(columns, list), "the schema is not a list of columns")
    for place, column in enumerate(columns):
        where = f"column {place} of the schema"
        require(are_keys(column, COLUMN_KEYS), f"{where} does not have the keys {sorted(COLUMN_KEYS)}")
        require(are_texts([column[key] for key in COLUMN_KEYS - {"categories"}]), f"{where} is not described by text")
        require(column["kind"] in KINDS, f"{where} is of no kind of {', '.join(KINDS)}")
        require(are_texts(column["categories"]), f"{where} has categories that are not text")
    require(len({column["name"] for column in columns}) == len(columns), "column names repeat")
    used = {column["name"]: column["kind"] for column in columns if not column["dropped"]}
    require(bool(used), "no column is read")
    return used


def _check_encoders(encoders: Any, used: Mapping[str, str]) -> None:
    require(isinstance(encoders, list) and bool(encoders), "there are no encoders")
    for number, entry in enumerate(encoders):
        where = f"encoder {number}"
        require(are_keys(entry, {"n_encoded", "columns"}), f"{where} is not columns and how many they become")
        require(is_count(entry["n_encoded"]), f"{where} does not count its columns")
        columns = entry["columns"]
        is_listed = isinstance(columns, list) and all(isinstance(column, dict) for column in columns)
        require(is_listed, f"{where} has no list of columns")
        names = [column.get("column") for column in columns]
        require(names == list(used), f"{where} does not read the schema's columns")
        for place, (column, kind) in enumerate(zip(columns, used.values(), strict=True)):
            check_state(column, kind, f"column {place} of {where}")


def _check_members(members: Any, n_encoders: int, head: object) -> None:
    require(isinstance(members, list) and bool(members), "there are no networks")
    for number, member in enumerate(members):
        where = f"network {number}"
        require(are_keys(member, {"encoder", "network"}), f"{where} is not an encoder and a specification")
        place, network = member["encoder"], member["network"]
        require(is_count(place) and place < n_encoders, f"{where}: its encoder is not there")
        is_known = isinstance(network, dict) and NETWORK_KEYS <= set(network) <= NETWORK_KEYS | {"input_dropout"}
        require(is_known, f"{where} is not specified by {sorted(NETWORK_KEYS)}")
        is_listed = isinstance(network["hidden"], list) and all(map(is_count, network["hidden"]))
        require(is_listed, f"{where}: its hidden widths are not counts")
        require(network["head"] in ("auto", head), f"{where} has another head than the model")


SCORE_KEYS = {"value", "low", "high", "n_rows", "rows"}


def check_record(record: Any) -> None:
    """Refuse a record with entries that commands read and are not what they expect.

    Raises
    ------
    ValueError
        If there are such; the message says which.

    Examples
    --------
    >>> check_record({"n_samples": 303, "anything": ["else"]})
    >>> check_record({"n_samples": "many"})
    Traceback (most recent call last):
    ValueError: the training rows are not counted
    """
    require(isinstance(record, dict), "the record is not a mapping")
    _check_scores(record.get("scores", {}), "the scores")
    baselines = record.get("baselines", {})
    require(isinstance(baselines, dict), "the baselines are not a mapping")
    for name, scores in baselines.items():
        _check_scores(scores, f"the baseline {name!r}")
    for name in ("provenance", "settings", "class_rows"):
        require(isinstance(record.get(name, {}), dict), f"the {name.replace('_', ' ')} is not a mapping")
    require(all(map(is_count, record.get("class_rows", {}).values())), "the class rows are not counted")
    require(is_count(record.get("n_samples", 0)), "the training rows are not counted")
    require(is_count(record.get("n_sampled", 0)), "the rows of the sample are not counted")
    for name in ("members", "audit"):
        entries = record.get(name, [])
        is_listed = isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
        require(is_listed, f"the record's {name} is not a list of mappings")
    members = record.get("members", [])
    for member in members:
        _check_training(member)
    is_counted = all("epochs" in member for member in members) or not any(member.get("timed_out") for member in members)
    require(is_counted, "a training that timed out does not count its epochs")


def _check_scores(scores: Any, what: str) -> None:
    require(isinstance(scores, dict), f"{what} is not a mapping of metrics")
    for name, score in scores.items():
        is_score = are_keys(score, SCORE_KEYS) and _are_numbers(score) and is_text(score["rows"])
        require(is_score and is_count(score["n_rows"]), f"{what}: {name!r} is not a number with an interval")


def _are_numbers(score: Mapping[str, Any]) -> bool:
    return all(type(score[key]) in (int, float) for key in ("value", "low", "high"))


def _check_training(member: Mapping[str, Any]) -> None:
    """How a network's training ended, and its numbers epoch by epoch."""
    for name in ("epochs", "best_epoch"):
        require(is_count(member.get(name, 0)), f"the {name.replace('_', ' ')} of a network's training is not a count")
    history = member.get("history") or {}
    require(isinstance(history, dict), "a network's history is not a mapping")
    if history:
        epochs: Any = history.get("epoch")
        is_counted = isinstance(epochs, list) and all(map(is_count, epochs)) and {"epochs", "best_epoch"} <= set(member)
        require(is_counted, "a network's history is not counted by epoch")
        within = all(1 <= epoch <= member["epochs"] for epoch in epochs)
        alike = all(isinstance(values, list) and len(values) == len(epochs) for values in history.values())
        require(within and alike, "a network's history is not as long as its epochs")
