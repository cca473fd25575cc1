import errno
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from demarcate import DemarcateClassifier, load
from demarcate.bundle import inspect_bundle
from demarcate.bundle.read_model import parse_model_file, read_bytes, read_model_file
from demarcate.errors import BundleError, SettingError

GOLDEN = Path(__file__).parent / "golden" / "format_4.safetensors"
SHA256 = hashlib.sha256(GOLDEN.read_bytes()).hexdigest()
READERS = [load, DemarcateClassifier.load, inspect_bundle, read_model_file]


def read(reader, path, sha256):
    return reader(path, sha256) if reader is read_model_file else reader(path, expect_sha256=sha256)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("sha256", [SHA256, SHA256.upper(), None])
def test_the_expected_file_is_read(reader, sha256):
    assert read(reader, GOLDEN, sha256) is not None


@pytest.mark.parametrize("reader", READERS)
def test_another_file_is_refused_before_it_is_parsed(reader, tmp_path):
    (tmp_path / "m").write_bytes(b"not a model")
    with pytest.raises(BundleError, match=rf"'.*m' is not a model .*has the SHA-256 .*, but {SHA256} is expected"):
        read(reader, tmp_path / "m", SHA256)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("sha256", ["", "abc", SHA256 + "0", SHA256[:-1] + "g", 7, b"0" * 64])
def test_a_value_that_is_no_sha256_is_a_wrong_setting(reader, sha256):
    with pytest.raises(SettingError, match="A SHA-256 has 64 hexadecimal digits; got"):
        read(reader, "no-such-file", sha256)


def test_a_model_file_knows_its_sizes_and_copies_nothing():
    data = GOLDEN.read_bytes()
    file = parse_model_file(data)
    assert file.sha256 == SHA256
    assert file.n_header_bytes == int.from_bytes(data[:8], "little")
    assert file.document["target"] == file.spec.target == "disease"
    assert all(not tensor.flags.owndata and not tensor.flags.writeable for tensor in file.tensors.values())


def test_a_loaded_predictor_keeps_none_of_the_file_in_memory():
    predictor = load(GOLDEN)
    arrays = [predictor.conformal.truths, predictor.costs.matrix, predictor.encoders[0].encoders[4].edges]
    arrays.append(predictor.trained_on.groups)
    assert all(array.flags.owndata for array in arrays)


def test_validation_needs_no_torch():
    code = "import sys, demarcate.bundle as b; b.inspect_bundle(sys.argv[1]); print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code, str(GOLDEN)], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def raises(error):
    def fail(*arguments, **settings):
        raise error

    return fail


class TestReadBytes:
    @pytest.fixture
    def path(self, tmp_path):
        (tmp_path / "model.safetensors").write_bytes(b"old")
        return tmp_path / "model.safetensors"

    @pytest.mark.parametrize("as_path", [Path, str])
    def test_a_file_is_read_whole(self, path, as_path):
        assert read_bytes(as_path(path), 3) == b"old"

    def test_an_empty_file_is_read(self, tmp_path):
        (tmp_path / "empty").touch()
        assert read_bytes(tmp_path / "empty", 3) == b""

    def test_a_missing_file_is_refused_by_name(self, tmp_path):
        with pytest.raises(BundleError, match=r"no-such' could not be read \(.+\)\. Check the path"):
            read_bytes(tmp_path / "no-such", 3)

    def test_a_folder_is_refused(self, tmp_path):
        with pytest.raises(BundleError, match="is a folder"):
            read_bytes(tmp_path, 3)

    @pytest.mark.skipif(sys.platform == "win32", reason="pipes are POSIX's")
    def test_a_pipe_is_refused_without_waiting_for_it(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(BundleError, match="is not a regular file"):
            read_bytes(tmp_path / "pipe", 3)

    def test_a_file_too_large_is_refused_unopened(self, path, monkeypatch):
        monkeypatch.setattr(Path, "open", raises(AssertionError("opened")))
        with pytest.raises(BundleError, match="has 3 bytes; a model file has at most 2"):
            read_bytes(path, 2)

    def test_a_file_without_permission_is_refused_with_the_reason(self, path, monkeypatch):
        monkeypatch.setattr(Path, "open", raises(PermissionError(errno.EACCES, "Permission denied")))
        with pytest.raises(BundleError, match=r"could not be read \(Permission denied\)"):
            read_bytes(path, 3)

    @pytest.mark.parametrize("size_before", [2, 4])
    def test_a_file_that_changes_while_it_is_read_is_refused(self, path, monkeypatch, size_before):
        before = SimpleNamespace(st_mode=path.stat().st_mode, st_size=size_before)
        monkeypatch.setattr(Path, "stat", lambda path: before)
        with pytest.raises(BundleError, match="changed its size"):
            read_bytes(path, 100)


@pytest.mark.parametrize("version", range(1, 7))
@pytest.mark.filterwarnings("ignore:.*values outside what was trained on")
def test_numpy_reads_every_format_and_predicts_the_same(version):
    path = GOLDEN.with_name(f"format_{version}.safetensors")
    by_torch, by_numpy = load(path), load(path, backend="numpy")
    cells = {"numerical": ["1", "30", None], "date": ["2020-03-01", None, "2021-07-09"], "text": ["a b", None, "c"]}
    table = {
        column.name: [*column.categories[:2], "new"][:3] if column.categories else cells.get(column.kind, ["x"] * 3)
        for column in by_torch.schema.used
    }
    table = {name: (values * 3)[:3] for name, values in table.items()}
    np.testing.assert_allclose(by_numpy.predict_proba(table), by_torch.predict_proba(table), atol=1e-6)
    assert by_numpy.networks == by_torch.networks


def test_an_unknown_backend_is_refused_before_the_file_is_read():
    with pytest.raises(SettingError, match="backend must be one of torch, numpy, got 'jax'"):
        load("no-such-file", backend="jax")
