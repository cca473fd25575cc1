import subprocess
import sys

import pytest

from demarcate.errors import BundleError, InputError
from demarcate.serving.model_store import ModelSource, ModelStore
from demarcate.serving.served_model import ServedModel


def served(name, version):
    return ServedModel(name, version, None)


def test_a_name_alone_is_the_newest_version_and_no_name_the_first_model():
    old, new, other = served("heart", "1"), served("heart", "2"), served("lungs", "1")
    store = ModelStore([old, other, new])
    assert store.find() is new
    assert store.find("heart") is new
    assert store.find("heart", "1") is old
    assert store.find("lungs") is other
    assert store.find("heart", "3") is store.find("hart") is None
    assert store.all() == [new, other]
    assert (store.versions("heart"), store.versions("hart")) == (["2", "1"], [])


def test_a_version_of_a_name_stands_once():
    with pytest.raises(InputError, match="Two models are called 'heart' and have the version '1'"):
        ModelStore([served("heart", "1"), served("heart", "1")])


def test_a_file_that_has_an_equals_sign_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a=b.safetensors").touch()
    assert ModelSource.parse("a=b.safetensors") == ModelSource("a=b.safetensors", "a=b")
    assert ModelSource.parse("x=b.safetensors") == ModelSource("b.safetensors", "x")


@pytest.mark.parametrize("text", ["=a.safetensors", "a b=m", "a/b=m", "a@=m", "a@b/c=m", "folder/.safetensors"])
def test_a_name_that_no_address_can_have_is_refused(text):
    with pytest.raises(InputError, match=r"(cannot be a part of an address|has no name)"):
        ModelSource.parse(text)


def test_a_model_is_loaded_with_its_digest_as_its_version(model_files):
    source = ModelSource.parse(str(model_files[0]))
    loaded = source.load()
    assert (loaded.name, loaded.version) == ("moons1", loaded.sha256[:12])
    assert {"coder", "computer"} <= vars(loaded).keys()
    assert source.load(frozenset({loaded.sha256})).sha256 == loaded.sha256
    with pytest.raises(BundleError, match="none of those expected"):
        source.load(frozenset({"0" * 64}))


def test_a_file_that_is_no_model_is_refused(tmp_path):
    path = tmp_path / "bad.safetensors"
    path.write_bytes(b"no model")
    with pytest.raises(BundleError, match=r"'.*bad.safetensors' is not a model"):
        ModelSource.parse(str(path)).load()
    with pytest.raises(BundleError, match="No such file"):
        ModelSource.parse(str(tmp_path / "none.safetensors")).load()


def test_loading_a_model_of_dates_starts_no_thread(date_file):
    # A copy of a process with threads has their locks without them, and may wait for ever.
    program = (
        "import sys; from demarcate.serving.model_store import ModelSource; "
        "model = ModelSource.parse(sys.argv[1]).load().model; "
        "print(*[column.date_format for column in model.schema.columns]); print('polars' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program, date_file], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == [" %d.%m.%Y %d.%m.%Y", "False"]
