import numpy as np
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
    gradients = []
    for function in (activation.function, activation.module()):
        x = torch.linspace(-5, 5, 101, dtype=torch.float64).requires_grad_()
        gradients.append(torch.autograd.grad(function(x).sum(), x)[0])
    assert torch.equal(*gradients)


@EVERY
def test_the_zero_at_zero_flag_says_whether_zero_stays_zero(name):
    at_zero = ACTIVATIONS[name].function(torch.zeros(1)).item()
    assert ACTIVATIONS[name].zero_at_zero == (at_zero == 0)


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        ACTIVATIONS["mine"] = ACTIVATIONS["relu"]


@EVERY
@pytest.mark.parametrize("scaled", [1.0, 1.25])
def test_forward_out_and_backward_are_the_function_and_its_derivative(name, scaled):
    activation = ACTIVATIONS[name]
    x = torch.linspace(-5, 5, 101, dtype=torch.float64)
    x = x[x != 0].requires_grad_()
    expected = activation.function(x)
    derivative = torch.autograd.grad(expected.sum(), x)[0]
    sums = x.detach().clone()
    out = activation.functions.forward_out(sums, torch.empty_like(sums) if activation.saves == "input" else sums)
    torch.testing.assert_close(out, expected.detach(), rtol=1e-12, atol=1e-12)
    saved = sums if activation.saves == "input" else out
    if activation.saves == "sign":
        saved = saved * scaled
    gradient = torch.full_like(sums, 3.0)
    assert activation.functions.backward_(gradient, saved) is gradient
    torch.testing.assert_close(gradient, 3 * derivative, rtol=1e-9, atol=1e-12)


def test_relu_clamps_bf16_numbers_as_the_integers_they_look_like():
    x = torch.cat([torch.randn(5000), torch.tensor([0.0, -0.0, torch.inf, -torch.inf, 1e-40, -1e-40])])
    x = x.bfloat16()
    expected = torch.relu(x)
    assert torch.equal(ACTIVATIONS["relu"].functions.forward_out(x, x), expected)


def test_relu_derives_bf16_numbers_as_the_integers_they_look_like():
    saved = torch.cat([torch.randn(5000), torch.tensor([0.0, torch.inf, 1e-40])]).relu_().bfloat16()
    gradient = torch.randn(len(saved)).bfloat16()
    expected = torch.where(saved > 0, gradient, 0)
    assert ACTIVATIONS["relu"].functions.backward_(gradient, saved) is gradient
    assert torch.equal(gradient, expected)


@EVERY
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_arrays_give_what_tensors_give(name, dtype):
    x = torch.linspace(-60, 60, 2001, dtype=dtype).view(3, 667)
    activation = ACTIVATIONS[name]
    values = activation.on_arrays(x.numpy().copy())
    assert values.dtype == x.numpy().dtype
    tolerance = 16 * torch.finfo(dtype).eps
    np.testing.assert_allclose(values, activation.function(x).numpy(), rtol=tolerance, atol=tolerance)
