"""What the record in a model file must be like for the commands that read it; whatever else it holds is free."""

from collections.abc import Mapping
from typing import Any

from demarcate.bundle.rules import are_keys, is_count, is_text, require

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
