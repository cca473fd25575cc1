import shutil

import pytest

from demarcate.errors import BundleError, InputError
from demarcate.serving.model_store import ModelSource
from demarcate.serving.request_log import ServiceLog
from demarcate.serving.service_files import ServiceFiles
from demarcate.serving.service_settings import ServiceSettings

TOKENS = ("the-first-token-of-16", "the-other-token-of-16")


@pytest.fixture
def log():
    class Lines(ServiceLog):
        def _write(self, facts, words):
            self.lines.append((facts["event"], facts["text"]))

    lines = Lines(descriptor=-1)
    lines.lines = []
    return lines


@pytest.fixture
def replace(tmp_path):
    """Puts another file in the place of one, atomically."""

    def put(path, content):
        other = tmp_path / "new"
        if isinstance(content, bytes):
            other.write_bytes(content)
        else:
            shutil.copy(content, other)
        other.replace(path)

    return put


@pytest.fixture
def model(tmp_path, model_files):
    return shutil.copy(model_files[0], tmp_path / "moons.safetensors")


def test_a_new_model_is_loaded_beside_the_old_one(model, model_files, replace, log):
    files = ServiceFiles([ModelSource.parse(str(model))], ServiceSettings())
    before = files.loaded
    assert not files.refresh(log)
    replace(model, model_files[1])
    assert files.refresh(log)
    old, new = before.models.find(), files.loaded.models.find()
    assert (old.name, old.sha256 != new.sha256) == (new.name, True)
    assert log.lines == [
        ("loaded", f"Version {new.version} of 'moons' takes the place of {old.version} once it answers.")
    ]
    assert not files.refresh(log)


def test_a_new_model_of_other_columns_is_served_with_a_warning(model, date_file, replace, log):
    files = ServiceFiles([ModelSource.parse(str(model))], ServiceSettings())
    replace(model, date_file)
    assert files.refresh(log)
    loaded, (event, text) = log.lines
    assert (loaded[0], event) == ("loaded", "changed contract")
    assert "needs the new columns 'age', 'seen'" in text
    assert "reads no more the columns 'x1', 'x2'" in text
    assert "has the new classes 'high', 'low'" in text


def test_a_bad_model_is_refused_once_and_the_old_one_goes_on(model, model_files, replace, log):
    files = ServiceFiles([ModelSource.parse(str(model))], ServiceSettings())
    before = files.loaded.models.find()
    replace(model, b"no model")
    assert not files.refresh(log)
    assert not files.refresh(log)
    ((event, text),) = log.lines
    assert event == "refused"
    assert text.endswith(f"Version {before.version} of 'moons' goes on.")
    model.unlink()
    assert not files.refresh(log)
    assert files.loaded.models.find() is before
    shutil.copy(model_files[1], model)
    assert files.refresh(log)


def test_the_same_file_again_is_no_other(model, model_files, replace, log):
    files = ServiceFiles([ModelSource.parse(str(model))], ServiceSettings())
    replace(model, model_files[0])
    assert not files.refresh(log)
    assert not files.refresh(log, everything=True)


def test_one_of_several_models_is_replaced_alone(model, model_files, replace, log):
    other = str(model_files[1])
    files = ServiceFiles([ModelSource.parse(str(model)), ModelSource(other, "other")], ServiceSettings())
    kept = files.loaded.models.find("other")
    replace(model, model_files[1])
    assert files.refresh(log)
    assert files.loaded.models.find("other") is kept


def test_a_new_file_needs_an_expected_digest(model, model_files, replace, log):
    digest = ServiceFiles([ModelSource.parse(str(model))], ServiceSettings()).loaded.models.find().sha256
    files = ServiceFiles([ModelSource.parse(str(model))], ServiceSettings(sha256=frozenset({digest})))
    replace(model, model_files[1])
    assert not files.refresh(log)
    assert "which is none of those expected" in log.lines[0][1]


def test_tokens_are_replaced_while_the_service_runs(model, tmp_path, replace, log):
    path = tmp_path / "token"
    path.write_text(TOKENS[0])
    files = ServiceFiles([ModelSource.parse(str(model))], ServiceSettings(token_file=str(path)))
    assert files.loaded.tokens.admits(TOKENS[0])
    replace(path, f"{TOKENS[0]}\n{TOKENS[1]}".encode())
    assert files.refresh(log)
    assert files.loaded.tokens.admits(TOKENS[1])
    replace(path, b"")
    assert not files.refresh(log)
    assert files.loaded.tokens.admits(TOKENS[1])
    assert log.lines[0][1].endswith("What was loaded before goes on.")


def test_files_that_cannot_be_used_are_refused_at_the_start(model, tmp_path):
    source = ModelSource.parse(str(model))
    with pytest.raises(BundleError):
        ServiceFiles([ModelSource.parse(str(tmp_path / "none"))], ServiceSettings())
    with pytest.raises(InputError, match=r"The token file .* could not be read"):
        ServiceFiles([source], ServiceSettings(token_file=str(tmp_path / "none")))
    with pytest.raises(InputError, match="and its key could not be used"):
        ServiceFiles([source], ServiceSettings(tls_cert=str(model), tls_key=str(model)))
