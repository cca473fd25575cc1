import numpy as np

from demarcate.report.sections.section import as_json


def test_json_values_have_no_nan_and_no_arrays():
    values = {"a": float("nan"), "b": np.array([1.0, np.inf]), 3: ("x",), "rows": np.int64(3)}
    assert as_json(values) == {"a": None, "b": [1.0, None], "3": ["x"], "rows": 3}
