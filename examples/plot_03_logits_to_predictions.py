"""
From logits to predictions
==========================

The outputs of a network's last layer are plain numbers, from minus to plus infinity: the **logits**. Two steps turn
them into an answer: logits become **probabilities**, and the likeliest class is the **prediction**. Then we see why
loss and accuracy can disagree.
"""

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

from demarcate import Network, Training, datasets, train
from demarcate.errors import TargetError
from demarcate.evaluation import Mean
from demarcate.plotting import BoundaryDisplay, HistoryDisplay

# %%
# Four classes: softmax
# ---------------------
#
# A network for the four clouds gives four logits for each point. **Softmax** makes each of them positive (``exp``) and
# divides by their sum, so that they add up to 1.

data = datasets.blobs()
training = Training(optimizer="sgd", lr=0.1, epochs=100, batch_size=None)
runs = train(data, Network(hidden=(8, 8)), training, seeds=20, standardise=False, every=50)
run = runs["network"]
three = data.X[runs.test_rows[:3]]
logits = run.logits(three)
probabilities = torch.softmax(logits, dim=1)
print("logits\n", logits.numpy().round(2))
print("probabilities\n", probabilities.numpy().round(4), "\ntheir sums", probabilities.sum(1).numpy())

# %%
# Softmax keeps the order, so the largest logit is the largest probability, and either gives the same prediction.

print("argmax of logits", logits.argmax(1).numpy(), "and of probabilities", probabilities.argmax(1).numpy())
print("prediction of the network", run.predict(three), "and the truth", data.y[runs.test_rows[:3]])
every, every_probability = run.logits(data.X), torch.softmax(run.logits(data.X), dim=1)
sums_apart = (every_probability.sum(1) - 1).abs().max().item()
always_alike = torch.equal(every.argmax(1), every_probability.argmax(1))
print(f"over all 1000 points: sums are off 1 by at most {sums_apart:.0e}; the two argmax always agree: {always_alike}")

# %%
# Before training
# ---------------
#
# A network begins with random weights. It already gives probabilities, but they are useless: "I do not know" among four
# classes, 1/4 each, has a loss of ln 4, and random probabilities have a larger one. Accuracy is near 1/4 on average,
# with a large spread: a network may get two whole clouds right by luck, or none.

print("probabilities of the three points, before training\n", run.predict_proba(three, trained=False).round(2))
begun_loss, begun_accuracy = [], []
for one in runs.repeats["network"]:
    x, y = data.X[one.test_rows], data.y[one.test_rows]
    begun_loss.append(nn.functional.cross_entropy(one.logits(x, trained=False), torch.from_numpy(y)).item())
    begun_accuracy.append(np.mean(one.predict(x, trained=False) == y))
print(f"before training, 20 networks: loss {Mean.of(begun_loss)} (ln 4 is {np.log(4):.3f})")
print(f"accuracy {Mean.of(begun_accuracy)}, from {min(begun_accuracy):.2f} to {max(begun_accuracy):.2f}\n{runs}")
untrained = BoundaryDisplay.from_estimator(run.untrained, data, title="Before training")

# %%
# Two classes: sigmoid
# --------------------
#
# For two classes one logit is enough. Its **sigmoid**, 1 / (1 + exp(-logit)), is the probability of the second class,
# and it is above one half exactly if the logit is above 0.

two = datasets.moons(n_samples=300, noise=0.30)
binary = train(two, Network(hidden=(16, 16)), Training(lr=0.01, epochs=60, batch_size=None), test_size=0.3)["network"]
logit = binary.logits(two.X).squeeze(1)
by_logit, by_probability = logit > 0, torch.sigmoid(logit) > 0.5
print("logits", logit[:6].numpy().round(2), "sigmoid", torch.sigmoid(logit[:6]).numpy().round(2))
print(f"logit > 0 and sigmoid > 0.5 agree on all 300 points: {torch.equal(by_logit, by_probability)}")

# %%
# Loss against accuracy
# ---------------------
#
# Accuracy counts right answers and ignores how certain they were. The loss of a row is minus the logarithm of the
# probability of its true class. Two forecasters answer five questions, each with four right answers:

true_class = {"careful": [0.7, 0.7, 0.7, 0.7, 0.4], "reckless": [0.99, 0.99, 0.99, 0.99, 0.0001]}
for name, predicted in true_class.items():
    losses = -np.log(predicted)
    accuracy = np.mean(np.array(predicted) > 0.5)
    print(f"{name:8}: accuracy {accuracy:.2f}, losses {losses.round(2)}, mean {losses.mean():.2f}")

# %%
# One confident mistake costs more than all of the other's answers together. Networks become reckless when they are
# trained for too long. Here is a large network on 210 points of two moons, with ten seeds: at the epoch with the lowest
# test loss (which is only known afterwards), and at the end.

long = Training(lr=0.01, epochs=200, batch_size=None)
big = train(two, Network(hidden=(256, 256)), long, test_size=0.3, seeds=10, every=50)
histories, changes = [one.history for one in big.repeats["network"]], {}
for metric in ("test_loss", "test_accuracy"):
    then = np.array([history[metric][history["test_loss"].arg_min()] for history in histories])
    last = np.array([history[metric][-1] for history in histories])
    changes[metric] = Mean.of(last - then)
    print(f"{metric}: at the lowest loss {Mean.of(then)}, at the end {Mean.of(last)}, change {changes[metric]}")

# %%
# Targets of the right type
# -------------------------
#
# Cross-entropy takes class numbers: ``int64``, one for each row. One-logit binary cross-entropy takes floats in a
# column: ``(rows, 1)``. Tensors of another type or shape are refused, with a message that names the remedy:

indices = torch.tensor(two.y)
attempts = {
    "softmax with floats": ("softmax", indices.float()),
    "softmax with a column": ("softmax", indices.unsqueeze(1)),
    "logit with class numbers": ("logit", indices),
    "logit with floats, not in a column": ("logit", indices.float()),
    "softmax with one-hot labels": ("softmax", nn.functional.one_hot(indices)),
}
messages = {}
for name, (head, labels) in attempts.items():
    try:
        train((two.X, labels), Network(hidden=(16, 16), head=head), Training(epochs=1))
    except TargetError as error:
        messages[name] = str(error)
        print(f"{name}:\n  {error}")

# %%
# Plain PyTorch refuses them too; the page *Ten common mistakes* has more, and those that nothing refuses. The curves
# are those of the large network, the mean of ten.

for loss, outputs in ((nn.CrossEntropyLoss(), torch.zeros(300, 2)), (nn.BCEWithLogitsLoss(), torch.zeros(300, 1))):
    try:
        loss(outputs, indices.float())
    except (RuntimeError, ValueError) as error:
        print(f"{type(loss).__name__}: {error}")
curves = HistoryDisplay.from_run(big.repeats["network"])
plt.show()

# %%
# **In the picture:** the test loss falls and then rises again while test accuracy hardly moves: the networks make about
# the same number of mistakes as before, but are more and more certain of them.
#
# Exercises, answered in script 12
# --------------------------------
#
# 1. Add 100 to all four logits of a point. What happens to its probabilities? And if you multiply the logits by 10?
# 2. A forecaster always predicts 0.5 for two classes. What is the loss? The accuracy?
# 3. What is the loss of the reckless one if the last probability is 0? Why do libraries compute losses from logits?
