import json

import numpy as np
import pytest
import torch
from random_models import random_model

from demarcate.errors import ExportError
from demarcate.export.pytorch_folder import TOLERANCE
from demarcate.export.torch_program import INPUTS_FILE, export_torch_program

pytestmark = pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")  # of rows that are odd on purpose


def test_the_program_takes_any_number_of_rows_and_says_what_its_inputs_are(tmp_path):
    model, _ = random_model(7, n_rows=1, kinds=("numerical", "categorical", "date"))
    path = tmp_path / "model.pt2"
    check = export_torch_program(model, path)
    assert 0 < check.max_difference < TOLERANCE
    files = {INPUTS_FILE: ""}
    program = torch.export.load(path, extra_files=files).module()
    inputs = json.loads(files[INPUTS_FILE])
    assert {each["column"] for each in inputs["numbers"] + inputs["codes"]} == {c.name for c in model.schema.used}
    assert inputs["classes"] == [str(label) for label in model.classes.tolist()]
    # A row whose every cell is missing, and one of the first category and a number.
    missing = [each["missing"] for each in inputs["codes"]]
    codes = torch.tensor([missing, [0] * len(missing), missing], dtype=torch.int64).reshape(3, -1)
    numbers = torch.tensor([[torch.nan], [0.5], [torch.nan]], dtype=torch.float64).expand(3, len(inputs["numbers"]))
    rows = [{column.name: None for column in model.schema.used} for _ in range(3)]
    rows[1] |= {each["column"]: min(each["codes"], key=each["codes"].get) for each in inputs["codes"]}
    rows[1] |= {each["column"]: "1970-01-01T00:00:00.5" if "UTC" in each["unit"] else 0.5 for each in inputs["numbers"]}
    expected = np.concatenate([model.predict_proba([row]) for row in rows])
    for number in (1, 3):
        found = program(numbers[:number], codes[:number])
        np.testing.assert_allclose(found.detach().numpy(), expected[:number], atol=TOLERANCE)


def test_a_model_that_reads_text_is_refused(tmp_path):
    model, _ = random_model(0, n_rows=1, kinds=("text",), odd_names=False)
    with pytest.raises(ExportError, match=r"column 'x1' is text\. Export to pytorch"):
        export_torch_program(model, tmp_path / "model.pt2")
    assert list(tmp_path.iterdir()) == []
