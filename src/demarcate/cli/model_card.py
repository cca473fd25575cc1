"""A model card in Markdown: what a model file records, and blanks for what only a person knows.

Its sections are those of Mitchell et al., 2019, "Model Cards for Model Reporting", https://arxiv.org/abs/1810.03993.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demarcate.bundle.network_kinds import networks_in_words
from demarcate.cli.model_summary import column_values, comparisons, missing_counts, positive_scores, summarize
from demarcate.evaluation.metrics import METRICS
from demarcate.evaluation.positive_scores import positive_in_words
from demarcate.evaluation.scored_rows import few_scored_rows
from demarcate.evaluation.scores import scores_from_json
from demarcate.formatting import counted, listed, plain_text, visible

if TYPE_CHECKING:
    from demarcate.bundle.model_spec import ModelSpec
    from demarcate.bundle.read_model import ModelFile

TO_FILL_IN = "_[to fill in: {}]_"
"""A blank."""
_SPECIAL = re.compile(r"[\\`*_<>|#]|\](?=\()")
"""Characters that Markdown takes for more than themselves."""
_IN_USE = ("decision", "positive class", "costs", "temperature", "prediction sets")
_IN_DATA = ("trained on", "split", "rows of classes", "groups", "time", "weights", "training", "sample", "data_sha256")
_IN_MODEL = ("file", "sha256", "seed")
"""The facts of `summarize` that a section shows."""
_TITLES = {"data_sha256": "SHA-256 of the data", "sha256": "SHA-256 of the file"}


def model_card(path: str, file: "ModelFile") -> str:
    """Return the card of a model file, read from ``path``."""
    spec, facts = file.spec, summarize(file)
    sections = (
        ("Model", _model(spec, facts)),
        ("Intended use", _use(spec, facts)),
        ("Training data", _data(spec, facts)),
        ("Scores", _scores(spec)),
        ("Limits", _limits(spec)),
        ("Ethical considerations", _ethics()),
    )
    lines = [f"# Model card: {_text(Path(path).name)}"]
    for title, section in sections:
        lines += ["", f"## {title}", "", *section]
    return "\n".join(lines)


def _model(spec: "ModelSpec", facts: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield f"- Predicts: {_text(spec.target)}, one of {_labels(spec)}"
    yield f"- Model: the mean of {_text(networks_in_words(spec))}"
    for name, text in facts:
        if name in _IN_MODEL or name.startswith("made with"):
            yield f"- {_title(name)}: {_text(text)}"
    yield _blank("Version and date", "number and day of this model, and what changed since the one before")
    yield _blank("Owner", "who answers for it, and how to reach them")
    yield _blank("Licence", "on what terms it may be used")


def _use(spec: "ModelSpec", facts: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield _blank("Purpose", f"what a prediction of {plain_text(spec.target)} is for, and what is done with it")
    yield _blank("Users", "who reads the predictions, and what they need to know to read them")
    yield _blank("Out of scope", "what it must not be used for, and for whom")
    yield from _facts(facts, _IN_USE)


def _data(spec: "ModelSpec", facts: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield _blank("Source", "where the rows come from, when and how they were collected, and who labelled them")
    yield _blank("Rights", "on what grounds the data may be used, and how people in them agreed")
    yield from _facts(facts, _IN_DATA)
    values, missing = column_values(spec), missing_counts(spec)
    rows = [
        (column.name, column.kind, values[column.name], f"{missing[column.name]:,}" if column.name in missing else "")
        for column in spec.schema.used
    ]
    rows += [(column.name, column.kind, f"not used: {column.dropped}", "") for column in spec.schema.dropped]
    yield ""
    yield from _table(("column", "kind", "values in training", "missing"), rows)
    if any(column.name not in missing for column in spec.schema.used):
        yield ""
        yield "Missing cells are counted of numbers and dates; the file keeps no count of others."


def _scores(spec: "ModelSpec") -> Iterator[str]:
    if not spec.record.get("scores"):
        yield _blank("Scores", "how it does on rows that it was not trained on: demarcate evaluate")
        return
    scores = scores_from_json(spec.record["scores"])
    baselines = {name: scores_from_json(values) for name, values in spec.record.get("baselines", {}).items()}
    yield f"On {next(iter(scores.values())).rows_in_words}, with 95% intervals:"
    yield ""
    models = {"this model": scores, **{name.replace("_", " "): values for name, values in baselines.items()}}
    rows = [
        (metric.label, *(str(model.get(name, "")) for model in models.values()))
        for name, metric in METRICS.items()
        if name in scores
    ]
    yield from _table(("", *models), rows)
    yield ""
    yield from (f"- {_text(str(each))}" for each in comparisons(spec))
    if spec.positive is not None and (of_class := positive_scores(spec)):
        yield f"- {_text(positive_in_words(spec.classes.tolist()[spec.positive], of_class))}"
    yield _blank("Other rows", "scores on rows of another place or time: demarcate evaluate")
    yield _blank("Groups of people", "scores for each group that a mistake could harm, with their intervals")


def _limits(spec: "ModelSpec") -> Iterator[str]:
    yield from (f"- {_text(str(each))}" for each in comparisons(spec) if each.verdict == "worse")
    yield "- The scores hold for rows like the training rows. Rows outside their values are predicted, with a warning."
    findings = spec.record.get("audit", [])
    texts = [text for finding in findings if isinstance(text := finding.get("text", finding.get("message")), str)]
    if texts:
        yield from (f"- The audit of the training rows found: {_text(text)}" for text in texts)
    elif "audit" in spec.record:
        yield f"- The audit of the training rows found {counted(len(findings), 'problem') if findings else 'nothing'}."
    counts = spec.record.get("class_rows", {})
    labels = spec.classes.tolist()
    if counts and (note := few_scored_rows(labels, [counts.get(str(label), 0) for label in labels])):
        yield f"- {_text(note)}"
    unused = [column.name for column in spec.schema.dropped]
    if unused:
        yield f"- It does not read {counted(len(unused), 'column')}: {_text(listed(unused))}."
    if spec.conformal is None:
        yield "- It has no prediction sets."
    yield _blank("Known failures", "rows that it gets wrong, and what to do with them")
    yield _blank("Monitoring", "how it is noticed that new rows differ, and when it is trained again")


def _ethics() -> Iterator[str]:
    yield _blank("Harm", "what a wrong prediction does, to whom, and who can correct it")
    yield _blank("Sensitive columns", "which columns are, or stand for, what must not decide")


def _facts(facts: Sequence[tuple[str, str]], names: Sequence[str]) -> Iterator[str]:
    texts: Mapping[str, str] = dict(facts)
    for name in names:
        if name in texts:
            yield f"- {_title(name)}: {_text(texts[name])}"


def _title(name: str) -> str:
    return _TITLES.get(name, f"{name[0].upper()}{name[1:]}")


def _labels(spec: "ModelSpec") -> str:
    return _text(listed([plain_text(label) for label in spec.classes.tolist()]))


def _blank(name: str, what: str) -> str:
    return f"- {name}: {TO_FILL_IN.format(_text(what))}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    for cells in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(cell if cell == '---' else _text(cell) for cell in cells)} |"


def _text(text: str) -> str:
    """Return text as Markdown shows it literally, on one line."""
    return _SPECIAL.sub(r"\\\g<0>", visible(text))
