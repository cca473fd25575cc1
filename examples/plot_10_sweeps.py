"""
Sweeps: where is the sweet spot?
================================

How many hidden units? How much weight decay? The usual answer is to try. ``sweep`` tries every value several times,
each time on rows of its own, and all networks train together, as stacks.

The lesson promises a sweet spot between too little and too much. We look for it, and find that it is wide.
"""

# %%
# Rows for choosing, rows for judging
# -----------------------------------
#
# Whoever tries eight values and reports the best score reports luck as well. So there are three kinds of rows. The test
# rows are set aside first. Each seed then splits the others into training rows and validation rows; values are compared
# on the validation rows. The winner alone is judged on the test rows, once.
from demarcate import Network, Training, datasets, sweep
from demarcate.evaluation import Mean
from demarcate.plotting import SweepDisplay

moons = datasets.moons(n_samples=300, noise=0.30, random_state=0)

# %%
# From 2 to 256 hidden units
# --------------------------
#
# One hidden layer, its width doubled seven times, 20 seeds each: 160 networks.
widths = [2, 4, 8, 16, 32, 64, 128, 256]
by_width = sweep(
    moons,
    over={"hidden": [(width,) for width in widths]},
    seeds=20,
    training=Training(optimizer="adam", lr=0.01, epochs=300, batch_size=None),
    metric="accuracy",
)
print(by_width)

# %%
# Which are as good as the best?
# ------------------------------
#
# The table has one line on top, but a lead can be luck. All values met the same 20 splits, so the differences can be
# taken split by split. These intervals speak of other splits of the same 300 points. Fresh points would move the means
# further; the lead that is printed above allows for that.


def behind(result, metric):
    """The best value in a metric, and how far each value is behind it, by what was swept."""
    (setting,) = result.winner.settings
    sign = 1 if metric == "accuracy" else -1
    scores = {
        row[setting]: sign * result.networks.filter(configuration=row["configuration"])[f"validation_{metric}"]
        for row in result.table.sort("configuration").to_dicts()
    }
    best = max(scores, key=lambda value: scores[value].mean())
    return best, {value: Mean.of((scores[best] - own).to_numpy()) for value, own in scores.items() if value != best}


def clearly_behind(result, metric):
    """Print who is behind the best by more than chance, and return them."""
    best, lags = behind(result, metric)
    worse = [value for value, lag in lags.items() if lag.low > 0]
    print(f"{metric}: best {best}")
    for value, lag in lags.items():
        print(f"  {value:>6} is behind by {lag}{'' if value in worse else ', which may be chance'}")
    return worse


worse_in_accuracy = clearly_behind(by_width, "accuracy")
worse_in_log_loss = clearly_behind(by_width, "log_loss")

# %%
# Two units are too few: that is the one side of the sweet spot, and it is steep. On the other side there is no cliff.
# In accuracy, most widths cannot be told from the best, up to the widest. After 300 epochs a wide network that overfits
# pays in log loss, being more certain than it should be.
#
# So the honest answer is a range. Within it, take the smallest network: it is the cheapest.
width_display = SweepDisplay.from_sweep(by_width, over="hidden")

# %%
# Weight decay for the big network
# --------------------------------
#
# Weight decay pulls all weights towards zero in every step. For the big network of the capstone, three layers of 256,
# it is one way to be held back. We try none, and then 1e-5 to 1e-2.
by_decay = sweep(
    moons,
    over={"weight_decay": [0.0, 1e-5, 1e-4, 1e-3, 1e-2]},
    seeds=10,
    network=Network(hidden=(256, 256, 256)),
    training=Training(optimizer="adam", lr=0.01, epochs=150, batch_size=None),
    precision="auto",
)
print(by_decay)

# %%
decay_in_accuracy = clearly_behind(by_decay, "accuracy")
decay_in_log_loss = clearly_behind(by_decay, "log_loss")

# %%
# The small values do next to nothing: with 1e-4 the big network learns its training rows by heart as before. It takes
# 1e-2 to keep it from that, and the log loss shows what it is worth. Accuracy hardly moves, for the same reason as
# above: an overfitting network is not often wrong here, but wrong with certainty.
#
# The best value is the largest that was tried. A sweep whose winner stands at its end has not found the sweet spot, only
# the direction: the next one should go further.
decay_display = SweepDisplay.from_sweep(by_decay, over="weight_decay", metric="log_loss")

# %%
# Left of the largest decay the lines of training rows and validation rows are far apart; at the largest they meet.
