"""
Sweeps: where is the sweet spot?
================================

How many hidden units? How much weight decay? The usual answer is to try. ``sweep`` tries every value with several
seeds, each on a split of its own, and all networks train together, as stacks.

The lesson promises a sweet spot between too little and too much. We look for it, and find that it is wide.
"""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np

from demarcate import Network, Training, datasets, sweep, train
from demarcate.evaluation import Mean
from demarcate.plotting import SweepDisplay

# %%
# Validation rows and test rows
# -----------------------------
#
# The best score of eight values contains luck. So there are three kinds of rows. The test rows are held out first. Each
# seed then splits the others into training rows and validation rows; values are compared on the validation rows. Only
# the winner is scored on the test rows, once.

moons = datasets.moons(n_samples=300, noise=0.30, random_state=0)


def report(progress):
    """Print three lines for each stack."""
    if progress.epoch % (progress.n_epochs // 3) == 0:
        print(f"epoch {progress.epoch}: {progress.n_active} networks, validation loss {progress.validation_loss:.3f}")


# %%
# From 2 to 256 hidden units
# --------------------------
#
# One hidden layer, its width doubled seven times, 20 seeds each: 160 networks. They are scored every 50th epoch only
# (``validate_every``), which saves time.

widths = {"hidden": [(2,), (4,), (8,), (16,), (32,), (64,), (128,), (256,)]}
training = Training(optimizer="adam", lr=0.01, epochs=300, batch_size=None, validate_every=50)
by_width = sweep(moons, over=widths, seeds=20, training=training, metric="accuracy", on_epoch=report)
print(by_width)

# %%
# Values as good as the best
# --------------------------
#
# The first line of the table has the best mean, but its lead can be luck. All values have the same 20 splits, so
# differences can be taken split by split. The splits share rows, and resemble each other more than fresh rows would;
# ``shared`` widens the intervals for that.


def print_behind(result, metric):
    """Print how far each value is behind the best in a metric, and in how many splits; return those beyond noise."""
    (setting,) = result.winner.settings
    shared = len(result.validation_rows[0]) / len(result.train_rows[0])
    scores = {}
    for number, value in result.table.select("configuration", setting).sort("configuration").iter_rows():
        scores[value] = result.networks.filter(configuration=number)[f"validation_{metric}"].to_numpy()
    sign = 1 if metric == "accuracy" else -1
    best = max(scores, key=lambda value: sign * scores[value].mean())
    behind = {value: sign * (scores[best] - own) for value, own in scores.items() if value != best}
    print(f"{metric}: best {best}")
    for value, by in behind.items():
        print(f"  {value:>6} is behind by {Mean.of(by, shared=shared)}, in {np.sum(by > 0)} of {len(by)} splits")
    return [value for value, by in behind.items() if Mean.of(by, shared=shared).low > 0]


too_narrow = print_behind(by_width, "accuracy")
worse_in_log_loss = print_behind(by_width, "log_loss")

# %%
# The smallest widths are clearly too small. From 16 on, all widths are within about a point of accuracy of each other,
# up to the largest. In log loss the largest is behind in most splits; but the differences vary so much that the
# interval includes zero. These 300 points are too few to decide.
#
# Unlike with patients, we can draw more points here: fresh tables, each with 240 training rows, as above, and 1000
# test rows.


def on_fresh_points(networks, training, draws):
    """Return the differences of test accuracy and test log loss, first network minus second, over fresh tables."""
    apart = {"test_accuracy": [], "test_loss": []}
    for draw in range(draws):
        fresh = datasets.moons(n_samples=1240, noise=0.30, random_state=100 + draw)
        runs = train(fresh, networks, training, test_size=1000, seed=draw, precision="auto")
        for metric, differences in apart.items():
            differences.append(runs.difference(*networks, metric).value)
        if draw % 5 == 4:
            print(f"draw {draw}: accuracy {apart['test_accuracy'][-1]:+.3f}, log loss {apart['test_loss'][-1]:+.3f}")
    return Mean.of(apart["test_accuracy"]), Mean.of(apart["test_loss"])


wide_and_narrow = {"256": Network(hidden=(256,)), "16": Network(hidden=(16,))}
wide_accuracy, wide_loss = on_fresh_points(wide_and_narrow, training, draws=20)
print(f"256 minus 16, fresh points: accuracy {wide_accuracy}, log loss {wide_loss}")

# %%
# So there is a sweet spot, but its two sides differ. On the left is a cliff: a network that is too small is wrong. On
# the right is a gentle slope: a network that is too wide is right about equally often, but too certain. Take the
# smallest good width: it is the cheapest.

width_display = SweepDisplay.from_sweep(by_width, over="hidden")

# %%
# Weight decay for the big network
# --------------------------------
#
# Weight decay pulls all weights towards zero in every step. It is one way to regularise the big network of the
# capstone, three layers of 256. We try none, and then 1e-5 to 1e-2.

big = Network(hidden=(256, 256, 256))
plain = Training(optimizer="adam", lr=0.01, epochs=150, batch_size=None, validate_every=50)
decays = {"weight_decay": [0.0, 1e-5, 1e-4, 1e-3, 1e-2]}
by_decay = sweep(moons, over=decays, seeds=6, network=big, training=plain, precision="auto", on_epoch=report)
print(by_decay)
worse_decay_in_accuracy = print_behind(by_decay, "accuracy")
worse_decay_in_log_loss = print_behind(by_decay, "log_loss")

# %%
# Without decay the log loss is several times as high, and varies widely. Accuracy hardly moves. Fresh points again give
# a clearer answer, for the largest decay and none:

both = {"decayed": replace(plain, weight_decay=1e-2), "free": plain}
decay_accuracy, decay_loss = on_fresh_points({"decayed": big, "free": big}, both, draws=5)
print(f"weight decay 1e-2 minus none, fresh points: accuracy {decay_accuracy}, log loss {decay_loss}")

# %%
# Small values do little: with 1e-4 the big network memorises its training rows nearly as well as without decay. Only
# 1e-2 prevents that. And that is the largest value of the sweep: if the best value is at the end of the range, the
# sweep has found the direction of the sweet spot, but not the sweet spot. The next sweep should go further.

decay_display = SweepDisplay.from_sweep(by_decay, over="weight_decay", metric="log_loss")
plt.show()

# %%
# **In the pictures:** with growing weight decay the log loss falls and its intervals shrink, up to the last value. In
# the picture of the widths, accuracy rises steeply and is then flat.
#
# Stretch goals
# -------------
#
# 1. Continue where the sweep ended: weight decay 1e-2, 3e-2, 0.1, 0.3. Where is the minimum?
# 2. ``halving=True`` drops the worse half repeatedly. How much time does it save, and does the same value win?
# 3. Sweep two settings at once: ``over={"hidden": [(4,), (16,), (64,)], "dropout": [0.0, 0.2, 0.5]}``.
