"""
A network without activations
=============================

Between the layers of a network there is a nonlinearity: ReLU, tanh or another. It looks like a detail. This script
removes it and measures the difference.
"""

import matplotlib.pyplot as plt
import numpy as np
import polars as pl
import torch

from demarcate import Network, Training, datasets, train
from demarcate.plotting import ComparisonDisplay

# %%
# Three networks on the two rings: two hidden layers with ReLU after each, the same layers without activations, and no
# hidden layers, which is a plain linear model (also known as logistic regression).

data = datasets.circles(n_samples=1000, noise=0.05, factor=0.5, random_state=42)
networks = {
    "ReLU": Network(hidden=(16, 16), activation="relu"),
    "no activations": Network(hidden=(16, 16), activation="none"),
    "no hidden layers": Network(hidden=()),
}
training = Training(optimizer="adam", lr=0.05, epochs=150, batch_size=None)
runs = train(data, networks, training, seeds=20, every=75)
for name, run in runs.items():
    print(name, sum(parameter.numel() for parameter in run.network.parameters()), "weights")
print(runs)

# %%
# Without activations the network is no better than a coin, in spite of all its weights. It is even below one half: the
# rings are symmetric, so if the training rows lean to one side by chance, the test rows, which are the remaining rows,
# lean to the other.
#
# The reason: a linear function of a linear function is linear
# ------------------------------------------------------------
#
# A layer computes ``W x + b``. The next layer computes ``V (W x + b) + c``, and that is ``(V W) x + (V b + c)``: a
# single layer again. Multiplied out, the three layers are one row of two weights and a bias:

linear = runs["no activations"]
with torch.no_grad():
    first, *others = linear.network
    weight, bias = first.weight, first.bias
    for layer in others:
        weight, bias = layer.weight @ weight, layer.weight @ bias + layer.bias
    logits = linear.encode(data.X) @ weight.T + bias
collapsed_apart = (logits - linear.logits(data.X)).abs().max().item()
print(f"weights {weight.numpy().round(3)}, bias {bias.numpy().round(3)}")
print(f"logits of the three layers and of this one differ by at most {collapsed_apart:.1e}")

# %%
# On the boundary the logit is 0, and for one layer that is a straight line. Any network can be tested for that from
# outside: if it is linear, the logit halfway between two points is the mean of their logits.

ends = np.random.default_rng(0).uniform(-1.5, 1.5, (2, 500, 2))
bends = {}
for name, run in runs.items():
    tables = [pl.DataFrame(points, schema=data.X.columns) for points in (*ends, ends.mean(0))]
    here, there, halfway = (run.logits(table).double() for table in tables)
    bends[name] = ((halfway - (here + there) / 2).abs().max() / torch.cat([here, there]).abs().max()).item()
    print(f"{name:16}  bends by {bends[name]:.1e} of its largest logit")

# %%
# Is a straight line always useless?
# ----------------------------------
#
# It depends on the data. On the two moons it misses the overlapping tips. Between the four clouds nearly straight
# boundaries are enough: there, killing the activations shows nothing.

moons = datasets.moons(n_samples=1000, noise=0.2)
elsewhere, ahead = {}, {}
for other in (moons, datasets.blobs()):
    elsewhere[other.name] = train(other, networks, training, seeds=10)
    ahead[other.name] = elsewhere[other.name].difference("ReLU", "no hidden layers", "test_accuracy")
    print(f"{other.name}: ReLU is ahead of no hidden layers by {ahead[other.name]}\n{elsewhere[other.name]}")

# %%
# So try the linear model first; if it is as good as the others, take it.
#
# The clouds, where all three draw about the same lines:

clouds = datasets.blobs()
on_clouds = ComparisonDisplay.from_runs(elsewhere["blobs"], clouds, rows=elsewhere["blobs"].test_rows)

# %%
# The moons:

on_moons = ComparisonDisplay.from_runs(elsewhere["moons"], moons, rows=elsewhere["moons"].test_rows)

# %%
# The three networks on the rings:

on_circles = ComparisonDisplay.from_runs(runs, data, rows=runs.test_rows)
plt.show()

# %%
# **In the pictures:** on the rings only the network with activations closes its boundary around the inner ring; the
# other two draw one straight line, the 16-16 network like the one without hidden layers. On the clouds the three
# pictures can hardly be told apart: whoever tries the experiment there concludes that activations do nothing.
#
# Exercises, answered in script 12b
# ---------------------------------
#
# 1. Give the linear model a third column, ``x1**2 + x2**2``. What is the test accuracy now, and which work of the
#    hidden layers did you do by hand?
# 2. Try ``activation="tanh"``, ``"gelu"`` and ``"sigmoid"``. Which one needs more epochs?
# 3. Ten layers without activations: ``Network(hidden=(16,) * 10, activation="none")``. How much does it bend?
