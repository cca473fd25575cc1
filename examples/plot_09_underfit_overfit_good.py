"""
Too small, too big, about right
===============================

Three networks learn the same two moons. One is too small to fit them, one is large enough to memorise every point, and
one is of medium size and slightly regularised. The lesson makes claims about the three: we train each network 20 times,
and check which claims hold.
"""

import matplotlib.pyplot as plt
import torch
from torch import nn

from demarcate import Network, Training, datasets, diagnose, train
from demarcate.evaluation import Mean
from demarcate.plotting import BoundaryDisplay, ComparisonDisplay, HistoryDisplay

# %%
# 300 points of two half moons, 30% of them test rows. The moons overlap: no classifier can always be right.

moons = datasets.moons(n_samples=300, noise=0.30, random_state=0)
networks = {
    "tiny": Network(hidden=(2,), activation="tanh"),
    "big": Network(hidden=(256, 256, 256)),
    "good": Network(hidden=(16, 16), dropout=0.2),
}


def trainings(epochs):
    """Return a training for each network: full-batch Adam, with slight weight decay for the good network."""
    plain = Training(optimizer="adam", lr=0.01, epochs=epochs, batch_size=None)
    decayed = Training(optimizer="adam", lr=0.01, weight_decay=1e-4, epochs=epochs, batch_size=None)
    return {"tiny": plain, "big": plain, "good": decayed}


# %%
# One split of 300 points is an anecdote, so there are 20, each with initial weights of its own. ``every`` prints a line
# while they train, of the first split. (``precision="auto"`` lets big compute with fewer digits where that is faster.)

EPOCHS, SEEDS = 400, 20
runs = train(moons, networks, trainings(EPOCHS), test_size=0.3, seeds=SEEDS, every=100, precision="auto")
print(runs)

# %%
# The same in plain PyTorch
# -------------------------
#
# Tiny by hand, from the same initial weights: those that PyTorch draws after ``manual_seed``.

tiny = runs["tiny"]
X, y = tiny.encode(moons.X), torch.tensor(moons.y, dtype=torch.float32).unsqueeze(1)
rows, test_rows = torch.tensor(runs.train_rows), torch.tensor(runs.test_rows)
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
same_start = torch.equal(model[0].weight, tiny.untrained.member(0)[0].weight)
loss_of = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
by_hand = []
for _ in range(EPOCHS):
    optimizer.zero_grad()
    loss_of(model(X[rows]), y[rows]).backward()
    optimizer.step()
    with torch.no_grad():
        by_hand.append(loss_of(model(X[test_rows]), y[test_rows]).item())
apart = abs(tiny.history["test_loss"].to_numpy() - by_hand).max()
print(f"the same initial weights: {same_start}; largest difference of a test loss in {EPOCHS} epochs {apart:.1e}")

# %%
# The curves
# ----------
#
# Look at two lines before any score: the loss of the training rows and that of the test rows, means of the 20. Of the
# first split, in numbers: the gap between the accuracies, the lowest test loss with its epoch, and the last.

curves, evidence = {}, {}
for name, run in runs.items():
    curves[name] = HistoryDisplay.from_run(runs.repeats[name], title=name)
    losses, gap = run.history["test_loss"], run.train_accuracy - run.test_accuracy
    evidence[name] = {"gap": gap, "lowest_epoch": losses.arg_min() + 1, "lowest": losses.min(), "last": losses[-1]}
    print(f"{name:4}  train accuracy {run.train_accuracy:.3f}, test accuracy {run.test_accuracy:.3f}, gap {gap:+.3f}")
    print(f"      lowest test loss {losses.min():.3f}, in epoch {losses.arg_min() + 1}; in the end {losses[-1]:.3f}")

# %%
# * **tiny underfits.** It is wrong on many of its training rows, and its training loss is flat, far above that of the
#   others. More epochs will not help; more units would.
# * **big overfits.** Its training loss goes to zero, while the test loss has its minimum early and rises from then on.
#   It is not wrong more often than before, but more and more certain where it is wrong.
# * **good** does neither: both losses fall together.
#
# The gap between the two accuracies often serves as the sign of overfitting. On the first split it misleads: tiny has
# the largest, because its 90 test rows happen to be hard. The curves do not mislead.
#
# The decision boundaries
# -----------------------
#
# The smoothness of a boundary can be measured by its length, in widths of the picture. A straight line across is 1.

comparison = ComparisonDisplay.from_runs(runs, moons, kind="probability", rows=runs.test_rows)
lengths = {name: [] for name in networks}
for name, repeats in runs.repeats.items():
    for run in repeats:
        display = BoundaryDisplay.from_estimator(run, moons, resolution=100)
        plt.close(display.figure_)
        lengths[name].append(display.boundary_length)
    print(f"{name:4}  length of the boundary {Mean.of(lengths[name])}")

# %%
# Which claims hold?
# ------------------
#
# Differences are taken split by split: both networks have the same training and test rows.

of_seed = {name: runs.table.filter(network=name) for name in networks}
gaps = {name: Mean.of((own["train_accuracy"] - own["test_accuracy"]).to_numpy()) for name, own in of_seed.items()}
big_over_tiny, good_over_big = runs.difference("big", "tiny"), runs.difference("good", "big")
good_loss_over_big = runs.difference("good", "big", "test_loss")
print(f"big is worse on test rows than on training rows, by {gaps['big']} (tiny {gaps['tiny']}, good {gaps['good']})")
print(f"big minus tiny: accuracy {big_over_tiny}; good minus big {good_over_big}, in log loss {good_loss_over_big}")

# %%
# Tiny plateaus near 80%, and big reaches 100% on training rows, as claimed: see the table above. One claim does not
# hold. **Big is not worse than tiny:** it is better on test rows, by far more than chance. On these moons the memorised
# points predict the next ones fairly well; overfitting ruins the probabilities. Good equals big in accuracy, or is
# slightly better. It is clearly better in log loss, which punishes confident mistakes, and its boundary is shorter:
# from smooth to rough, the order is tiny, good, big. After 2000 epochs all this is slightly clearer.
#
# What the program says
# ---------------------
#
# ``diagnose`` reads the same signs, with intervals, and tries what lowers the loss on other rows. What good still gets
# wrong is the noise of these moons.

diagnoses = {}
for name, network in networks.items():
    diagnoses[name] = diagnose(moons, network, trainings(200)[name], seeds=5, precision="auto")
    print(f"{name}: {diagnoses[name].headline}\n  {diagnoses[name].symptom}\n  {diagnoses[name].remedy}")

rough = BoundaryDisplay.from_estimator(runs["big"], moons, kind="probability", title="big, all points")
plt.show()

# %%
# **In the picture** of big the boundary bends around single points, and the network is certain right up to it. This is
# overfitting.
#
# Stretch goals
# -------------
#
# 1. Give tiny 4 units, then 8. When does it stop underfitting?
# 2. Take 3000 points instead of 300. Does big still overfit, and is its boundary still rough?
# 3. Regularise big with ``dropout=0.5``, with weight decay, with early stopping. Which comes closest to good?
