"""The benchmark of exports runs, and says what differs."""

import argparse

import numpy as np
import pytest

from benchmarks import exports


@pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")
def test_formats_are_compared_and_what_they_refuse_is_counted(capsys):
    arguments = argparse.Namespace(schemas=4, rows=20, first=0, formats=["onnx", "pytorch"], kinds=exports.KINDS)
    results = exports.main(arguments)
    assert results["pytorch"].n_rows == 80
    assert results["onnx"].n_models + results["onnx"].n_refused == 4
    assert all(result.largest < exports.TOLERANCE and not result.seeds for result in results.values())
    assert "| pytorch | 4 | 0 | 80 |" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")
def test_other_probabilities_and_labels_are_reported():
    question = exports.Question.of(0, 5, exports.KINDS)
    result = exports.Result()
    result.add(question, (np.roll(question.probabilities, 1, axis=1), [99] * 5))
    assert result.largest > exports.TOLERANCE
    assert (result.n_labels, result.seeds) == (5, [0])
