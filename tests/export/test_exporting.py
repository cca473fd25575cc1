import re
import subprocess
import sys

import pytest

import demarcate
from demarcate.errors import SettingError
from demarcate.export import FORMATS
from demarcate.export.exporting import with_arrays
from demarcate.inference import NumpyPredictor


@pytest.fixture(scope="module")
def classifier():
    X, y = demarcate.datasets.moons(n_samples=60)
    return demarcate.DemarcateClassifier(preset="fast", hidden=(4,), epochs=2, n_folds=2).fit(X, y)


def test_a_classifier_a_predictor_and_a_file_are_one_model(classifier, tmp_path):
    classifier.save(tmp_path / "moons.safetensors")
    table = {"x1": [0.5, 1.5], "x2": [0.0, None]}
    expected = classifier.predictor_.predict_proba(table)
    models = (classifier, classifier.predictor_, tmp_path / "moons.safetensors", str(tmp_path / "moons.safetensors"))
    for model in models:
        arrays = with_arrays(model)
        assert isinstance(arrays, NumpyPredictor)
        assert arrays.predict_proba(table) == pytest.approx(expected, abs=1e-6)
        assert with_arrays(arrays) is arrays


@pytest.mark.parametrize("model", [3, None, demarcate.DemarcateClassifier()])
def test_what_is_no_fitted_model_is_refused(model):
    with pytest.raises(
        SettingError, match=r"^model must be a fitted classifier, a loaded model or the path of a model"
    ):
        demarcate.export_model(model, "m.onnx")


@pytest.mark.parametrize("to", ["onnx", "web"])
def test_a_missing_package_is_one_sentence(to, classifier, monkeypatch):
    monkeypatch.setattr("demarcate.export.export_formats.find_spec", {"onnx": "a package"}.get)
    words = "needs onnxruntime, which is not installed. Run python -m pip install 'demarcate[export]'."
    with pytest.raises(SettingError, match=re.escape(f"{to} {words}")):
        demarcate.export_model(classifier, f"m{FORMATS[to].ending}", to=to)


@pytest.mark.parametrize(("to", "path"), [("onnx", "m.pt2"), ("web", "m"), ("torch-export", "m.onnx")])
def test_a_file_of_another_ending_is_refused(to, path, classifier):
    with pytest.raises(SettingError, match=f"^path is '{path}'. For to='{to}' name a {FORMATS[to].ending} file.$"):
        demarcate.export_model(classifier, path, to=to)


def test_an_unknown_format_is_refused_with_those_there_are(classifier):
    with pytest.raises(SettingError, match=f"^to must be one of {', '.join(FORMATS)}, got 'pickle'$"):
        demarcate.export_model(classifier, "m.pickle", to="pickle")


def test_a_model_file_is_exported_without_torch(classifier, web_runtime, tmp_path):
    """To a graph, and to a page, which has a graph inside."""
    classifier.save(tmp_path / "moons.safetensors")
    program = f"""
import sys
sys.modules["torch"] = None
import demarcate
print(demarcate.export_model("moons.safetensors", "moons.onnx").n_rows)
print(demarcate.export_model("moons.safetensors", "moons.html", to="web", runtime={str(web_runtime)!r}).n_rows)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    of_graph, of_page = map(int, done.stdout.split())
    assert of_graph == of_page > 100
