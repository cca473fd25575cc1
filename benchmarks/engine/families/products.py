"""The overhead of a training step over its matrix products, and the gain of bf16."""

from functools import partial
from itertools import pairwise

import torch
from benchmarks.engine.figures import Contender, Figure, NotApplicableError, Reading, Scale, difference, quotient, timed
from benchmarks.engine.rows import Rows, noise_rows

from demarcate.engine import Training
from demarcate.engine.backend import has_fast_bf16
from demarcate.nn import Network

N_MEMBERS, BATCH, D_IN, HIDDEN = 8, 256, 50, (256, 256)
DTYPES = {"float32": torch.float32, "bf16": torch.bfloat16}


def train(rows: Rows, precision: str, epochs: int) -> None:
    """Return a population of wide networks."""
    training = Training(optimizer="adam", lr=1e-3, epochs=epochs, batch_size=BATCH)
    rows.train_alike(Network(hidden=HIDDEN), training, N_MEMBERS, precision)


def step(name: str, precision: str, scale: Scale) -> Contender:
    """Return the seconds of a whole training step: the time of additional epochs."""
    n_steps, further = scale.pick(40, 2), scale.pick(4, 2)
    rows = noise_rows(n_steps * BATCH, 0, D_IN)
    shorter, longer = partial(train, rows, precision, 1), partial(train, rows, precision, 1 + further)
    return Contender(name, lambda: Reading(difference(shorter, longer, per=further * n_steps)))


class Products:
    """The matrix products of a step alone, with preallocated outputs."""

    def __init__(self, dtype: torch.dtype) -> None:
        widths = (D_IN, *HIDDEN, 1)
        generator = torch.Generator().manual_seed(0)

        def numbers(*shape: int) -> torch.Tensor:
            return torch.randn(N_MEMBERS, *shape, generator=generator).to(dtype)

        self._inputs = [numbers(BATCH, width) for width in widths[:-1]]
        self._weights = [numbers(*pair) for pair in pairwise(widths)]
        self._slopes = [numbers(BATCH, width) for width in widths[1:]]
        self._outputs = [torch.empty_like(slope) for slope in self._slopes]
        self._weight_gradients = [torch.empty_like(weight) for weight in self._weights]
        self._input_gradients = [torch.empty_like(each) for each in self._inputs]

    def step(self) -> None:
        """Run the forward products, then those of the gradients, from the last layer to the first."""
        for inputs, weights, outputs in zip(self._inputs, self._weights, self._outputs, strict=True):
            torch.bmm(inputs, weights, out=outputs)
        for layer in reversed(range(len(self._weights))):
            slopes = self._slopes[layer]
            torch.bmm(self._inputs[layer].mT, slopes, out=self._weight_gradients[layer])
            if layer:
                torch.bmm(slopes, self._weights[layer].mT, out=self._input_gradients[layer])

    def steps(self, n_steps: int) -> None:
        """Run this number of steps."""
        for _ in range(n_steps):
            self.step()


def against_products(precision: str, scale: Scale) -> list[Contender]:
    """Compare a step with its products."""
    n_steps = scale.pick(160, 2)
    products = Products(DTYPES[precision])
    return [
        step("whole step", precision, scale),
        timed("its products", partial(products.steps, n_steps), per=n_steps),
    ]


def both_precisions(scale: Scale) -> list[Contender]:
    """Compare a step in float32 and in bf16."""
    if not has_fast_bf16(torch.device("cpu")):
        raise NotApplicableError("this processor multiplies bf16 no faster than float32")
    return [step(name, name, scale) for name in DTYPES]


def product_figure(precision: str, goal: float) -> Figure:
    """Return a step in one precision."""
    return Figure(
        f"matmul_{precision}",
        f"a training step of 8 networks of 256-256 units, batch 256, 50 inputs, in {precision}, "
        "beside its matrix products alone",
        goal,
        "at most",
        quotient("whole step", "its products"),
        partial(against_products, precision),
        "seconds a step",
    )


FIGURES = (
    product_figure("float32", 1.6),
    product_figure("bf16", 3),
    Figure(
        "bf16_speedup",
        "the same step in float32, beside bf16",
        2,
        "at least",
        quotient("float32", "bf16"),
        both_precisions,
        "seconds a step",
    ),
)
