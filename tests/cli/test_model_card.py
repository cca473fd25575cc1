import re
from dataclasses import replace
from pathlib import Path

import pytest

from demarcate.bundle import inspect_bundle
from demarcate.bundle.format import decode, encode
from demarcate.bundle.read_model import parse_model_file
from demarcate.cli.model_card import model_card
from demarcate.tabular import Column, Schema

WORSE = {
    "other": "logistic regression",
    "verdict": "worse",
    "differences": {"log_loss": {"value": 0.1, "low": 0.01, "high": 0.2, "rows": "test", "n_rows": 50}},
}

GOLDEN = Path(__file__).parents[1] / "bundle" / "golden"
SECTIONS = ["Model", "Intended use", "Training data", "Scores", "Limits", "Ethical considerations"]


@pytest.fixture
def file_with():
    """A golden model file with another record."""

    def made(record):
        document, tensors = decode((GOLDEN / "format_4.safetensors").read_bytes())
        return parse_model_file(encode({**document, "record": record}, tensors))

    return made


@pytest.mark.parametrize("version", range(1, 7))
def test_every_model_file_has_a_card_with_all_sections_and_blanks(version):
    path = GOLDEN / f"format_{version}.safetensors"
    card = model_card(str(path), inspect_bundle(path))
    assert re.findall("^## (.*)$", card, re.MULTILINE) == SECTIONS
    assert card.startswith(f"# Model card: format\\_{version}.safetensors\n")
    assert card.count("_[to fill in: ") >= 10
    assert len({line.count(" | ") for line in card.split("\n") if line.startswith("| ")}) <= 2


def test_it_tells_what_the_file_records():
    path = GOLDEN / "format_4.safetensors"
    card = model_card(str(path), file := inspect_bundle(path))
    for line in (
        "- Predicts: disease, one of absent, mild",
        "- Positive class: mild",
        "- Costs: mild decided as absent costs 3, mild decided as mild costs 0.5",
        "- Groups: 4 groups, by 'patient', 'ward'",
        "| age | numerical | 29 to 77 | 1 |",
        "| unit | categorical | not used: constant: every cell is 'mg' |  |",
        f"- SHA-256 of the file: {file.sha256}",
        "- It does not read 1 column: unit.",
    ):
        assert line in card.split("\n")


def test_scores_stand_beside_those_of_simple_rules_with_their_intervals(demarcate, model):
    card = demarcate("inspect", model, "--card").out
    assert "rows, with 95% intervals:" in card
    assert re.search(r"^\|  \| this model \| .*logistic regression", card, re.MULTILINE)
    assert re.search(r"^\| accuracy \| 0\.\d+ \[0\.\d+, [01]\.\d+\] \|", card, re.MULTILINE)
    assert "- The audit of the training rows found" in card


def test_a_model_that_is_worse_than_a_simple_rule_says_so_beside_its_scores_and_among_its_limits(file_with):
    share = {"value": 0.7, "low": 0.5, "high": 0.8, "rows": "test", "n_rows": 50}
    record = {
        "scores": WORSE["differences"],
        "comparison": {"logistic_regression": WORSE},
        "class_scores": {"mild": {"recall": share, "precision": share}},
    }
    card = model_card("m", file_with(record))
    scores, limits = (card.split(f"## {section}\n")[1].split("## ")[0] for section in ("Scores", "Limits"))
    sentence = "- Worse than logistic regression: log loss higher by 0.100 [0.010, 0.200] on the same rows.\n"
    assert sentence in scores
    assert sentence in limits
    words = "70% [50, 80] are found; of the rows predicted as 'mild' 70% [50, 80] are 'mild'.\n"
    assert f"- Of the 'mild' rows {words}" in scores
    better = {**WORSE, "differences": {"log_loss": {**WORSE["differences"]["log_loss"], "value": -0.1, "low": -0.2}}}
    better["differences"]["log_loss"]["high"] = -0.01
    card = model_card("m", file_with({**record, "comparison": {"logistic_regression": better}}))
    assert card.count("than logistic regression") == 1


def test_text_of_a_file_is_shown_as_it_is_and_is_no_markup():
    path = GOLDEN / "format_1.safetensors"
    file = inspect_bundle(path)
    column = Column("a|b", "categorical", categories=("<b>x</b>", "[y](z)", "two\nlines"))
    spec = replace(file.spec, schema=Schema((column,)), target="*t*")
    card = model_card("m", replace(file, spec=spec))
    (row,) = (line for line in card.split("\n") if line.startswith("| a"))
    assert row.startswith(r"| a\|b | categorical | \<b\>x\</b\>, [y\](z), two")
    assert "two\nlines" not in card
    assert r"- Predicts: \*t\*, one of" in card


def test_a_card_is_no_json(demarcate, model):
    outcome = demarcate("inspect", model, "--card", "--json")
    assert outcome.code == 2
    assert outcome.err == "Usage: --card is Markdown, and --json is JSON. Leave one of them out.\n"
