"""What stands beside ``model.py``: a script that predicts a table, a test, and what there is to know."""

from demarcate.formatting import counted, visible
from demarcate.inference import NumpyPredictor
from demarcate.inference.decision_rule import decision_rule

PREDICT = '''"""Predict the rows of a CSV file: python predict.py rows.csv --out predictions.csv."""

import argparse
import csv
import sys
from itertools import islice
from pathlib import Path

import model

ROWS_AT_ONCE = 2000


def predict(source, target):
    """Read rows with a header from an open file, and write a prediction and its probabilities for each."""
    rows, out = csv.DictReader(source, strict=True), csv.writer(target)
    out.writerow(["prediction", *(f"probability_{label}" for label in model.CLASSES)])
    network, n_before = model.load(), 0
    while part := list(islice(rows, ROWS_AT_ONCE)):
        try:
            probabilities = network.probabilities(part)
        except ValueError as error:
            sys.exit(f"After row {n_before}: {error}")
        for label, row in zip(model.decide(probabilities), probabilities.tolist()):
            out.writerow(["" if label is None else label, *row])
        n_before += len(part)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", type=Path)
    parser.add_argument("--out", type=Path, help="a CSV file; printed without it")
    arguments = parser.parse_args()
    with arguments.table.open(encoding="utf-8-sig", newline="") as table:
        if arguments.out is None:
            predict(table, sys.stdout)
        else:
            with arguments.out.open("w", encoding="utf-8", newline="") as file:
                predict(table, file)
'''

TEST = '''"""The model gives the probabilities that it had where it was exported: pytest, or python test_model.py."""

import json
from pathlib import Path

import model
import numpy as np

EXPECTED = json.loads((Path(__file__).parent / "expected.json").read_text(encoding="utf-8"))


def test_probabilities_are_those_of_the_exported_model():
    probabilities = model.load().probabilities(EXPECTED["rows"])
    np.testing.assert_allclose(probabilities, EXPECTED["probabilities"], rtol=0, atol=1e-5)


def test_labels_are_those_of_the_exported_model():
    labels = model.decide(np.array(EXPECTED["probabilities"]))
    assert [None if label is None else str(label) for label in labels] == EXPECTED["labels"]


if __name__ == "__main__":
    test_probabilities_are_those_of_the_exported_model()
    test_labels_are_those_of_the_exported_model()
    print(f"{len(EXPECTED['rows'])} rows: the same probabilities and labels")
'''

_README = """# {title}

{networks} in plain PyTorch. It needs `torch` and `numpy`, and no demarcate.

| file | what is in it |
|---|---|
| `model.py` | columns, inputs, networks, probabilities and labels, in five steps |
| `weights.safetensors` | every weight, and every number that the inputs are made with |
| `predict.py` | `python predict.py rows.csv --out predictions.csv` |
| `test_model.py` | `python test_model.py`, or `pytest`: compares with `expected.json` |

```python
import model

network = model.load()
probabilities = network.probabilities([{{...}}])  # rows: mappings of column names to cells, text or values
labels = model.decide(probabilities)  # {rule}
```

`network` is a `torch.nn.Module`. `network.read(rows)` returns tensors of numbers, codes and text inputs, and
`network(*network.read(rows))` the probabilities, so it can be trained further, compiled or exported like any other.

Cells are read as in training: numbers and dates in the format of the training data or in the usual one, categories by
their spelling, empty cells as missing, categories that were never seen as others. A cell in any other format is refused
with its row and column, where demarcate might recognise it. Prediction sets, the spread between networks and warnings
about rows unlike those of the training are demarcate's own.
"""


def readme(model: NumpyPredictor) -> bytes:
    """Return the page about the folder."""
    title = f"A classifier of {visible(repr(model.target))}"
    rule = visible(decision_rule(model))
    return _README.format(title=title, networks=counted(model.n_members, "network"), rule=rule).encode()
