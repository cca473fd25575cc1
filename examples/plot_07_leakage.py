"""
Leaks: scores that are too good
===============================

A score measures a classifier on rows that it was not trained on. If training uses anything learned from the test rows,
the score is too good, and the number alone does not show it. That is a leak.

Here are two leaks with the same cause: a step of preparation on all rows, before the split. One is the leak that every
course warns of, a scaler fitted on the test rows too. The other is the choice of columns. We measure the effect of each
over 50 splits, with the leak and without.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.preprocessing import StandardScaler

from demarcate import Network, Training, datasets, train
from demarcate.evaluation import Mean
from demarcate.plotting import HistoryDisplay

# %%
# Repeated, paired splits
# -----------------------
#
# One split says little: another split gives another score. So every score here comes from 50 splits. ``seeds=50``
# trains the network 50 times, each time with a split and initial weights of its own. The same seed gives the same
# split, with the leak and without, so the two scores can be compared split by split, and the luck of a split cancels in
# the difference.

SPLITS = 50
network = Network(hidden=(16,))
training = Training(optimizer="adam", lr=0.01, epochs=60, batch_size=None)

# %%
# A leak that hardly matters: the scaler
# --------------------------------------
#
# Networks learn better if every column has mean 0 and standard deviation 1. Means and deviations are estimated from
# rows, and the right rows are the training rows alone, as ``train`` does. For the leak, we scale all rows first and
# pass ``standardise=False`` to ``train``.

heart = datasets.heart()
numbers = ["age", "trestbps", "chol", "thalach", "oldpeak"]
measured = heart.X.select(numbers).to_numpy().astype(float)

scaled_inside = train((measured, heart.y), network, training, seeds=SPLITS, every=20)
scaled_before = train(
    (StandardScaler().fit_transform(measured), heart.y), network, training, seeds=SPLITS, standardise=False
)


def test_accuracy(runs):
    """Return the test accuracy of each split."""
    return runs.table["test_accuracy"].to_numpy()


scaler_gain = Mean.of(test_accuracy(scaled_before) - test_accuracy(scaled_inside))
print("scaler, test accuracy over 50 splits [95% interval of the mean]")
print("  fitted on the training rows ", Mean.of(test_accuracy(scaled_inside)))
print("  fitted on all rows          ", Mean.of(test_accuracy(scaled_before)))
print("  effect of the leak          ", scaler_gain)

# %%
# The effect is almost zero, for a simple reason: a mean of 242 rows and a mean of 303 rows are nearly the same number,
# and neither uses a label.

train_rows = scaled_inside.train_rows
for place in (0, 2):
    column = measured[:, place]
    print(f"{numbers[place]:4} mean of the training rows {column[train_rows].mean():6.1f}, of all {column.mean():6.1f}")

# %%
# It is still a leak. It costs nothing to avoid, and with few rows, or with outliers, it may be large. But measure it
# before you claim that it ruins a score.
#
# A leak that matters: choosing columns
# -------------------------------------
#
# Now 150 patients with 1000 measurements each. All of it is noise: the measurements are random numbers, and the labels
# ill and healthy do not depend on them. No classifier can be right more than half of the time, except by luck. A
# thousand columns are many, so we keep the 20 whose means differ most between the ill and the healthy.

ill = np.repeat([0, 1], 75)


def best_columns(noise, ill, n_columns=20):
    """Return the columns whose means over these rows differ most between the two classes."""
    difference = np.abs(noise[ill == 1].mean(axis=0) - noise[ill == 0].mean(axis=0))
    return np.argsort(difference)[-n_columns:]


# %%
# The leak: the columns are chosen on all rows, and then the rows are split. The right order: first the split, then the
# choice, on the training rows alone. Both are done 50 times, each time with new noise and another split.

leaky, clean = [], []
for seed in range(SPLITS):
    noise = np.random.default_rng(seed).normal(size=(150, 1000))
    on_all = best_columns(noise, ill)
    run = train((noise[:, on_all], ill), network, training, seed=seed)["network"]
    leaky.append(run)
    on_training = best_columns(noise[run.train_rows], ill[run.train_rows])
    clean.append(train((noise[:, on_training], ill), network, training, seed=seed)["network"])
    if seed % 10 == 9:
        print(f"split {seed + 1}: leaky {leaky[-1].test_accuracy:.2f}, right order {clean[-1].test_accuracy:.2f}")

leaky_accuracy = np.array([run.test_accuracy for run in leaky])
clean_accuracy = np.array([run.test_accuracy for run in clean])
selection_gain = Mean.of(leaky_accuracy - clean_accuracy)
print("20 of 1000 noise columns, test accuracy over 50 splits [95% interval of the mean]")
print("  chosen on the training rows ", Mean.of(clean_accuracy))
print("  chosen on all rows          ", Mean.of(leaky_accuracy))
print("  effect of the leak          ", selection_gain)

# %%
# There is nothing to learn, and the leaky score looks like a discovery. Among 1000 noise columns some always correlate
# with the labels of these 150 patients by chance, including those in the test rows. A choice by all labels uses the
# answers. With the right order the score is that of a coin: one half is inside the interval.
#
# The difference between the two leaks is the label. The scaler uses none. Every step that uses labels (choosing
# columns, replacing a category by the mean of its labels, filling missing cells with a model) belongs inside the split.
# The same holds for people who look at test scores and try again.
#
# ``demarcate`` fits scales, fill values and categories on each fold's training rows. But no library can detect what was
# done to a table before.

# %%
# The picture
# -----------
#
# The training histories of all 50 splits: the mean, and a band for its 95% interval.

figure, axes = plt.subplots(2, 2, figsize=(9, 6.5), layout="constrained")
with_leak = HistoryDisplay.from_run(leaky, title="Columns chosen on all rows: a leak", axes=axes[0])
without = HistoryDisplay.from_run(clean, title="Columns chosen on the training rows", axes=axes[1])
plt.show()

# %%
# **In the pictures:** at the top, the test accuracy rises far above one half, on pure noise; at the bottom, the same
# network with correctly chosen columns memorises its training rows and stays at one half on the test rows.
#
# Stretch goals
# -------------
#
# 1. Give 300 rows a random label and a category of 100 values, and replace each value by the mean label of its rows.
#    How much does the score rise if you do that before the split?
# 2. Leak the scaler on 20 rows instead of 303, one of them a hundred times as large as the others. Does it matter now?
# 3. Choose 20 of 50 noise columns instead of 20 of 1000. Why does the leak shrink?
