import re

import pytest

from demarcate.errors import SettingError
from demarcate.export.web_runtime import BINARY, MODULE, PACKAGE, WebRuntime, find_runtime


def test_a_module_becomes_a_script_that_exports_nothing(web_runtime):
    found = WebRuntime.of(web_runtime, "runtime")
    assert re.search(r"^globalThis\.runtime=\{InferenceSession:\w+,Tensor:\w+,env:\w+\};$", found.script, re.MULTILINE)
    assert not re.search(r"\bexport\s*\{", found.script)
    assert found.binary.startswith(b"\0asm")


@pytest.mark.parametrize("text", ["", "export{a as Tensor};", "export default 3;", "export{a as env,b as Tensor}; f()"])
def test_another_module_is_refused(text, tmp_path):
    (tmp_path / BINARY).write_bytes(b"")
    (tmp_path / MODULE).write_text(text)
    with pytest.raises(SettingError, match=r"does not export InferenceSession, Tensor, env\. Use onnxruntime-web of"):
        WebRuntime.of(tmp_path, "runtime")


@pytest.mark.parametrize("name", [MODULE, BINARY])
def test_a_folder_without_a_file_is_refused_at_both_doors(name, tmp_path):
    for file in {MODULE, BINARY} - {name}:
        (tmp_path / file).write_text("")
    with pytest.raises(
        SettingError, match=rf"has no {name} .* npm install onnxruntime-web, .* \(runtime in Python\)\."
    ):
        WebRuntime.of(tmp_path, "runtime")


def test_the_package_is_found_in_this_folder_beside_the_page_and_above(tmp_path, monkeypatch):
    here, there = tmp_path / "here", tmp_path / "there" / "deep"
    here.mkdir()
    there.mkdir(parents=True)
    monkeypatch.chdir(here)
    with pytest.raises(SettingError, match=r"^web needs the npm package onnxruntime-web, which is not here\. Run npm"):
        find_runtime(None, there)
    (tmp_path / "there" / PACKAGE).mkdir(parents=True)
    assert find_runtime(None, there) == tmp_path / "there" / PACKAGE
    (here / PACKAGE).mkdir(parents=True)
    assert find_runtime(None, there) == here / PACKAGE
    assert find_runtime("elsewhere", there).name == "elsewhere"
