import json
import re
from pathlib import Path

from demarcate import load
from demarcate.bundle.document import to_document
from demarcate.bundle.format import encode

GOLDEN = Path(__file__).parents[1] / "bundle" / "golden" / "format_1.safetensors"


def test_json_is_the_document_of_the_file(demarcate, model):
    outcome = demarcate("inspect", model, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out) == to_document(load(model))[0]


def test_columns_scores_networks_and_origin_are_shown(demarcate, model):
    outcome = demarcate("inspect", model)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"{model} predicts 'target': 0, 1") or "predicts 'target': 0, 1" in " ".join(
        outcome.out.split()
    )
    assert re.search(r"thal +categorical +fixed, normal, reversible", outcome.out)
    assert re.search(r"ROC AUC +\d\.\d{3} \[", outcome.out)
    assert "logistic regression" in outcome.out
    assert re.search(r"networks +2, of [\d,]+ to [\d,]+ parameters", outcome.out)
    assert re.search(r"layers +hidden 8, \w+, dropout 0\.15", outcome.out)
    assert re.search(r"decision +the likelier class", outcome.out)
    assert re.search(r"trained on +303 rows", outcome.out)
    assert re.search(r"made with torch +\d", outcome.out)
    assert re.search(r"seed +0", outcome.out)


def test_a_model_without_scores_or_origin_is_shown(demarcate):
    outcome = demarcate("inspect", GOLDEN)
    assert outcome.code == 0, outcome.err
    assert "disease" in outcome.out
    assert "not used: constant" in " ".join(outcome.out.split())
    assert "Scores" not in outcome.out


def test_words_in_a_model_file_are_printed_as_they_are(demarcate, tmp_path):
    document, tensors = to_document(load(GOLDEN))
    document["target"] = "[red]x[/]"
    document["classes"]["values"] = ["[/]", "\\[b]", "\x1b[31m"]
    document["classes"]["values"].sort()
    document["record"] = {
        "scores": {"accuracy": {"value": 0.5, "low": 0.25, "high": 0.75, "rows": "[blink]", "n_rows": 9}},
        "baselines": {"[bold]": {}},
        "provenance": {"[/nothing]": "[green]"},
    }
    (tmp_path / "m").write_bytes(encode(document, tensors))
    outcome = demarcate("inspect", tmp_path / "m")
    assert outcome.code == 0, outcome.err
    assert "\x1b" not in outcome.out
    for text in ("'[red]x[/]'", "[/]", "\\[b]", "\\x1b[31m", "[blink]", "[bold]", "[/nothing]", "[green]"):
        assert text in outcome.out


def test_an_empty_record_of_scores_is_no_reason_to_fail(demarcate, tmp_path):
    document, tensors = to_document(load(GOLDEN))
    (tmp_path / "m").write_bytes(encode({**document, "record": {"scores": {}, "baselines": {}}}, tensors))
    assert demarcate("inspect", tmp_path / "m").code == 0
