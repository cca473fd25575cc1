"""The rules themselves; model files that break them are tested in test_document.py."""

import json
import struct
from pathlib import Path

import pytest

from demarcate.bundle.document_rules import FORMAT_1_KEYS, check_document

GOLDEN = Path(__file__).parent / "golden" / "format_1.safetensors"


@pytest.fixture
def document():
    data = GOLDEN.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["demarcate"])


def test_what_was_saved_is_taken(document):
    check_document(document)


@pytest.mark.parametrize("key", sorted(FORMAT_1_KEYS))
def test_every_key_is_needed(document, key):
    del document[key]
    with pytest.raises(ValueError, match=rf"keys \['{key}'\] are missing or unknown"):
        check_document(document)


def test_no_other_key_is_taken(document):
    with pytest.raises(ValueError, match=r"keys \['hook'\] are missing or unknown"):
        check_document({**document, "hook": "os.system"})


def test_format_2_has_two_more_keys(document):
    check_document({**document, "format_version": 2, "costs": None, "conformal": None})
    with pytest.raises(ValueError, match=r"keys \['conformal', 'costs'\] are missing or unknown"):
        check_document({**document, "format_version": 2})
    with pytest.raises(ValueError, match=r"keys \['costs'\] are missing or unknown"):
        check_document({**document, "costs": None})


def test_format_4_has_two_more_keys_than_2_and_3(document):
    later = {**document, "format_version": 4, "costs": None, "conformal": None}
    check_document({**later, "positive": None, "trained_on": None})
    with pytest.raises(ValueError, match=r"keys \['positive', 'trained_on'\] are missing or unknown"):
        check_document(later)


@pytest.mark.parametrize(
    "record",
    [
        {"scores": {"accuracy": {"value": 0.5, "low": 0.4, "high": 0.6, "rows": "test", "n_rows": 9}}},
        {"scores": {}, "baselines": {"majority": {}}, "provenance": {"seed": 3}, "n_samples": 0},
        {"anything": ["else"]},
    ],
)
def test_a_record_may_hold_more_than_commands_read(document, record):
    check_document({**document, "record": record})


@pytest.mark.parametrize(
    "record",
    [
        [],
        {"scores": []},
        {"scores": {"accuracy": 0.5}},
        {"class_scores": {"ill": {"recall": 0.5}}},
        {"class_scores": ["ill"]},
        {"comparison": ["majority"]},
        {"comparison": {"majority": {"differences": {}}}},
        {"comparison": {"majority": {"other": "the majority class"}}},
        {"comparison": {"majority": {"other": "the majority class", "differences": {"log_loss": 0.1}}}},
        {"scores": {"accuracy": {"value": "0.5", "low": 0.4, "high": 0.6, "rows": "test", "n_rows": 9}}},
        {"scores": {"accuracy": {"value": 0.5, "low": 0.4, "high": 0.6, "rows": 3, "n_rows": 9}}},
        {"scores": {"accuracy": {"value": 0.5, "low": 0.4, "high": 0.6, "rows": "test", "n_rows": -1}}},
        {"scores": {"accuracy": {"value": 0.5, "low": 0.4, "high": 0.6, "rows": "test"}}},
        {"baselines": {"majority": None}},
        {"averaging_gain": [0.1]},
        {"averaging_gain": {"log_loss": "less"}},
        {"provenance": "unknown"},
        {"n_samples": True},
        {"class_rows": {"a": "many"}},
        {"settings": []},
        {"audit": [1]},
        {"members": {}},
        {"members": [{"epochs": -1}]},
        {"members": [{"timed_out": True, "epochs": 3}, {}]},
        {"members": [{"history": [1.0]}]},
        {"members": [{"history": {"train_loss": [1.0]}, "epochs": 1, "best_epoch": 1}]},
        {"members": [{"history": {"epoch": [1, 9]}, "epochs": 3, "best_epoch": 1}]},
        {"members": [{"history": {"epoch": [1], "train_loss": [1.0, 0.5]}, "epochs": 3, "best_epoch": 1}]},
    ],
)
def test_what_commands_read_in_a_record_is_what_they_expect(document, record):
    with pytest.raises(ValueError, match=r"not|count"):
        check_document({**document, "record": record})
