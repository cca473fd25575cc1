"""
Four clouds of points
=====================

The first network: it is shown points in the plane that come in four clouds, and learns to say which cloud a point
belongs to. Everything here is small enough to look at.
"""

import matplotlib.pyplot as plt
import polars as pl
import torch
from torch import nn

from demarcate import Network, Training, datasets, train
from demarcate.evaluation import Mean
from demarcate.plotting import BoundaryDisplay, ConfusionDisplay, DataDisplay, HistoryDisplay

torch.set_num_threads(1)  # for networks as small as these, one thread is faster than several

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
# ``Network(hidden=(8, 8))`` is a network 2-8-8-4: two numbers go in, two hidden layers of 8 units each pass them on,
# and four numbers come out, one for each class. Between the layers stands ReLU, which replaces negative numbers by 0.
#
# It is trained 100 times on all training rows at once (100 *full-batch epochs*). Each time SGD, the simplest
# optimizer, changes every weight a little in the direction that lowers the loss; the learning rate 0.1 says how much.
#
# A fifth of the rows, the *test rows*, is put aside before, and only used to see how well the network does on points
# that it was not trained on. Which rows these are, and which weights the network begins with, is chance. So one result
# says little: ``seeds=20`` does all of it twenty times.

network = Network(hidden=(8, 8), activation="relu")
training = Training(optimizer="sgd", lr=0.1, epochs=100, batch_size=None)
runs = train(data, network, training, test_size=0.2, seeds=20, standardise=False)
run = runs["network"]
print(run.network)
print(run.log(every=20))

# %%
# The promise of the lesson is a test accuracy of about 99%. This is what the twenty say: their mean, with a 95%
# interval that tells how far other seeds could move it.

accuracy = runs.table["test_accuracy"]
print(runs)
print(f"worst {accuracy.min():.3f}, best {accuracy.max():.3f}")

# %%
# The promise holds, for columns as they are. Usually columns are first brought to mean 0 and standard deviation 1, and
# ``train`` does so unless it is told not to (``standardise=False`` above). Here this makes the numbers smaller, and
# SGD's steps with them: after 100 epochs some of the twenty networks have not arrived, and the promise is broken. They
# are slow, not bad: after 300 epochs all are there.

for epochs in (100, 300):
    longer = Training(optimizer="sgd", lr=0.1, epochs=epochs, batch_size=None)
    standardised = train(data, network, longer, seeds=20)
    lowest = standardised.table["test_accuracy"].min()
    print(f"standardised columns, {epochs} epochs, worst {lowest:.3f}\n{standardised}")

# %%
# While it learns
# ---------------
#
# Loss and accuracy after each epoch, the mean of the twenty with its interval. Training rows and test rows stay
# together: what the networks learn from the ones holds for the others too.

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
# The network answers for every point of the plane, also where no data is. Coloured by its answer, with the test rows
# on top:

regions = BoundaryDisplay.from_estimator(run, data, rows=runs.test_rows)

# %%
# Which class is easiest, which hardest? A confusion matrix counts the test rows by true class (row) and predicted
# class (column); right answers are on the diagonal. For one network that is a matter of two or three points; so beside
# it, how often each class is recognised by the twenty.

confusion = ConfusionDisplay.from_estimator(run, data.X[runs.test_rows], data.y[runs.test_rows])
print(f"first network: easiest class {confusion.easiest}, hardest {confusion.hardest}")

recognised = {}
for label in range(4):
    shares = []
    for one in runs.repeats["network"]:
        those = one.test_rows[data.y[one.test_rows] == label]
        shares.append((one.predict(data.X[those]) == label).mean())
    recognised[label] = Mean.of(shares)
    print(f"class {label}: {recognised[label]} of its test rows recognised")

# %%
# Harder and easier
# -----------------
#
# Tighter clouds, wider clouds, few points, many points. Ten seeds each.

changes = {
    "tight": {"cluster_std": 0.5},
    "wide": {"cluster_std": 4.0},
    "few": {"n_samples": 50},
    "many": {"n_samples": 2000, "cluster_std": 2.0},
}
changed = {}
for name, settings in changes.items():
    changed[name] = train(datasets.blobs(**settings), network, training, seeds=10, standardise=False)
    print(f"{name}: {settings}\n{changed[name]}")

# %%
# Beware of an interval without width. With 50 points each network is tested on 10, and ten right answers to ten
# questions do not make certain of the eleventh. What a single run says of points to come has an interval of its own:

print("few: accuracy of the first run on its 10 test rows", changed["few"]["network"].scores["accuracy"])

# %%
# One more hidden layer:

networks = {"8-8": network, "8-8-8": Network(hidden=(8, 8, 8))}
deeper = train(data, networks, training, seeds=20, standardise=False)
more = deeper.difference("8-8-8", "8-8", "test_accuracy")
behind = deeper.table.filter(pl.col("network") == "8-8-8", pl.col("test_accuracy") < 0.9).height
print(deeper)
print(f"one more layer changes test accuracy by {more}; {behind} of the 20 deeper networks are below 90%")

# %%
# The question was easy before, so another layer has nothing to add; but it is harder to set in motion, and now and
# then 100 epochs of plain SGD are not enough for it.
#
# Last, the wide clouds:

wide = BoundaryDisplay.from_estimator(
    changed["wide"]["network"], datasets.blobs(cluster_std=4.0), rows=changed["wide"].test_rows
)
plt.show()

# %%
# **What to see:** where clouds overlap, points lie on both sides of the border, and no border could do much better:
# wider clouds are a harder question, not a worse network.
#
# Exercises
# ---------
#
# Answers are in script 12 of this gallery.
#
# 1. Before you run it: will ``cluster_std=0.5`` need more or fewer epochs than 1.5? Look at ``log``.
# 2. With ``n_samples=50`` there are 10 test rows. Which accuracies are possible at all?
# 3. Set ``lr`` to 0.001 and to 2.0. Which of the two can be mended by more epochs?
# 4. Leave the hidden layers out: ``Network(hidden=())``. How much worse is it, and why not more?
