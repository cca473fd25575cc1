"""
Four clouds of points
=====================

The first network: it gets points of the plane that form four clouds, and learns to predict the cloud of a point.
Everything here is small enough to look at.
"""

import matplotlib.pyplot as plt
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
# 1000 points, two numbers each (``x1`` and ``x2``), four classes. ``cluster_std`` is the spread of the clouds.

data = datasets.blobs(n_samples=1000, n_features=2, centers=4, cluster_std=1.5, random_state=42)
print(data)
points = DataDisplay.from_data(data)

# %%
# A network
# ---------
#
# ``Network(hidden=(8, 8))`` is a network 2-8-8-4: two inputs, two hidden layers of 8 units each, and four outputs, one
# for each class. ReLU between the layers replaces negative numbers by 0.
#
# It is trained 100 times on all training rows at once (100 *full-batch epochs*). Each time SGD, the simplest
# optimizer, changes every weight a little in the direction that lowers the loss; the learning rate 0.1 sets how much.
# A fifth of the rows, the *test rows*, is held out, and only used to measure how good the network is on points that it
# was not trained on.
#
# The choice of these rows and the initial weights are random, so one result says little: ``seeds=20`` repeats
# everything twenty times. ``every=20`` prints every twentieth epoch of the first.

network = Network(hidden=(8, 8), activation="relu")
training = Training(optimizer="sgd", lr=0.1, epochs=100, batch_size=None)
runs = train(data, network, training, test_size=0.2, seeds=20, standardise=False, every=20)
run = runs["network"]
print(run.network)

# %%
# The promise of the lesson is a test accuracy of about 99%. The result of the twenty runs is their mean, with a 95%
# interval: how far other seeds could move it.

accuracy = runs.table["test_accuracy"]
print(runs)
print(f"worst {accuracy.min():.3f}, best {accuracy.max():.3f}")

# %%
# The promise holds for the original columns. Usually columns are first scaled to mean 0 and standard deviation 1, as
# ``train`` does without ``standardise=False``. Here this makes the numbers smaller, and SGD's steps with them: after
# 100 epochs some of the twenty networks are not finished. They are slow, not bad: after 300 epochs all are good.

for epochs in (100, 300):
    longer = Training(optimizer="sgd", lr=0.1, epochs=epochs, batch_size=None)
    standardised = train(data, network, longer, seeds=20)
    lowest = standardised.table["test_accuracy"].min()
    print(f"standardised columns, {epochs} epochs, worst {lowest:.3f}\n{standardised}")

# %%
# Loss and accuracy after each epoch, the mean of the twenty with its interval. Training rows and test rows stay close
# to each other: what the networks learn from training rows also holds for test rows.

curves = HistoryDisplay.from_run(runs.repeats["network"])

# %%
# The same in plain PyTorch
# -------------------------
#
# The first of the twenty runs by hand: ``torch.manual_seed(0)`` gives the same initial weights, ``run.train_rows`` the
# same rows.

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
# The decision boundary
# ---------------------
#
# The network predicts a class for every point of the plane, also far from the data. With the test rows on top:

regions = BoundaryDisplay.from_estimator(run, data, rows=runs.test_rows)

# %%
# Which class is easiest, which hardest? A confusion matrix counts the test rows by true class (row) and predicted
# class (column). For one network two or three points decide that, so the script also prints how often the twenty
# networks recognise each class.

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
# One more hidden layer
# ---------------------

deeper = train(data, Network(hidden=(8, 8, 8)), training, seeds=20, standardise=False)
more = Mean.of((deeper.table["test_accuracy"] - accuracy).to_list())
behind = (deeper.table["test_accuracy"] < 0.9).sum()
print(f"one more layer changes test accuracy by {more}; {behind} of the 20 deeper networks are below 90%")
plt.show()

# %%
# The question was easy before, so another layer adds nothing. But a deeper network is harder to train, and sometimes
# 100 epochs of plain SGD are not enough for it.
#
# Exercises, answered in script 12
# --------------------------------
#
# 1. Make the clouds narrow, ``cluster_std=0.5``, and wide, 4.0. Which needs fewer epochs, and which errors stay?
# 2. With ``n_samples=50`` there are 10 test rows. Which accuracies are possible at all? And with 2000 and width 2.0?
# 3. Set ``lr`` to 0.001 and to 2.0. Which of the two becomes good with more epochs?
# 4. Leave the hidden layers out: ``Network(hidden=())``. How much worse is it, and why not more?
