import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

from demarcate import load
from demarcate.bundle.document import to_document
from demarcate.bundle.format import encode

GOLDEN = Path(__file__).parents[2] / "bundle" / "golden" / "format_1.safetensors"


def test_json_is_the_document_of_the_file_and_its_sizes(demarcate, model):
    outcome = demarcate("inspect", model, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    told = json.loads(outcome.out)
    document, tensors = to_document(load(model))
    beside = {name: told.pop(name) for name in ("cost_matrix", "sha256", "sizes")}
    assert told == document
    data = model.read_bytes()
    assert beside["sha256"] == hashlib.sha256(data).hexdigest()
    assert beside["sizes"]["bytes"] == len(data)
    assert beside["sizes"]["header_bytes"] == int.from_bytes(data[:8], "little")
    assert {name: (sizes["dtype"], tuple(sizes["shape"])) for name, sizes in beside["sizes"]["tensors"].items()} == {
        name: (str(tensor.dtype), tensor.shape) for name, tensor in tensors.items()
    }
    members = [[tensor.size for name, tensor in tensors.items() if name.startswith(f"members.{n}.")] for n in range(2)]
    assert beside["sizes"]["parameters"] == [sum(sizes) for sizes in members]


def test_everything_a_model_decides_by_is_shown(demarcate):
    out = " ".join(demarcate("inspect", GOLDEN.with_name("format_3.safetensors")).out.split())
    for words in (
        "hidden 4,2, silu, dropout 0.25, input dropout 0.125 (1 network, 33% of the mean)",
        "encoders 2, of 18 columns each",
        "dose numerical piecewise: 5",
        "decision what costs least, or for none at a cost of 0.92",
        "sévère decided as absent costs 3",
        "temperature 1.75",
        "prediction sets by 8 rows",
        "file format 3, 5,156 bytes, 3,744 of them header, 16 tensors",
    ):
        assert words in out
    matrix = json.loads(demarcate("inspect", GOLDEN.with_name("format_3.safetensors"), "--json").out)["cost_matrix"]
    assert matrix == [[0.0, 1.0, 2.0], [2.0, 0.0, 1.0], [3.0, 2.0, 0.5]]


def test_the_positive_class_and_the_training_rows_are_shown(demarcate):
    out = " ".join(demarcate("inspect", GOLDEN.with_name("format_4.safetensors")).out.split())
    for words in (
        "age numerical 1 29 to 77 numeric",
        "seen date 2019-02-12",
        "positive class mild",
        "trained on 8 rows",
        "groups 4 groups, by 'patient', 'ward'",
        "time 'seen' up to 2022-04-15 05:20:00, labels known 2 days later",
        "weights 'weight'",
    ):
        assert words in out
    told = json.loads(demarcate("inspect", GOLDEN.with_name("format_4.safetensors"), "--json").out)
    assert (told["positive"], told["trained_on"]["n_groups"]) == (1, 4)
    assert told["trained_on"]["ranges"]["age"]["greatest"] == 77.0


def test_nothing_is_built_and_torch_is_not_loaded():
    code = (
        "import sys; from demarcate.cli.app import app\n"
        "try: app(['inspect', sys.argv[1]])\n"
        "finally: print('torch' in sys.modules, file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code, str(GOLDEN)], capture_output=True, text=True, check=True)
    assert "disease" in run.stdout
    assert run.stderr.strip() == "False"


def test_a_damaged_model_is_not_shown(demarcate, tmp_path):
    data = bytearray(GOLDEN.read_bytes())
    data[-1] ^= 1
    (tmp_path / "m").write_bytes(data)
    outcome = demarcate("inspect", tmp_path / "m")
    assert (outcome.code, outcome.out) == (1, "")
    assert "but the header states" in outcome.err


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
