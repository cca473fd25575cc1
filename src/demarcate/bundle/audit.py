"""What a model file's document must say before anything is built from it."""

from collections.abc import Mapping
from typing import Any

from demarcate.evaluation import Score
from demarcate.evaluation.calibration import COLDEST, HOTTEST
from demarcate.evaluation.costs import LARGEST
from demarcate.nn import HEADS
from demarcate.tabular import Schema

KEYS = {"format_version", "target", "classes", "schema", "encoders", "head", "members", "calibration", "threshold"} | {
    "record"
}
"""What a document of format 1 has."""
KEYS_OF_2 = KEYS | {"costs", "conformal"}
"""What a document of a later format has."""
CLASS_TYPES: dict[str, type] = {"str": str, "int": int, "bool": bool, "float": float}


def check_document(document: Mapping[str, Any]) -> None:
    """Refuse a document that says what no predictor would have it say, as far as its tensors' shapes cannot tell.

    Raises
    ------
    ValueError
        If it does; a document of other types than expected may raise what Python raises then.

    Examples
    --------
    >>> check_document({"target": "thal"})
    Traceback (most recent call last):
    ValueError: keys ['calibration', 'classes', 'encoders', ...] are missing or unknown
    """
    is_first = document.get("format_version", 1) == 1
    keys = KEYS if is_first else KEYS_OF_2
    _require(set(document) == keys, f"keys {sorted(set(document) ^ keys)} are missing or unknown")
    _require(isinstance(document["target"], str), "the target is not a name")
    _require(document["head"] in HEADS, "the head is not known")
    _require(not is_first or document["calibration"] is None, "it has a calibration, which format 1 does not know")
    _check_classes(document["classes"], document["threshold"])
    if not is_first:
        _check_decisions(document, len(document["classes"]["values"]))
    _check_encoders(document["encoders"], _checked_schema(document["schema"]))
    _check_members(document["members"], len(document["encoders"]), document["head"])
    _check_record(document["record"])


def _check_classes(classes: Mapping[str, Any], threshold: object) -> None:
    _require(classes["type"] in CLASS_TYPES, "the classes are of no type that labels can have")
    labels, kind = classes["values"], CLASS_TYPES[classes["type"]]
    _require(all(type(label) is kind for label in labels), f"classes are not all {classes['type']}")
    _require(len(labels) >= 2 and sorted(set(labels)) == labels, "classes are not at least two, sorted and distinct")
    is_probability = isinstance(threshold, float) and 0 <= threshold <= 1 and len(labels) == 2
    _require(threshold is None or is_probability, "the threshold is not a probability of the second of two classes")


def _check_decisions(document: Mapping[str, Any], n_classes: int) -> None:
    calibration, costs, conformal = document["calibration"], document["costs"], document["conformal"]
    if calibration is not None:
        is_known = set(calibration) == {"temperature"} and _is_number(calibration["temperature"], COLDEST, HOTTEST)
        _require(is_known, f"the calibration is no temperature from {COLDEST:g} to {HOTTEST:g}")
    if costs is not None:
        is_known = set(costs) == {"abstain"} and (costs["abstain"] is None or _is_number(costs["abstain"], 0, LARGEST))
        _require(is_known, f"the cost of abstaining is no number from 0 to {LARGEST:g}")
    if conformal is not None:
        rows = conformal["class_rows"]
        is_known = set(conformal) == {"class_rows"} and isinstance(rows, list) and all(map(_is_count, rows))
        _require(is_known and len(rows) == n_classes, "the rows that prediction sets go by are not counted by class")


def _is_number(value: object, least: float, most: float) -> bool:
    return isinstance(value, float) and least <= value <= most


def _checked_schema(document: Any) -> list[str]:
    """The names of the columns that are read."""
    schema = Schema.from_json(document)
    names = [column.name for column in schema.columns]
    _require(len(set(names)) == len(names), "column names repeat")
    _require(bool(schema.used), "no column is read")
    return [column.name for column in schema.used]


def _check_encoders(encoders: Any, used: list[str]) -> None:
    _require(isinstance(encoders, list) and bool(encoders), "there are no encoders")
    for entry in encoders:
        _require(_is_count(entry["n_encoded"]), "an encoder's columns are not counted")
        _require(
            [column["column"] for column in entry["columns"]] == used, "an encoder does not read the schema's columns"
        )
        for column in entry["columns"]:
            _require(_is_count(column["n_numbers"]), "an encoder's numbers are not counted")
            kept = column.get("kept", [])
            is_text = isinstance(kept, list) and all(isinstance(category, str) for category in kept)
            _require(is_text and len(set(kept)) == len(kept), "an encoder's categories are not distinct words")


def _check_members(members: Any, n_encoders: int, head: object) -> None:
    _require(isinstance(members, list) and bool(members), "there are no networks")
    for member in members:
        place = member["encoder"]
        _require(_is_count(place) and place < n_encoders, "a network's encoder is not there")
        _require(member["network"]["head"] in ("auto", head), "a network has another head than the model")


def _check_record(record: Any) -> None:
    """The entries of the record that commands read; others are free."""
    _require(isinstance(record, dict), "the record is not a mapping")
    for scores in (record.get("scores", {}), *record.get("baselines", {}).values()):
        for score in scores.values():
            _require(_is_score(Score(**score)), "a score is not a number with an interval")
    _require(isinstance(record.get("provenance", {}), dict), "the provenance is not a mapping")
    _require(_is_count(record.get("n_samples", 0)), "the training rows are not counted")


def _is_score(score: Score) -> bool:
    numbers = (score.value, score.low, score.high)
    return (
        all(type(number) in (int, float) for number in numbers)
        and _is_count(score.n_rows)
        and isinstance(score.rows, str)
    )


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
