"""Tables of the corpus give an ONNX graph the numbers that they give the model."""

import warnings

import numpy as np
import pytest
from cases import Accepted
from corpus import CASES
from forms import FORMS
from verdicts import read_case

from demarcate.encoding import TableEncoder
from demarcate.errors import ExportError
from demarcate.inference import NumpyPredictor
from demarcate.nn import Network

onnx_export = pytest.importorskip("demarcate.export.onnx_export", exc_type=ImportError)
pytest.importorskip("onnxruntime")

_MAX_CELLS = 10_000
ACCEPTED = [
    case
    for case in CASES
    if isinstance(case.verdict, Accepted) and sum(len(cells) for _, cells in case.columns) <= _MAX_CELLS
]


def _model(training_set):
    """An untrained network behind encoders that were fitted on the table."""
    schema, parsed, codes = training_set.schema, training_set.parsed, training_set.codes
    encoder = TableEncoder.fit(schema, parsed, np.arange(len(codes)), codes=codes)
    n_classes = len(training_set.classes)
    weight = np.random.default_rng(0).normal(0, 1, (n_classes, encoder.n_encoded)).astype(np.float32)
    state = [(weight, np.zeros(n_classes, dtype=np.float32))]
    return NumpyPredictor(
        schema=schema,
        encoders=(encoder.trained(),),
        encoding=(0,),
        classes=training_set.classes,
        networks=(Network(hidden=()),),
        states=(state,),
        head="softmax",
    )


@pytest.mark.parametrize("case", ACCEPTED[::8], ids=lambda case: case.name)
def test_a_table_has_the_same_probabilities_in_a_graph(case, tmp_path):
    results = (read_case(case, form, tmp_path) for form in FORMS)
    table = next(result for result in results if result is not None)
    model = _model(table.training_set)
    if any(column.kind == "text" for column in model.schema.used):
        with pytest.raises(ExportError, match="cannot read the text"):
            onnx_export.onnx_bytes(model)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check = onnx_export.check_onnx(model, onnx_export.onnx_bytes(model), table.frame)
    assert check.n_rows > len(table.frame)
    assert check.max_difference < 1e-6
