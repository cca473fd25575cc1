"""
Early stopping
==============

A network that overfits was better before: its loss on fresh rows went down, and then up again. Early stopping measures
the loss on validation rows, stops if it has not improved for some epochs, and restores the best weights.

We measure its effect, write it in plain PyTorch, and show why the validation rows must not be the test rows.
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
# The network is too large for 300 points of two moons. It is trained to the end, and with ``patience=50``, which stops
# after 50 epochs without a better validation loss and restores the best weights. The validation rows are a fifth of
# the training rows. The test rows decide nothing.

moons = datasets.moons(n_samples=300, noise=0.30, random_state=0)
network = Network(hidden=(64, 64))
EPOCHS, PATIENCE, SEEDS = 300, 50, 20
to_the_end = Training(optimizer="adam", lr=0.01, epochs=EPOCHS, batch_size=None)
stopping = Training(optimizer="adam", lr=0.01, epochs=EPOCHS, batch_size=None, patience=PATIENCE)
networks, trainings = {"to the end": network, "stopped": network}, {"to the end": to_the_end, "stopped": stopping}
runs = train(moons, networks, trainings, test_size=0.3, seeds=SEEDS, every=100)
print(runs)
stopped = runs["stopped"]
print(f"seed 0 stopped after {len(stopped.history)} epochs, and returned to epoch {stopped.best_epoch}")

# %%
# The effect of early stopping over twenty splits and initial weights, split by split:

loss_saved = runs.difference("to the end", "stopped", "test_loss")
accuracy_gained = runs.difference("stopped", "to the end", "test_accuracy")
print(f"test log loss saved {loss_saved}, test accuracy gained {accuracy_gained}")

# %%
# The log loss falls to a fraction. Accuracy hardly changes: the epochs after the best one make the network more
# certain, but not wrong more often. By accuracy alone, early stopping does nothing.
#
# It has a price: the validation rows are not trained on. Without early stopping they could be. Is that better?

everything = train(moons, network, to_the_end, test_size=0.3, seeds=SEEDS)
price = Mean.of((everything.table["test_loss"] - runs.table.filter(network="stopped")["test_loss"]).to_list())
print(f"to the end on all training rows: test log loss higher than stopped by {price}")

# %%
# No: here early stopping gains more than its validation rows cost.
#
# The same in plain PyTorch
# -------------------------
#
# Keep a copy of the best weights and count the epochs since then. ``deepcopy`` is needed: the tensors of a state dict
# are those of the network, and the next step would change them.

X, y = stopped.encode(moons.X), torch.tensor(moons.y, dtype=torch.float32).unsqueeze(1)
rows, validation = torch.tensor(runs.train_rows), torch.tensor(runs.validation_rows)
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
loss_of = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
best_loss, best_epoch, best_state = float("inf"), 0, None
for epoch in range(1, EPOCHS + 1):
    optimizer.zero_grad()
    loss_of(model(X[rows]), y[rows]).backward()
    optimizer.step()
    with torch.no_grad():
        validation_loss = loss_of(model(X[validation]), y[validation]).item()
    if validation_loss < best_loss:
        best_loss, best_epoch = validation_loss, epoch
        best_state = copy.deepcopy(model.state_dict())
    elif epoch - best_epoch >= PATIENCE:
        break
model.load_state_dict(best_state)
with torch.no_grad():
    apart = (model(X) - stopped.logits(moons.X)).abs().max().item()
print(f"by hand:      best epoch {best_epoch}, stopped after {epoch}")
print(f"by demarcate: best epoch {stopped.best_epoch}, stopped after {len(stopped.history)}")
print(f"logits of all 300 points: largest difference {apart:.1e}")

# %%
# Why not the test rows?
# ----------------------
#
# It is tempting to report the score of the best epoch of the test curve. But then the test rows choose the epoch that
# suits them, and the score is too good. By how much? Take two groups of 60 rows. One chooses the epoch; both are
# scored, with the same weights. Then swap the groups, so that it does not matter which is easier.

always = Training(optimizer="adam", lr=0.01, epochs=EPOCHS, batch_size=None, patience=EPOCHS)
X_all, labels = moons.X.to_numpy(), moons.y


def by_class(rows):
    """Return the same rows, those of class 0 first."""
    return rows[np.argsort(labels[rows], kind="stable")]


def chosen_and_not(table, seed):
    """Return the log loss of the rows that choose the epoch, that of the others, and the runs."""
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
    if seed % 5 == 4:
        print(f"seed {seed}: log loss of rows that choose the epoch {reported[-1]:.3f}, of the others {honest[-1]:.3f}")
optimism = Mean.of(np.subtract(honest, reported))
print(f"means {Mean.of(reported)} and {Mean.of(honest)}; bias {optimism}")

# %%
# The bias is small beside the savings of early stopping, but it always has the same sign, and it grows with every other
# choice by the same rows.
#
# The pictures
# ------------

display = HistoryDisplay.from_run(runs["to the end"], title="To the end: the validation loss rises again")
stopped_display = HistoryDisplay.from_run(stopped, title="Stopped, the best epoch restored")
plt.show()

# %%
# **In the pictures:** the loss on the validation rows falls, has its minimum at the mark and rises; the training loss
# does not show that. With early stopping the network returns to the marked epoch.
#
# Stretch goals
# -------------
#
# 1. Does ``patience=5`` stop too early? Does ``patience=200`` cost anything but time?
# 2. How large is the bias with 20 rows in each group instead of 60?
# 3. Take the good network of script 09, 16-16 with dropout 0.2. How much does early stopping gain there?
