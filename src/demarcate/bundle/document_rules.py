"""Rules that a model file's document meets before anything is built from it."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from demarcate.bundle.rules import has_keys, is_count, is_float_between, is_text, is_text_list, require
from demarcate.encoding.encoder_registry import checked_encoder
from demarcate.encoding.tree_leaves import FILE_FORMAT as TREES_FORMAT
from demarcate.encoding.tree_leaves import check_state as check_trees
from demarcate.evaluation.calibration import MAX_TEMPERATURE, MIN_TEMPERATURE
from demarcate.evaluation.costs import MAX_COST
from demarcate.evaluation.member_weights import check_member_folds, check_member_weights
from demarcate.nn import FAMILIES, HEAD_NAMES
from demarcate.tabular.label_types import FORMAT_1_TYPES, LABEL_TYPES
from demarcate.tabular.number_format import NumberFormat
from demarcate.tabular.schema import KINDS, WRITING_KEYS
from demarcate.tabular.timestamps import FIRST_DATE, LAST_DATE
from demarcate.tabular.trained_range import TrainedRange

FORMAT_1_KEYS = {"format_version", "target", "classes", "schema", "encoders", "head", "members", "record"}
FORMAT_1_KEYS |= {"calibration", "threshold"}
LATER_KEYS = FORMAT_1_KEYS | {"costs", "conformal"}
"""The keys of a document of formats 2 and 3."""
FORMAT_4_KEYS = LATER_KEYS | {"positive", "trained_on"}
LABEL_KEYS = {"merge_labels"}
"""Keys that format 5 has where they are true."""
ENCODER_KEYS = {"n_encoded", "columns"}
MEMBER_KEYS = {"encoder", "network"}
MEAN_KEYS = {"weight", "fold"}
"""Keys that all members have in format 6, or none."""
COLUMN_KEYS = {"name", "kind", "dropped", "note", "categories", "date_format"}
NETWORK_KEYS = {"hidden", "activation", "dropout", "head"}
TRAINED_ON_KEYS = {"n_rows", "ranges", "group_columns", "n_groups", "time_column", "latest", "gap", "is_date"}
TRAINED_ON_KEYS |= {"weight_column"}
RANGE_KEYS = {field.name for field in fields(TrainedRange)}
CONFORMAL_KEYS, CONFORMAL_WEIGHT_KEYS = {"class_rows"}, {"is_weighted", "new_weights"}
SCORE_KEYS = {"value", "low", "high", "n_rows", "rows"}
LATER_SCORE_KEYS = {"n_clusters", "n_effective"}
"""Keys of scores of clustered and of weighted rows."""


def check_document(document: Mapping[str, Any]) -> None:
    """Raise ValueError if a document describes no model, as far as that shows without its tensors."""
    version = document.get("format_version", 1)
    is_format_1 = version == 1
    keys = FORMAT_1_KEYS if is_format_1 else LATER_KEYS if version < 4 else FORMAT_4_KEYS
    keys = keys | (LABEL_KEYS & set(document)) if version > 4 else keys
    require(set(document) == keys, f"keys {sorted(set(document) ^ keys)} are missing or unknown")
    require(is_text(document["target"]), "the target is not a name")
    require(document["head"] in HEAD_NAMES, "the head is unknown")
    require(not is_format_1 or document["calibration"] is None, "format 1 has no calibration")
    _check_classes(document["classes"], document["threshold"], document["head"], version)
    require(document.get("merge_labels", True) is True, "merge_labels is not true, and is only written if it is")
    if not is_format_1:
        _check_decisions(document, len(document["classes"]["values"]))
    used = _check_schema(document["schema"], version)
    _check_positive(document.get("positive"), len(document["classes"]["values"]))
    _check_trained_on(document.get("trained_on"), used)
    _check_encoders(document["encoders"], used, version)
    _check_members(document["members"], len(document["encoders"]), document["head"], version)
    check_record(document["record"])


def _check_classes(classes: Any, threshold: object, head: object, version: int) -> None:
    require(has_keys(classes, {"type", "values"}), "the classes do not have a type and values")
    types = [*LABEL_TYPES] if version > 4 else [*FORMAT_1_TYPES]
    is_known = is_text(classes["type"]) and classes["type"] in types
    require(is_known, f"the type of the classes is not one of {', '.join(types)}")
    values, label_type = classes["values"], LABEL_TYPES[classes["type"]]
    require(isinstance(values, list), "the classes are not a list")
    require(all(type(label) is label_type.json for label in values), f"the classes are not all {classes['type']}")
    labels = [*map(label_type.read, values)]
    is_sorted = len(labels) >= 2 and sorted(set(labels)) == labels
    require(is_sorted, "the classes are not sorted and distinct, or fewer than two")
    is_probability = isinstance(threshold, float) and 0 <= threshold <= 1 and len(labels) == 2
    require(threshold is None or is_probability, "the threshold is not a probability of one of two classes")
    require(head != "logit" or len(labels) == 2, f"the head 'logit' is for two classes, not {len(labels)}")


def _check_decisions(document: Mapping[str, Any], n_classes: int) -> None:
    calibration, costs, conformal = document["calibration"], document["costs"], document["conformal"]
    if calibration is not None:
        has_temperature = has_keys(calibration, {"temperature"})
        has_temperature = has_temperature and is_float_between(
            calibration["temperature"], MIN_TEMPERATURE, MAX_TEMPERATURE
        )
        require(
            has_temperature, f"the calibration is not a temperature from {MIN_TEMPERATURE:g} to {MAX_TEMPERATURE:g}"
        )
    if costs is not None:
        has_cost = has_keys(costs, {"abstain"})
        has_cost = has_cost and (costs["abstain"] is None or is_float_between(costs["abstain"], 0, MAX_COST))
        require(has_cost, f"the cost of abstaining is not a number from 0 to {MAX_COST:g}")
    if conformal is not None:
        is_weighted = document["format_version"] > 3 and not has_keys(conformal, CONFORMAL_KEYS)
        keys = CONFORMAL_KEYS | (CONFORMAL_WEIGHT_KEYS if is_weighted else set())
        has_counts = has_keys(conformal, keys) and isinstance(conformal["class_rows"], list)
        has_counts = has_counts and all(map(is_count, conformal["class_rows"]))
        has_counts = has_counts and len(conformal["class_rows"]) == n_classes
        require(has_counts, "the rows of the prediction sets are not counted by class")
        if is_weighted:
            weights = conformal["new_weights"]
            has_weights = type(conformal["is_weighted"]) is bool and isinstance(weights, list)
            has_weights = has_weights and all(type(weight) is float for weight in weights)
            require(has_weights, "what rows of the prediction sets weigh is not said in numbers")


def _check_schema(columns: Any, version: int) -> dict[str, str]:
    """Return the kinds of the columns that are read, by name."""
    require(isinstance(columns, list), "the schema is not a list of columns")
    for number, column in enumerate(columns):
        where = f"column {number} of the schema"
        keys = set(column) - set(WRITING_KEYS if version > 4 else ()) if isinstance(column, dict) else set()
        require(keys == COLUMN_KEYS, f"{where} does not have the keys {sorted(COLUMN_KEYS)}")
        is_described = is_text_list([column[key] for key in COLUMN_KEYS - {"categories"}])
        require(is_described, f"{where} is not described by text")
        require(column["kind"] in KINDS, f"the kind of {where} is not one of {', '.join(KINDS)}")
        require(version > 4 or column["kind"] != "text", f"{where} holds text, which format {version} does not know")
        require(is_text_list(column.get("missing", [])), f"{where} has words for a missing value that are not text")
        if "number_format" in column:
            NumberFormat.from_json(column["number_format"])
        require(is_text_list(column["categories"]), f"{where} has categories that are not text")
    require(len({column["name"] for column in columns}) == len(columns), "column names are repeated")
    used = {column["name"]: column["kind"] for column in columns if not column["dropped"]}
    require(bool(used), "no column is used")
    return used


def _check_positive(positive: object, n_classes: int) -> None:
    is_code = type(positive) is int and 0 <= positive < n_classes == 2
    require(positive is None or is_code, "the positive class is not the code of one of two classes")


def _check_trained_on(trained_on: Any, used: Mapping[str, str]) -> None:
    if trained_on is None:
        return
    where = "what the model was trained on"
    require(has_keys(trained_on, TRAINED_ON_KEYS), f"{where} does not have the keys {sorted(TRAINED_ON_KEYS)}")
    require(is_count(trained_on["n_rows"]), f"{where} does not count its rows")
    require(trained_on["n_groups"] is None or is_count(trained_on["n_groups"]), f"{where} does not count its groups")
    require(is_text_list(trained_on["group_columns"]), f"the group columns of {where} are not names")
    for key in ("time_column", "weight_column"):
        require(trained_on[key] is None or is_text(trained_on[key]), f"the {key} of {where} is not a name")
    require(type(trained_on["is_date"]) is bool, f"the times of {where} are neither dates nor numbers")
    require(type(trained_on["gap"]) is float, f"the gap of {where} is not a number")
    require(trained_on["latest"] is None or type(trained_on["latest"]) is float, f"the latest of {where} is no number")
    require(isinstance(trained_on["ranges"], dict), f"the ranges of {where} are not a mapping")
    for name, values in trained_on["ranges"].items():
        require(used.get(name) in ("numerical", "date"), f"there is a range of {name!r}, which holds no quantities")
        is_range = has_keys(values, RANGE_KEYS) and is_count(values["n_values"])
        is_range = is_range and all(type(values[key]) is float for key in RANGE_KEYS - {"n_values"})
        require(is_range, f"the range of {name!r} does not have the numbers {sorted(RANGE_KEYS)}")
        is_calendar = used[name] != "date" or all(map(_is_date, (values["least"], values["greatest"])))
        require(is_calendar, f"the range of {name!r} is outside the years 1 to 9999")


def _is_date(seconds: object) -> bool:
    return is_float_between(seconds, FIRST_DATE, LAST_DATE)


def _check_encoders(encoders: Any, used: Mapping[str, str], version: int) -> None:
    require(isinstance(encoders, list) and bool(encoders), "there are no encoders")
    for number, entry in enumerate(encoders):
        where = f"encoder {number}"
        has_trees = version >= TREES_FORMAT and isinstance(entry, dict) and "trees" in entry
        keys = ENCODER_KEYS | ({"trees"} if has_trees else set())
        require(has_keys(entry, keys), f"{where} does not have the keys {sorted(keys)}")
        if has_trees:
            check_trees(entry["trees"], used, where)
        require(is_count(entry["n_encoded"]), f"{where} does not count its columns")
        columns = entry["columns"]
        is_listed = isinstance(columns, list) and all(isinstance(column, dict) for column in columns)
        require(is_listed, f"{where} has no list of columns")
        names = [column.get("column") for column in columns]
        require(names == list(used), f"{where} does not read the schema's columns")
        for index, (column, kind) in enumerate(zip(columns, used.values(), strict=True)):
            checked_encoder(column, kind, f"column {index} of {where}")


def _check_members(members: Any, n_encoders: int, head: object, version: int) -> None:
    require(isinstance(members, list) and bool(members), "there are no networks")
    first = set(members[0]) if isinstance(members[0], dict) else set()
    member_keys = MEMBER_KEYS | (MEAN_KEYS & first if version > 5 else set())
    for number, member in enumerate(members):
        where = f"network {number}"
        require(has_keys(member, member_keys), f"{where} does not have the keys {sorted(member_keys)}")
        encoder, network = member["encoder"], member["network"]
        require(is_count(encoder) and encoder < n_encoders, f"the encoder of {where} is missing")
        keys = _network_keys(network.get("family")) if isinstance(network, dict) else set()
        is_specified = isinstance(network, dict) and NETWORK_KEYS <= set(network) <= keys
        require(is_specified, f"{where} is not specified by {sorted(NETWORK_KEYS)}")
        is_listed = isinstance(network["hidden"], list) and all(map(is_count, network["hidden"]))
        require(is_listed, f"the hidden widths of {where} are not counts")
        require(network["head"] in ("auto", head), f"the head of {where} is not that of the model")
        require(type(member.get("weight", 1.0)) is float, f"the weight of {where} is not a number")
        require(is_count(member.get("fold", 0)), f"the fold of {where} is not a count")
    check_member_weights(member_values(members, "weight"), len(members))
    check_member_folds(member_values(members, "fold"), len(members))


def member_values(members: Sequence[Mapping[str, Any]], key: str) -> tuple[Any, ...] | None:
    """Return the values of a key that all members have, or none of them."""
    return tuple(member[key] for member in members) if key in members[0] else None


def _network_keys(family: object) -> set[str]:
    """Return the keys a network may have; without a family it is a multilayer perceptron."""
    if family is None:
        return NETWORK_KEYS | {"input_dropout"}
    require(is_text(family) and family in FAMILIES, f"the family of networks {family!r} is unknown")
    return {field.name for field in fields(FAMILIES[str(family)].network_type)} | {"family"}


def check_record(record: Any) -> None:
    """Raise ValueError if entries of a record that commands read are invalid; other entries are free."""
    require(isinstance(record, dict), "the record is not a mapping")
    _check_scores(record.get("scores", {}), "the scores")
    for entry, named in (("baselines", "the baseline"), ("class_scores", "the class")):
        by_name = record.get(entry, {})
        require(isinstance(by_name, dict), f"the {entry} are not a mapping")
        for name, scores in by_name.items():
            _check_scores(scores, f"{named} {name!r}")
    _check_comparisons(record.get("comparison", {}))
    gain = record.get("averaging_gain", {})
    is_gain = isinstance(gain, dict) and all(type(value) in (int, float) for value in gain.values())
    require(is_gain, "averaging_gain does not hold numbers")
    for name in ("provenance", "settings", "class_rows"):
        require(isinstance(record.get(name, {}), dict), f"{name} is not a mapping")
    require(all(map(is_count, record.get("class_rows", {}).values())), "class_rows does not hold counts")
    for name in ("n_samples", "n_sampled"):
        require(is_count(record.get(name, 0)), f"{name} is not a count")
    for name in ("members", "audit"):
        entries = record.get(name, [])
        is_listed = isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
        require(is_listed, f"the record's {name} is not a list of mappings")
    members = record.get("members", [])
    for member in members:
        _check_training(member)
    is_counted = all("epochs" in member for member in members) or not any(member.get("timed_out") for member in members)
    require(is_counted, "a network whose training timed out does not count its epochs")


def _check_scores(scores: Any, name: str) -> None:
    require(isinstance(scores, dict), f"{name} is not a mapping of metrics")
    for metric, score in scores.items():
        is_score = isinstance(score, dict) and SCORE_KEYS <= set(score) <= SCORE_KEYS | LATER_SCORE_KEYS
        is_score = is_score and _has_numbers(score) and is_text(score["rows"])
        is_score = is_score and is_count(score.get("n_clusters", 0))
        is_score = is_score and type(score.get("n_effective", 0)) in (int, float)
        require(is_score and is_count(score["n_rows"]), f"{name}: {metric!r} is not a number with an interval")


def _check_comparisons(comparisons: Any) -> None:
    require(isinstance(comparisons, dict), "the comparisons are not a mapping")
    for name, comparison in comparisons.items():
        is_named = isinstance(comparison, dict) and is_text(comparison.get("other"))
        require(is_named, f"the comparison {name!r} does not name the other classifier")
        _check_scores(comparison.get("differences"), f"the comparison {name!r}")


def _has_numbers(score: Mapping[str, Any]) -> bool:
    return all(type(score[key]) in (int, float) for key in ("value", "low", "high"))


def _check_training(member: Mapping[str, Any]) -> None:
    for name in ("epochs", "best_epoch"):
        require(is_count(member.get(name, 0)), f"the {name} of a network is not a count")
    history = member.get("history") or {}
    require(isinstance(history, dict), "the history of a network is not a mapping")
    if history:
        epochs: Any = history.get("epoch")
        is_counted = isinstance(epochs, list) and all(map(is_count, epochs)) and {"epochs", "best_epoch"} <= set(member)
        require(is_counted, "the history of a network has no list of epochs, or the network no count of them")
        is_within = all(1 <= epoch <= member["epochs"] for epoch in epochs)
        has_all = all(isinstance(values, list) and len(values) == len(epochs) for values in history.values())
        require(is_within and has_all, "the history of a network does not match its epochs")
