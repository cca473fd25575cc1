"""
Too small, too big, about right
===============================

Three networks learn the same two moons. One is too small to follow them, one so big that it can learn every single
point by heart, one is of middling size and held back a little. This is the capstone of the lesson: everything before
comes together here.

The lesson makes claims about the three. We train each 20 times, and say which of them hold.
"""

import matplotlib.pyplot as plt
import torch
from torch import nn

from demarcate import Network, Training, datasets, train
from demarcate.evaluation import Mean
from demarcate.plotting import BoundaryDisplay, ComparisonDisplay, HistoryDisplay

# %%
# The data and the three networks
# -------------------------------
#
# 300 points of two half moons. The noise is so large that they reach into each other: nobody can be right always.
# 30% of the points are test rows.

moons = datasets.moons(n_samples=300, noise=0.30, random_state=0)
networks = {
    "tiny": Network(hidden=(2,), activation="tanh"),
    "big": Network(hidden=(256, 256, 256)),
    "good": Network(hidden=(16, 16), dropout=0.2),
}


def trainings(epochs):
    """Adam over all rows at once; the good network's weights are pulled towards zero a little."""
    plain = Training(optimizer="adam", lr=0.01, epochs=epochs, batch_size=None)
    held_back = Training(optimizer="adam", lr=0.01, weight_decay=1e-4, epochs=epochs, batch_size=None)
    return {"tiny": plain, "big": plain, "good": held_back}


EPOCHS = 2000
runs = train(moons, networks, trainings(EPOCHS), test_size=0.3)
for name, run in runs.items():
    print(name)
    print(run.log(every=500))

# %%
# The same in plain PyTorch
# -------------------------
#
# There is no magic in ``train``. Here is the tiny network as one would write it by hand. ``train`` begins from the
# weights that PyTorch draws after ``manual_seed``, so that both begin alike.

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
# Is it the same, epoch by epoch?

by_demarcate = tiny.history["test_loss"].to_list()
apart = max(abs(one - other) for one, other in zip(by_hand, by_demarcate, strict=True))
print("the same initial weights:", same_start)
print(
    f"last test loss by hand {by_hand[-1]:.6f}, by demarcate {by_demarcate[-1]:.6f}; never more than {apart:.1e} apart"
)

# %%
# What the curves say
# -------------------
#
# Before looking at any score, look at the two lines: training rows and test rows.

tiny_curves = HistoryDisplay.from_run(runs["tiny"], title="tiny")

# %%

big_curves = HistoryDisplay.from_run(runs["big"], title="big")

# %%

good_curves = HistoryDisplay.from_run(runs["good"], title="good")

# %%
# The evidence in numbers: the gap between training rows and test rows; the lowest test loss, when it was reached, and
# what became of it.

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
        f"{evidence[name]['lowest']:.3f}, in the end {evidence[name]['last']:.3f}"
    )

# %%
# * **tiny underfits.** It is wrong about many of the rows it was trained on, and 2000 epochs did not change that: the
#   training loss lies flat, far above what the others reach. More epochs will not help; more units would.
# * **big overfits.** Its training loss goes to zero, while the test loss reached its lowest point early and has been
#   climbing ever since. It is no more often wrong than before, but ever more certain where it is wrong.
# * **good** does neither: both losses come down together, and the test loss rises little from its lowest point. (Its
#   training line is ragged because each step silences other units.)
#
# The gap between training and test accuracy is often taken as the sign of overfitting. On this one split it misleads:
# the widest belongs to tiny, whose 90 test rows happen to be hard ones. The curves do not.
#
# Where they draw the line
# ------------------------

comparison = ComparisonDisplay.from_runs(runs, moons, kind="probability", rows=runs.test_rows)

# %%
# Twenty times over
# -----------------
#
# One split of 300 points is an anecdote: on another the numbers are others. So all three are trained on 20 splits,
# from 20 sets of initial weights, for 600 epochs instead of 2000 to save time. By then big has known all its training
# rows by heart for long. With 2000 the comparisons below come out alike, a little more clearly. ``precision="auto"``
# lets big multiply in fewer digits where the processor gains from that.
#
# The intervals say how far the means would move with 20 other splits of these 300 points.

SEEDS = 20
repeated = train(moons, networks, trainings(600), test_size=0.3, seeds=SEEDS, precision="auto")
print(repeated)

# %%
# How smooth a boundary is can be measured too: its length, in widths of the picture. A straight line across is 1.

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
# Differences are taken split by split: both networks met the same training and test rows.

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
# * Tiny does stay near 80%, on training rows as on test rows.
# * Big does learn its training rows by heart, and is less good on test rows. Over 20 splits its gap is the widest.
# * **Big is not worse than tiny.** It is better, on test rows, by far more than chance. Overfitting is not the same as
#   being bad: on these moons, knowing every point by heart is a fair way to guess the next. What it ruins is the
#   certainty.
# * Good matches big in accuracy, or beats it by a little. The clear difference is in log loss, which punishes
#   confident mistakes, and in the boundary: the order is tiny, good, big, from smooth to rough.

rough = BoundaryDisplay.from_estimator(runs["big"], moons, kind="probability", title="big, with all points")
plt.show()

# %%
# **What to see:** the line of the big network bends around single points, and it is certain right up to it: that is
# what overfitting looks like.
#
# Stretch goals
# -------------
#
# 1. Give tiny 4 units, then 8. When does it stop to underfit?
# 2. Take 3000 points instead of 300. Does big still overfit, and is its boundary still rough?
# 3. Hold big back with ``dropout=0.5``, with weight decay, with early stopping. Which comes closest to good?
