import pytest


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "pickle"], "Usage: --to is 'pickle'. Choose one of onnx, web, pytorch, torch-export."),
        (
            ["--to", "onnx", "--out", "m.html"],
            "Usage: --out is 'm.html'. For --to onnx name a .onnx file.",
        ),
        (["--to", "web", "--out", "m.onnx"], "Usage: --out is 'm.onnx'. For --to web name a .html file."),
        (["--to", "onnx", "--runtime", "dist"], "Usage: --runtime is only for --to web. Leave it out."),
        (["--out", "no/such/m.onnx"], "Error: 'no/such' is not a folder."),
        (["--out", ""], "Usage: --out is empty."),
    ],
)
def test_what_cannot_be_exported_is_refused_before_the_work(demarcate, model, arguments, message):
    outcome = demarcate("export", model, *arguments)
    assert outcome.code in (1, 2)
    assert outcome.err.startswith(message)
    assert outcome.out == ""
