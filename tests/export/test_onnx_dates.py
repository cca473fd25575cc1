"""Dates in a graph are the moments that the reader of tables finds in them."""

import numpy as np
import polars as pl
import pytest

from demarcate.export.onnx_nodes import OnnxNodes
from demarcate.export.onnx_quantities import quantities
from demarcate.tabular import Column

onnxruntime = pytest.importorskip("onnxruntime")


def _seconds(column, cells):
    from onnx import TensorProto, helper

    is_text = isinstance(cells[0], str)
    graph = OnnxNodes(["since"])
    graph.op("Identity", quantities(graph, [column])[0], output="seconds")
    kind = TensorProto.STRING if is_text else TensorProto.DOUBLE
    inputs = [helper.make_tensor_value_info("since", kind, ["rows", 1])]
    outputs = [helper.make_tensor_value_info("seconds", TensorProto.DOUBLE, ["rows", 1])]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    document = graph.document("dates", inputs, outputs)
    session = onnxruntime.InferenceSession(document.SerializeToString(), options)
    array = np.array(cells, dtype=object if is_text else float)[:, np.newaxis]
    return session.run(None, {"since": array})[0].ravel()


@pytest.mark.parametrize(
    "column", [Column("since", "date"), Column("since", "date", missing=("2000-02-29", "unknown"))]
)
def test_text_is_read_as_the_reader_reads_it(column):
    cells = [
        *(
            "1970-01-01",
            "1969-12-31",
            "2000-02-29",
            "1900-02-28",
            "2024-12-31",
            "0001-01-01",
            "9999-12-31",
            "1600-03-01",
        ),
        *("2024-12-31T13:45", "2024-12-31 13:45:07", "2024-12-31T13:45:07.25", "2024-12-31T23:59:59.999999Z", ""),
        *("2024-12-31T13:45:07+00:00", "2024-12-31 23:45-05:30", "0001-01-02T00:00+02:00", "NA", "n/a", " None "),
        *(" 2024-12-31 ", "\t2024-12-31\n", "  ", "2024-02-29T00:00:00.000Z", "1582-10-15 08:09:10"),
    ]
    expected = column.parse_quantities(pl.Series(cells))
    assert not expected.bad.any()
    assert _seconds(column, cells) == pytest.approx(expected.values, abs=1e-4, nan_ok=True)


@pytest.mark.parametrize("cell", ["31.12.2024", "2024-13-01", "2023-02-29", "2024-04-31", "2024-12-31T25:00", "soon"])
def test_other_text_stops_the_graph_with_the_column_and_the_remedy(cell):
    with pytest.raises(Exception, match="Column 'since' needs dates as 2024-12-31"):
        _seconds(Column("since", "date"), ["2024-12-31", cell])


@pytest.mark.parametrize(("date_format", "cell"), [("epoch", 1.7e9), ("epoch_ms", 1.7e12), ("excel", 45_000.25)])
def test_numbers_count_as_in_training(date_format, cell):
    column = Column("since", "date", date_format=date_format)
    cells = [cell, np.nan, 1e300, -1e300, np.inf]
    expected = column.parse_quantities(pl.Series(cells)).values
    assert _seconds(column, cells) == pytest.approx(expected, abs=1e-4, nan_ok=True)
    assert np.isnan(expected[1:]).all()
