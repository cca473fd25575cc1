import pytest
import torch

from demarcate.nn import ACTIVATIONS

EVERY = pytest.mark.parametrize("name", ACTIVATIONS)


@EVERY
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_function_equals_the_module(name, dtype):
    x = torch.linspace(-50, 50, 2001, dtype=dtype).view(3, 667, 1)
    activation = ACTIVATIONS[name]
    expected = activation.module()(x) if activation.module else x
    assert torch.equal(activation.function(x), expected)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if ACTIVATIONS[name].module])
def test_the_gradient_equals_the_modules(name):
    activation = ACTIVATIONS[name]
    slopes = []
    for function in (activation.function, activation.module()):
        x = torch.linspace(-5, 5, 101, dtype=torch.float64).requires_grad_()
        slopes.append(torch.autograd.grad(function(x).sum(), x)[0])
    assert torch.equal(*slopes)


@EVERY
def test_the_zero_at_zero_flag_says_whether_zero_stays_zero(name):
    at_zero = ACTIVATIONS[name].function(torch.zeros(1)).item()
    assert ACTIVATIONS[name].zero_at_zero == (at_zero == 0)


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        ACTIVATIONS["mine"] = ACTIVATIONS["relu"]
