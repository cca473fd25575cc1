"""
Four clouds of points
=====================

The first network: it is shown points in the plane that come in four clouds, and learns to say which cloud a point
belongs to. Everything here is small enough to look at.
"""

import torch
from torch import nn

from demarcate import Network, Training, datasets, train
from demarcate.plotting import BoundaryDisplay, ConfusionDisplay, DataDisplay, HistoryDisplay

# %%
# Data
# ----
#
# 1000 points, two numbers each (``x1`` and ``x2``), four classes. ``cluster_std`` says how far the clouds spread.

data = datasets.blobs(n_samples=1000, n_features=2, centers=4, cluster_std=1.5, random_state=42)
print(data)
points = DataDisplay.from_data(data)

# %%
# A network
# ---------
#
# ``Network(hidden=(8, 8))`` is a network 2-8-8-4: two numbers go in, two hidden layers of 8 units each pass them on, and
# four numbers come out, one for each class. Between the layers stands ReLU, which replaces negative numbers by 0.
#
# It is trained 100 times on all training rows at once (100 *full-batch epochs*). Each time SGD, the simplest optimizer,
# changes every weight a little in the direction that lowers the loss; the learning rate 0.1 says how much.
#
# A fifth of the rows, the *test rows*, is put aside before, and only used to see how well the network does on points that
# it was not trained on. Which rows these are, and which weights the network begins with, is chance. So one result says
# little: ``seeds=20`` does all of it twenty times.

network = Network(hidden=(8, 8), activation="relu")
training = Training(optimizer="sgd", lr=0.1, epochs=100, batch_size=None)
runs = train(data, network, training, test_size=0.2, seeds=20, standardise=False)
run = runs["network"]
print(run.network)
print(run.log(every=20))

# %%
# The lesson promises a test accuracy of about 99%. This is what the twenty say: their mean, and an interval in which the
# mean would lie in 95 of 100 such experiments.

accuracy = runs.table["test_accuracy"]
print(runs)
print(f"worst {accuracy.min():.3f}, best {accuracy.max():.3f}")

# %%
# The promise holds, for columns as they are. Usually columns are first brought to mean 0 and standard deviation 1, and
# ``train`` does so unless it is told not to. Here this makes the numbers smaller, and so SGD's steps; some of the twenty
# networks then have not arrived after 100 epochs. A slow training is not a bad network: three times as many do.

for epochs in (100, 300):
    patient = Training(optimizer="sgd", lr=0.1, epochs=epochs, batch_size=None)
    standardised = train(data, network, patient, seeds=20)
    lowest = standardised.table["test_accuracy"].min()
    print(f"standardised columns, {epochs} epochs (worst {lowest:.3f}):\n{standardised}")

# %%
# While it learns
# ---------------
#
# Loss and accuracy after each epoch, the mean of the twenty with its interval. The two lines of each picture stay
# together: what the networks learn from the training rows holds for the test rows too.

curves = HistoryDisplay.from_run(runs.repeats["network"])

# %%
# The same in plain PyTorch
# -------------------------
#
# Nothing is hidden: this is the loop behind the first of the twenty runs. ``torch.manual_seed(0)`` gives it the same
# initial weights, and ``run.train_rows`` the same rows.

x = torch.tensor(data.X.to_numpy(), dtype=torch.float32)
y = torch.tensor(data.y)  # class numbers, int64
train_rows, test_rows = torch.tensor(run.train_rows), torch.tensor(run.test_rows)

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 4))
loss_of = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
losses = []
for _ in range(100):
    optimizer.zero_grad()
    loss = loss_of(model(x[train_rows]), y[train_rows])
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

with torch.no_grad():
    plain_accuracy = (model(x[test_rows]).argmax(1) == y[test_rows]).float().mean().item()
pairs = zip(model.parameters(), run.network.parameters(), strict=True)
weights_apart = max((mine - theirs).abs().max().item() for mine, theirs in pairs)
losses_apart = abs(run.history["train_loss"].to_numpy() - losses).max()
print(f"test accuracy: plain PyTorch {plain_accuracy:.3f}, demarcate {run.scores['accuracy'].value:.3f}")
print(f"largest difference between the two: weights {weights_apart:.1e}, training losses {losses_apart:.1e}")

# %%
# Where it draws the line
# -----------------------
#
# The network answers for every point of the plane, also where no data is. Coloured by its answer, with the test rows on top:

regions = BoundaryDisplay.from_estimator(run, data, rows=runs.test_rows)

# %%
# Which class is easiest, which hardest? A confusion matrix counts the test rows by true class (row) and predicted class
# (column); right answers are on the diagonal.

confusion = ConfusionDisplay.from_estimator(run, data.X[runs.test_rows], data.y[runs.test_rows])
print(f"easiest class: {confusion.easiest}, hardest: {confusion.hardest}")

# %%
# Harder and easier
# -----------------
#
# Tighter clouds, wider clouds, few points, many points; then one more hidden layer. Ten seeds each.

for settings in ({"cluster_std": 0.5}, {"cluster_std": 4.0}, {"n_samples": 50}, {"n_samples": 2000, "cluster_std": 2.0}):
    changed = train(datasets.blobs(**settings), network, training, seeds=10, standardise=False)
    print(f"{settings}:\n{changed}")

deeper = train(
    data, {"8-8": network, "8-8-8": Network(hidden=(8, 8, 8))}, training, seeds=10, standardise=False
)
print(deeper)
print(f"one more layer changes test accuracy by {deeper.difference('8-8-8', '8-8', 'test_accuracy')}")

# %%
wide_data = datasets.blobs(cluster_std=4.0)
wide_runs = train(wide_data, network, training, standardise=False)
wide = BoundaryDisplay.from_estimator(wide_runs["network"], wide_data, rows=wide_runs.test_rows, title="cluster_std 4.0")

# %%
# **What to see:** where clouds overlap, the border runs through the middle of the overlap, and points on the wrong side of
# it are lost for every classifier: wider clouds are a harder question, not a worse network.
#
# Exercises
# ---------
#
# 1. Before you run it: will ``cluster_std=0.5`` need more or fewer epochs than 1.5? Look at ``log``.
# 2. With ``n_samples=50`` there are 10 test rows. Which accuracies are possible at all? What does the interval say?
# 3. Set ``lr`` to 0.001 and to 2.0. Which of the two can be mended by more epochs?
# 4. Leave the hidden layers out: ``Network(hidden=())``. How much worse is it, and why not more?
