"""
Kill the activations
====================

Between the layers of a network stands a nonlinearity: ReLU, tanh or another. It looks like a detail. This script takes it
away and looks at what is left.
"""

import numpy as np
import polars as pl
import torch

from demarcate import Network, Training, datasets, train
from demarcate.plotting import BoundaryDisplay, ComparisonDisplay

# %%
# Three networks on the two rings: two hidden layers with ReLU between them, the same layers with nothing between them, and
# no hidden layers at all, a plain linear model.

data = datasets.circles(n_samples=1000, noise=0.05, factor=0.5, random_state=42)
networks = {
    "ReLU": Network(hidden=(16, 16), activation="relu"),
    "no activations": Network(hidden=(16, 16), activation="none"),
    "no hidden layers": Network(hidden=()),
}
training = Training(optimizer="adam", lr=0.01, epochs=150, batch_size=None)
runs = train(data, networks, training, seeds=20)
for name, run in runs.items():
    print(name, sum(parameter.numel() for parameter in run.network.parameters()), "weights")
print(runs)

# %%
# Without activations the network does no better than a coin, however many weights it has. It is often even below one half: what
# it finds in the training rows is chance, and the test rows are what is left over.
#
# Why: straight lines of straight lines are straight
# --------------------------------------------------
#
# A layer computes ``W x + b``. A layer after it computes ``V (W x + b) + c``, and that is ``(V W) x + (V b + c)``: a single
# layer again. Multiplied out, the three layers are one row of two weights and a bias:

linears = list(runs["no activations"].network)
weight, bias = linears[0].weight, linears[0].bias
for layer in linears[1:]:
    weight, bias = layer.weight @ weight, layer.weight @ bias + layer.bias
inputs = runs["no activations"].encode(data.X)
with torch.no_grad():
    collapsed_apart = (inputs @ weight.T + bias - runs["no activations"].logits(data.X)).abs().max().item()
print(f"weights {weight.detach().numpy().round(3)}, bias {bias.detach().numpy().round(3)}")
print(f"logits of the three layers and of this one differ by at most {collapsed_apart:.1e}")

# %%
# The boundary is where the logit is 0, and of one layer that is a straight line. That can be tested on any network, without looking
# inside: halfway between two points the logit of a straight one is the mean of theirs.

ends = np.random.default_rng(0).uniform(-1.5, 1.5, (2, 500, 2))
bends = {}
for name, run in runs.items():
    here, there, halfway = (
        run.logits(pl.DataFrame(points, schema=data.X.columns)).double() for points in (*ends, ends.mean(0))
    )
    bends[name] = ((halfway - (here + there) / 2).abs().max() / torch.cat([here, there]).abs().max()).item()
    print(f"{name:16}  bends by {bends[name]:.1e} of its largest logit")

# %%
# Is a straight line always useless?
# ----------------------------------
#
# It depends on the data. On the two moons it misses the tips that reach into each other. On the four clouds each border
# between two of them is straight anyway:

for other in (datasets.moons(n_samples=1000, noise=0.2), datasets.blobs()):
    elsewhere = train(other, networks, training, seeds=10)
    gap = elsewhere.difference("ReLU", "no hidden layers", "test_accuracy")
    print(f"{other.name}: ReLU is ahead of no hidden layers by {gap}\n{elsewhere}")

# %%
# So try the linear model first: where it is as good as a network, take it.

moons = datasets.moons(n_samples=1000, noise=0.2)
moons_runs = train(moons, networks, training)
on_moons = ComparisonDisplay.from_runs(moons_runs, moons, rows=moons_runs.test_rows)

# %%
# And the rings, with the network whose activations were killed:

straight = BoundaryDisplay.from_estimator(
    runs["no activations"], data, kind="probability", rows=runs.test_rows, title="16-16 without activations"
)

# %%
on_circles = ComparisonDisplay.from_runs(runs, data, rows=runs.test_rows)

# %%
# **What to see:** only the network with activations closes its boundary around the inner ring; the other two draw one
# straight line, the 16-16 network like the one without hidden layers.
#
# Exercises
# ---------
#
# 1. Give the linear model a third column, ``x1**2 + x2**2``. What is the test accuracy now, and what did you do that the
#    hidden layers did before?
# 2. Try ``activation="tanh"``, ``"gelu"`` and ``"sigmoid"``. Which one needs more epochs?
# 3. Ten layers without activations: ``Network(hidden=(16,) * 10, activation="none")``. How much does it bend?
