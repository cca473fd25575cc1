"""All problems of a table are reported together, of its columns and its labels, by every function and command."""

import polars as pl
import pytest

from demarcate import DemarcateClassifier, Network, audit, diagnose, sweep
from demarcate.errors import InputError
from demarcate.trainingset.read_data import read_training_set

CONSTANT = {"unit": ["mg"] * 6, "batch": [None] * 6}
ONE_CLASS = ["yes"] * 6
NESTED = {"age": [1, 2, 3, 4, 5, 6], "visits": [[1], [2], [3], [4], [5], [6]]}
PARTS = ("2 problems", "No column can tell rows apart", "at least two classes")

WAYS = {
    "DemarcateClassifier": lambda X, y: DemarcateClassifier().fit(X, y),
    "its diagnose": lambda X, y: DemarcateClassifier().diagnose(X, y),
    "diagnose": lambda X, y: diagnose((X, y)),
    "sweep": lambda X, y: sweep((X, y), over={"lr": [0.1, 0.2]}),
    "audit": lambda X, y: audit((X, y)),
    "train": lambda X, y: read_training_set((X, y), [Network()]),
}


def refused(way, X, y):
    with pytest.raises(InputError) as caught:
        WAYS[way](X, y)
    return str(caught.value)


@pytest.mark.parametrize("way", WAYS)
def test_unusable_columns_and_one_class_are_reported_together(way):
    message = refused(way, CONSTANT, ONE_CLASS)
    assert all(words in message for words in PARTS)


@pytest.mark.parametrize("labels", [["a", "b", None, "a", "b", ""], ONE_CLASS, list("abcdef")])
def test_cells_with_lists_and_bad_labels_are_reported_together(labels):
    message = refused("DemarcateClassifier", pl.DataFrame(NESTED), labels)
    assert "Column 'visits' holds values of type List(Int64), not plain values" in message
    assert "2 problems" in message


def test_unknown_column_names_and_one_class_are_reported_together():
    classifier = DemarcateClassifier(drop=["weight"], categorical=["hieght"])
    with pytest.raises(InputError, match="3 problems") as caught:
        classifier.fit({"age": [1, 2, 3, 4, 5, 6]}, ONE_CLASS)
    assert all(words in str(caught.value) for words in ("'weight'", "'hieght'", "at least two classes"))


@pytest.mark.parametrize("command", ["fit", "sweep", "diagnose", "audit"])
@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_commands_report_them_together(command, quiet, tmp_path, run):
    path = tmp_path / "table.csv"
    path.write_text("unit,batch,y\n" + "mg,,yes\n" * 6, encoding="utf-8")
    more = ["--lr", "0.1,0.2"] if command == "sweep" else []
    code, message = run(command, path, "--target", "y", *more, *quiet)
    assert code == 1
    assert all(words in " ".join(message.split()) for words in PARTS)
