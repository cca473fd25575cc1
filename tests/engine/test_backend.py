import pytest
import torch

from demarcate.engine.backend import MIN_BF16_WORK, Backend, device_for, has_fast_bf16
from demarcate.errors import SettingError

CPU = torch.device("cpu")
HIDDEN = (256, 100)
MANY, FEW = int(MIN_BF16_WORK / 100**2), int(MIN_BF16_WORK / 100**2) - 1


def test_auto_is_the_gpu_where_there_is_one():
    assert device_for("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize("name", ["nonsense", "", "cpu:x", "cuda:99", "meta", None])
def test_a_device_that_is_not_here_is_refused_by_name(name):
    with pytest.raises(SettingError, match=r"^device must be auto, cpu or a device torch finds here, got ") as caught:
        device_for(name)
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize("n_rows", [MANY, FEW])
@pytest.mark.parametrize("fast", [False, True])
def test_auto_is_bf16_where_the_processor_gains_and_products_are_large(monkeypatch, n_rows, fast):
    monkeypatch.setattr("demarcate.engine.backend.has_fast_bf16", lambda device: fast)
    expected = torch.bfloat16 if fast and n_rows == MANY else torch.float32
    assert Backend(CPU, "auto").product_dtype(torch.float32, HIDDEN, n_rows) == expected


def test_float64_samples_stay_exact_unless_told_otherwise(monkeypatch):
    monkeypatch.setattr("demarcate.engine.backend.has_fast_bf16", lambda device: True)
    assert Backend(CPU, "auto").product_dtype(torch.float64, HIDDEN, MANY) == torch.float64
    assert Backend(CPU, "float32").product_dtype(torch.float64, HIDDEN, MANY) == torch.float64
    assert Backend(CPU, "bf16").product_dtype(torch.float64, HIDDEN, MANY) == torch.bfloat16


@pytest.mark.parametrize("precision", ["auto", "float32", "bf16"])
def test_a_linear_model_has_no_hidden_products(precision):
    assert Backend(CPU, precision).product_dtype(torch.float32, (), MANY) == torch.float32


def test_what_is_not_a_precision_is_refused():
    with pytest.raises(SettingError, match=r"^precision must be one of auto, float32, bf16, got 'half'$"):
        Backend.of("cpu", "half")


def test_a_device_that_is_neither_processor_nor_gpu_gains_nothing():
    assert not has_fast_bf16(torch.device("meta"))


def test_a_processor_gains_where_torch_finds_tiles(monkeypatch):
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: True, raising=False)
    assert has_fast_bf16(CPU)
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported")
    assert not has_fast_bf16(CPU)
