import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from demarcate import DemarcateClassifier, load
from demarcate.bundle import inspect_bundle
from demarcate.bundle.read_model import audited, read_audited
from demarcate.errors import BundleError, SettingError

GOLDEN = Path(__file__).parent / "golden" / "format_3.safetensors"
DIGEST = hashlib.sha256(GOLDEN.read_bytes()).hexdigest()
READERS = [load, DemarcateClassifier.load, inspect_bundle, read_audited]


def expecting(reader, path, digest):
    return reader(path, digest) if reader is read_audited else reader(path, expect_sha256=digest)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("digest", [DIGEST, DIGEST.upper(), None])
def test_the_file_that_is_expected_is_read(reader, digest):
    assert expecting(reader, GOLDEN, digest) is not None


@pytest.mark.parametrize("reader", READERS)
def test_another_file_is_refused_before_anything_in_it_means_anything(reader, tmp_path):
    (tmp_path / "m").write_bytes(b"not a model")
    with pytest.raises(BundleError, match=rf"'.*m' is not a model .*SHA-256 that is expected: it has .*, not {DIGEST}"):
        expecting(reader, tmp_path / "m", DIGEST)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("digest", ["", "abc", DIGEST + "0", DIGEST[:-1] + "g", 7, b"0" * 64])
def test_what_is_no_digest_is_a_wrong_setting(reader, digest):
    with pytest.raises(SettingError, match="a SHA-256 is 64 hexadecimal digits: got"):
        expecting(reader, "no-such-file", digest)


def test_what_was_read_says_its_sizes_and_keeps_no_copy():
    data = GOLDEN.read_bytes()
    found = audited(data)
    assert found.sha256 == DIGEST
    assert found.n_header_bytes == int.from_bytes(data[:8], "little")
    assert found.document["target"] == found.contents.target == "disease"
    assert all(not tensor.flags.owndata and not tensor.flags.writeable for tensor in found.tensors.values())


def test_what_was_read_holds_on_to_none_of_the_file():
    predictor = load(GOLDEN)
    kept = [predictor.conformal.truths, predictor.costs.matrix, predictor.encoders[0].encoders[4].edges]
    assert all(array.flags.owndata for array in kept)


def test_the_audit_needs_no_torch():
    code = "import sys, demarcate.bundle as b; b.inspect_bundle(sys.argv[1]); print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code, str(GOLDEN)], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
