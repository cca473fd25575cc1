import json

import numpy as np
import polars as pl
import pytest

from demarcate.cli import prediction_format
from demarcate.cli.prediction_format import Predictions

CLASSES = np.array(["a", "b"])
PARTS = [
    Predictions("y", CLASSES, CLASSES[[0, 1]], np.array([[0.75, 0.25], [0.5, 0.5]])),
    Predictions("y", CLASSES, CLASSES[[1]], np.array([[0.125, 0.875]])),
]


def shown(sink, capsys, parts=PARTS):
    with sink:
        for part in parts:
            sink.add(part)
        assert capsys.readouterr().out == ""
        sink.finish()
    return capsys.readouterr().out


@pytest.fixture(params=[1 << 24, 1], ids=["in memory", "in a file"], autouse=True)
def _room(request, monkeypatch):
    monkeypatch.setattr(prediction_format, "_IN_MEMORY", request.param)


def test_csv_has_one_header_and_all_rows_once_it_is_finished(capsys):
    assert shown(prediction_format.PrintedCsv(), capsys) == pl.concat([part.as_table() for part in PARTS]).write_csv()


def test_json_is_one_object(capsys):
    report = json.loads(shown(prediction_format.PrintedJson(), capsys))
    assert report == {"target": "y", "predictions": [row for part in PARTS for row in part.json_rows()]}


def test_words_are_those_of_the_row(capsys):
    assert shown(prediction_format.PrintedWords(), capsys, PARTS[1:]) == PARTS[1].in_words() + "\n"


def test_json_never_holds_what_is_not_a_number():
    bad = Predictions("y", CLASSES, CLASSES[:1], np.array([[np.nan, 0.5]]))
    with prediction_format.PrintedJson() as sink, pytest.raises(ValueError, match="JSON"):
        sink.add(bad)


def test_without_a_standard_output_nothing_is_printed(monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    with prediction_format.PrintedCsv() as sink:
        sink.add(PARTS[0])
        sink.finish()
