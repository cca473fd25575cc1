from datetime import date
from decimal import Decimal

import numpy as np
import orjson
import pytest

from demarcate.serving.answers import answer_kind, json_labels
from demarcate.serving.bodies import ARROW, CSV, JSON, PARQUET
from demarcate.serving.problems import RequestRefusedError


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", CSV),
        ("*/*", CSV),
        ("text/*", CSV),
        ("application/json", JSON),
        ("APPLICATION/JSON", JSON),
        ("application/*", JSON),
        (f"{PARQUET};q=0.5, {ARROW};q=0.8", ARROW),
        ("text/csv;q=0, */*", JSON),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", CSV),
        (f"{CSV};q=many, {JSON}", JSON),
    ],
)
def test_an_answer_is_of_the_kind_that_is_preferred(accept, kind):
    assert answer_kind(accept, CSV) == kind


@pytest.mark.parametrize("accept", ["text/html", "image/*", "application/json;q=0", ",", ";"])
def test_kinds_that_there_are_not_are_refused(accept):
    with pytest.raises(RequestRefusedError) as caught:
        answer_kind(accept, JSON)
    assert caught.value.status == 406


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([0, 1], [0, 1]),
        ([False, True], [False, True]),
        (["no", "yes"], ["no", "yes"]),
        ([0.5, 1.0], [0.5, 1.0]),
        ([2**64, -(2**63)], ["18446744073709551616", -(2**63)]),
        ([date(2024, 2, 29), Decimal("0.10")], ["2024-02-29", "0.10"]),
    ],
)
def test_labels_are_json(labels, expected):
    array = np.empty(len(labels), dtype=object)
    array[:] = labels
    assert json_labels(array) == expected
    assert orjson.loads(orjson.dumps(json_labels(array))) == expected
