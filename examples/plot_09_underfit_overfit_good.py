"""
Too small, too big, about right
===============================

Three networks learn the same two moons. One is too small to fit them, one is large enough to memorise every point, and
one is of medium size and slightly regularised. This is the capstone of the lesson: it uses all previous scripts.

The lesson makes claims about the three. We train each network 20 times, and check which claims hold.
"""

import matplotlib.pyplot as plt
import torch
from torch import nn

from demarcate import Network, Training, datasets, diagnose, train
from demarcate.evaluation import Mean
from demarcate.plotting import BoundaryDisplay, ComparisonDisplay, HistoryDisplay

# %%
# The data and the three networks
# -------------------------------
#
# 300 points of two half moons. The noise is so large that they overlap: no classifier can always be right. 30% of the
# points are test rows.

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


EPOCHS = 2000
runs = train(moons, networks, trainings(EPOCHS), test_size=0.3)
for name, run in runs.items():
    print(name)
    print(run.log(every=500))

# %%
# The same in plain PyTorch
# -------------------------
#
# This loop trains the tiny network by hand. ``train`` starts from the weights that PyTorch draws after ``manual_seed``,
# so both start from the same weights.

tiny = runs["tiny"]
X, y = tiny.encode(moons.X), torch.tensor(moons.y, dtype=torch.float32).unsqueeze(1)
X_train, y_train = X[runs.train_rows], y[runs.train_rows]
X_test, y_test = X[runs.test_rows], y[runs.test_rows]

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
same_start = torch.equal(model[0].weight, tiny.untrained.member(0)[0].weight)
loss_of = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

by_hand = []
for _ in range(EPOCHS):
    model.train()
    loss = loss_of(model(X_train), y_train)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    model.eval()
    with torch.no_grad():
        by_hand.append(loss_of(model(X_test), y_test).item())

# %%
# The test losses of both, epoch by epoch:

by_demarcate = tiny.history["test_loss"].to_list()
apart = max(abs(one - other) for one, other in zip(by_hand, by_demarcate, strict=True))
print("the same initial weights:", same_start)
print(f"last test loss by hand {by_hand[-1]:.6f}, by demarcate {by_demarcate[-1]:.6f}; largest difference {apart:.1e}")

# %%
# The curves
# ----------
#
# Look at the two lines before any score: training rows and test rows.

tiny_curves = HistoryDisplay.from_run(runs["tiny"], title="tiny")

# %%

big_curves = HistoryDisplay.from_run(runs["big"], title="big")

# %%

good_curves = HistoryDisplay.from_run(runs["good"], title="good")

# %%
# The same in numbers: the gap between training rows and test rows; the lowest test loss, its epoch, and the last test
# loss.

evidence = {}
for name, run in runs.items():
    losses, test_accuracy = run.history["test_loss"], run.scores["accuracy"].value
    evidence[name] = {
        "gap": run.train_accuracy - test_accuracy,
        "lowest_epoch": losses.arg_min() + 1,
        "lowest": losses.min(),
        "last": losses[-1],
    }
    print(
        f"{name:4}  train accuracy {run.train_accuracy:.3f}, test accuracy {test_accuracy:.3f}, gap "
        f"{evidence[name]['gap']:+.3f}; test loss lowest in epoch {evidence[name]['lowest_epoch']} at "
        f"{evidence[name]['lowest']:.3f}, at the end {evidence[name]['last']:.3f}"
    )

# %%
# * **tiny underfits.** It is wrong on many of its training rows, and 2000 epochs do not change that: the training loss
#   is
#   flat, far above that of the others. More epochs will not help; more units would.
# * **big overfits.** Its training loss goes to zero, while the test loss has its minimum early and rises from then on.
#   It
#   is not wrong more often than before, but more and more certain where it is wrong.
# * **good** does neither: both losses fall together, and the test loss rises little from its minimum. (Its training
#   line
#   is ragged because each step drops other units.)
#
# The gap between training and test accuracy often serves as the sign of overfitting. On this one split it misleads:
# tiny has the largest gap, because its 90 test rows happen to be hard. The curves do not mislead.
#
# The decision boundaries
# -----------------------

comparison = ComparisonDisplay.from_runs(runs, moons, kind="probability", rows=runs.test_rows)

