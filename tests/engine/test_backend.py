import pytest
import torch

from demarcate.engine.backend import device_for
from demarcate.errors import SettingError


def test_auto_is_the_gpu_where_there_is_one():
    assert device_for("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize("name", ["nonsense", "", "cpu:x", "cuda:99", "meta", None])
def test_a_device_that_is_not_here_is_refused_by_name(name):
    with pytest.raises(SettingError, match=r"^device is auto, cpu or a device torch finds here: got ") as caught:
        device_for(name)
    assert repr(name) in str(caught.value)
