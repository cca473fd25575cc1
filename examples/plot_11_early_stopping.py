"""
Early stopping
==============

A network that overfits was better once: its loss on fresh rows went down, and then up again. Early stopping means to
watch rows that are not trained on, to stop when they have not done better for a while, and to go back to the best
weights.

We measure what it is worth, write it in plain PyTorch, and show why the rows that decide must not be the test rows.
"""

import copy

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

from demarcate import Network, Training, datasets, train
from demarcate.evaluation import Mean
from demarcate.plotting import HistoryDisplay

# %%
# With and without, on the same rows
# ----------------------------------
#
# The network is larger than 300 points of two moons need. It is trained twice: for all 300 epochs, and with
# ``patience=50``, which stops after 50 epochs without a better validation loss and restores the best weights. The
# validation rows are a fifth of the training rows. The test rows decide nothing.

moons = datasets.moons(n_samples=300, noise=0.30, random_state=0)
network = Network(hidden=(64, 64))
EPOCHS, PATIENCE, SEEDS = 300, 50, 20
to_the_end = Training(optimizer="adam", lr=0.01, epochs=EPOCHS, batch_size=None)
stopping = Training(optimizer="adam", lr=0.01, epochs=EPOCHS, batch_size=None, patience=PATIENCE)

runs = train(
    moons,
    networks={"to the end": network, "stopped": network},
    training={"to the end": to_the_end, "stopped": stopping},
    test_size=0.3,
    seeds=SEEDS,
)
print(runs)
stopped = runs["stopped"]
print(f"\nseed 0 stopped after {len(stopped.history)} epochs, and went back to epoch {stopped.best_epoch}")

# %%
# Twenty splits and initial weights each, and what early stopping changed, split by split:

loss_saved = runs.difference("to the end", "stopped", "test_loss")
accuracy_gained = runs.difference("stopped", "to the end", "test_accuracy")
print(f"test log loss saved      {loss_saved}")
print(f"test accuracy gained     {accuracy_gained}")

# %%
# The log loss is a fraction of what it was. In accuracy there is hardly a difference: the epochs after the best make
# the network more certain, not more often wrong. Whoever looks at accuracy alone will say that early stopping does
# nothing.
#
# It has a price: the validation rows are not trained on. Without early stopping they could be. Is that better?

everything = train(moons, network, to_the_end, test_size=0.3, seeds=SEEDS)
price = Mean.of((everything.table["test_loss"] - runs.table.filter(network="stopped")["test_loss"]).to_list())
print(f"to the end on all training rows: test log loss higher than stopped by {price}")

# %%
# No: here stopping is worth more than the rows that it takes.
#
# The same in plain PyTorch
# -------------------------
#
# Keep a copy of the best weights and count the epochs since. ``deepcopy`` is needed: the tensors of a state dict are
# the network's own, and the next step would change them.

X, y = stopped.encode(moons.X), torch.tensor(moons.y, dtype=torch.float32).unsqueeze(1)
X_train, y_train = X[runs.train_rows], y[runs.train_rows]
X_validation, y_validation = X[runs.validation_rows], y[runs.validation_rows]

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
loss_of = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

best_loss, best_epoch, best_state = float("inf"), 0, None
for epoch in range(1, EPOCHS + 1):
    model.train()
    loss = loss_of(model(X_train), y_train)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    model.eval()
    with torch.no_grad():
        validation_loss = loss_of(model(X_validation), y_validation).item()
    if validation_loss < best_loss:
        best_loss, best_epoch = validation_loss, epoch
        best_state = copy.deepcopy(model.state_dict())
    elif epoch - best_epoch >= PATIENCE:
        break
model.load_state_dict(best_state)

with torch.no_grad():
    apart = (model(X) - stopped.logits(moons.X)).abs().max().item()
lowest = stopped.history["validation_loss"].min()
print(f"by hand:      best epoch {best_epoch}, stopped after {epoch}, lowest validation loss {best_loss:.6f}")
print(f"by demarcate: best epoch {stopped.best_epoch}, stopped after {len(stopped.history)}, lowest {lowest:.6f}")
print(f"logits of all 300 points, at most {apart:.1e} apart")

# %%
# Why not the test rows?
# ----------------------
#
# It is tempting: the test curve is there, so take the epoch at which it is best, and report that score. But the rows
# then choose the epoch that suits them, and the score is flattered.
#
# To measure by how much, take two groups of 60 rows. One chooses the epoch; both are scored, with the same weights.
# Then let the groups change places, so that it does not matter which of them is easier. The average difference is what
# choosing was worth to the rows that chose.

always = Training(optimizer="adam", lr=0.01, epochs=EPOCHS, batch_size=None, patience=EPOCHS)
X_all, labels = moons.X.to_numpy(), moons.y


def by_class(rows):
    """The same rows, those of class 0 first."""
    return rows[np.argsort(labels[rows], kind="stable")]


def chosen_and_not(table, seed):
    """Log loss of the rows that chose the epoch, and of the rows that did not; and which rows they were."""
    done = train((table, labels), network, always, test_size=60, validation_size=60, seed=seed)
    run = done["network"]
    return run.history["validation_loss"].min(), run.scores["log_loss"].value, done


reported, honest = [], []
for seed in range(SEEDS):
    one_chose, one_did_not, done = chosen_and_not(X_all, seed)
    swapped = X_all.copy()
    first, second = by_class(done.validation_rows), by_class(done.test_rows)
    swapped[first], swapped[second] = X_all[second], X_all[first]
    other_chose, other_did_not, _ = chosen_and_not(swapped, seed)
    reported.append((one_chose + other_chose) / 2)
    honest.append((one_did_not + other_did_not) / 2)
optimism = Mean.of([fair - flattered for fair, flattered in zip(honest, reported, strict=True)])
print(f"log loss of the rows that chose the epoch  {Mean.of(reported)}")
print(f"log loss of the rows that did not          {Mean.of(honest)}")
print(f"flattered by                               {optimism}")

# %%
# That is the error one would print by choosing the epoch on the test rows. It is not large beside what early stopping
# saves, but it always points the same way, and it grows with everything else that is chosen by the same rows.

# %%
# The picture
# -----------

display = HistoryDisplay.from_run(runs["to the end"], title="To the end: the validation loss turns")

# %%
# With early stopping, training ends a while after the turn, and the marked epoch is the one that is kept.

kept = HistoryDisplay.from_run(stopped, title="Stopped, the best epoch restored")
plt.show()

# %%
# **What to see:** the loss on the validation rows falls, reaches its lowest point at the mark and rises; the training
# loss never tells.
#
# Stretch goals
# -------------
#
# 1. ``patience=5``: does it stop too early? And 200: is anything lost but time?
# 2. With 20 rows in each group instead of 60, how much are the rows that choose flattered?
# 3. Take the small network of the last script, 16-16 with dropout 0.2. What is early stopping worth there?
