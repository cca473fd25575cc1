from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
import torch

from demarcate.presentation import brief_repr
from demarcate.presentation.brief import brief


@brief_repr
@dataclass
class Holder:
    value: object


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (0.1 + 0.2, "0.3"),
        ("heart", "'heart'"),
        (np.zeros((3, 4), dtype=np.float32), "float32 (3, 4)"),
        (torch.zeros(5, dtype=torch.int64), "int64 (5,)"),
        (pl.DataFrame({"a": [1, 2]}), "DataFrame (2, 1)"),
        (np.float64(0.25), "0.25"),
        ((16, 16), "(16, 16)"),
        ((16,), "(16,)"),
        (range(1000), "range(0, 1000)"),
        (tuple(range(1000)), "1,000 of int"),
        ([1, "a", None, 2.0, 3], "5 items"),
        ({"lr": 0.01}, "{'lr': 0.01}"),
        ({str(number): number for number in range(100)}, "100 of int"),
        ((np.zeros(9), np.zeros(9)), "(float64 (9,), float64 (9,))"),
        ({1, 2, 3, 4, 5, 6}, "6 of int"),
        (np.argsort, "argsort"),
    ],
)
def test_a_value_is_shown_by_what_it_is_and_how_much_there_is(value, text):
    assert brief(value) == text


def test_objects_in_objects_end_where_they_become_long():
    nested = Holder(Holder(Holder(Holder(Holder("a")))))
    for _ in range(50):
        nested = Holder(nested)
    assert repr(Holder("a")) == "Holder(value='a')"
    assert len(repr(nested)) <= 80


def test_text_from_outside_stays_on_one_line_and_short():
    text = repr(Holder("\x1b[31m\n" + "x" * 500))
    assert "\n" not in text
    assert "\x1b" not in text
    assert len(text) < 100