# %%
# Twenty splits
# -------------
#
# One split of 300 points is an anecdote: another split gives other numbers. So all three are trained on 20 splits, from
# 20 sets of initial weights, for 600 epochs instead of 2000 to save time. By then big has memorised all its training
# rows long ago. With 2000 epochs the comparisons below have the same results, slightly clearer. With
# ``precision="auto"`` big multiplies in bf16 if the processor gains from that.
#
# The intervals show how far the means would move with 20 other splits of these 300 points.

SEEDS = 20
repeated = train(moons, networks, trainings(600), test_size=0.3, seeds=SEEDS, precision="auto")
print(repeated)

# %%
# The smoothness of a boundary can be measured by its length, in widths of the picture. A straight line across is 1.

lengths = {name: [] for name in networks}
for name, repeats in repeated.repeats.items():
    for run in repeats:
        display = BoundaryDisplay.from_estimator(run, moons, resolution=100)
        plt.close(display.figure_)
        lengths[name].append(display.boundary_length)
roughness = {name: Mean.of(values) for name, values in lengths.items()}
for name, mean in roughness.items():
    print(f"{name:4}  length of the boundary {mean}")

# %%
# Which claims hold?
# ------------------
#
# Differences are taken split by split: both networks have the same training and test rows.

reached = {row["network"]: row for row in repeated.means.to_dicts()}
gaps = {}
for name in networks:
    own = repeated.table.filter(network=name)
    gaps[name] = Mean.of((own["train_accuracy"] - own["test_accuracy"]).to_numpy())
big_over_tiny = repeated.difference("big", "tiny", "test_accuracy")
good_over_big = repeated.difference("good", "big", "test_accuracy")
good_loss_over_big = repeated.difference("good", "big", "test_loss")
longer = {
    "good than tiny": Mean.of([a - b for a, b in zip(lengths["good"], lengths["tiny"], strict=True)]),
    "big than good": Mean.of([a - b for a, b in zip(lengths["big"], lengths["good"], strict=True)]),
}
for name, claim in (("tiny", "tiny plateaus near 80%"), ("big", "big reaches 100% on training rows")):
    print(f"{claim}: train {reached[name]['train_accuracy']:.3f}, test {reached[name]['test_accuracy']:.3f}")
print(f"big is worse on test rows than on training rows, by {gaps['big']} (tiny {gaps['tiny']}, good {gaps['good']})")
print(f"big is worse than tiny: big minus tiny is {big_over_tiny}")
print(f"good matches or beats big: good minus big is {good_over_big}; in log loss {good_loss_over_big}")
print(f"the boundary is longer: {', '.join(f'{who} by {by}' for who, by in longer.items())}")

# %%
# All hold but one.
#
# * Tiny stays near 80%, on training rows and on test rows.
# * Big memorises its training rows, and is less good on test rows. Over 20 splits its gap is the largest.
# * **Big is not worse than tiny.** It is better on test rows, by far more than chance. An overfitted network is not
#   always a bad one: on these moons the memorised points predict the next ones fairly well. Overfitting ruins the
#   probabilities.
# * Good equals big in accuracy, or is slightly better. The clear difference is in log loss, which punishes confident
#   mistakes, and in the boundary: from smooth to rough, the order is tiny, good, big.

# %%
# What the program says
# ---------------------
#
# ``diagnose`` reads the same signs, over several splits and with intervals. Its symptom is what you have seen: the loss
# on training rows, the loss on other rows, and the gap between them. Its remedy is what lowered the loss on other rows
# when it was tried.

for name, network in networks.items():
    diagnosis = diagnose(moons, network, trainings(300)[name], seeds=5)
    print(f"{name}: {diagnosis.headline}\n  {diagnosis.symptom}\n  {diagnosis.remedy}")

# %%
# Tiny underfits, and a larger network helps. Big overfits, whether or not a remedy is sure on so few rows. Good is
# about right: what it still gets wrong is the noise of these moons.

rough = BoundaryDisplay.from_estimator(runs["big"], moons, kind="probability", title="big, with all points")
plt.show()

# %%
# **In the picture:** the boundary of the big network bends around single points, and the network is certain right up to
# it. This is overfitting.
#
# Stretch goals
# -------------
#
# 1. Give tiny 4 units, then 8. When does it stop underfitting?
# 2. Take 3000 points instead of 300. Does big still overfit, and is its boundary still rough?
# 3. Regularise big with ``dropout=0.5``, with weight decay, with early stopping. Which comes closest to good?
