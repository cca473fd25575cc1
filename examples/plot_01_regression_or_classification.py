"""
Regression or classification?
=============================

A neural network turns numbers into numbers. What those numbers mean is decided by the question:

* **Regression** asks *how much?* The answer is a number: a price, a temperature, a heart rate.
* **Classification** asks *which one?* The answer is one of a few names, the classes: ill or healthy, cat or dog or bird.

The question decides three things, and only these three:

.. list-table::
   :header-rows: 1

   * - Question
     - What the last layer gives
     - Loss
     - Targets
   * - How much?
     - one number, used as it is (a linear layer)
     - mean squared error, ``MSELoss``
     - floats, shape (rows, 1)
   * - Which of two classes?
     - one number, a *logit*: above 0 means the second class
     - ``BCEWithLogitsLoss``
     - floats 0.0 or 1.0, shape (rows, 1)
   * - Which of K classes?
     - K numbers, a logit for each class: the largest one wins
     - ``CrossEntropyLoss``
     - class numbers from 0 to K - 1, integers, shape (rows,)

A **loss** is a number that says how wrong the network is. Training makes it small. The rest stays the same, whatever the
question, and has five steps: get data, build a model, choose loss and optimizer, train, evaluate.
"""

import numpy as np
import polars as pl
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from torch import nn

from demarcate import Network, Training, datasets, train
from demarcate.evaluation import Mean
from demarcate.plotting import BoundaryDisplay

# %%
# The five steps, written once
# ----------------------------
#
# Step 1, the data, comes in as ``x`` (what is known) and ``y`` (what is asked for). ``n_outputs`` and ``loss`` are the
# two things that the question decides.


def learn(x, y, n_outputs, loss, seed=0):
    """Steps 2 to 4 in plain PyTorch."""
    torch.manual_seed(seed)
    model = nn.Sequential(  # step 2: a model
        nn.Linear(x.shape[1], 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, n_outputs)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)  # step 3: who makes the loss smaller
    for _ in range(200):  # step 4: train
        optimizer.zero_grad()  # forget the slopes of the last step
        loss(model(x), y).backward()  # how wrong, and in which direction is less wrong?
        optimizer.step()  # a small step that way
    return model


# %%
# One table, two questions. 303 patients: from their age, how fast does the heart beat under stress (how much?), and from
# both numbers, is there heart disease (which of two?). The last 60 patients are kept aside for step 5, evaluation.

heart = datasets.heart()
table = heart.X.select(pl.col("age", "thalach").cast(pl.Float32)).to_torch()
x = (table - table[:-60].mean(0)) / table[:-60].std(0)  # bring both columns to the same scale
age, rate, ill = x[:, :1], table[:, 1:], torch.from_numpy(heart.y).float().unsqueeze(1)

# %%
# **How much?** One output, mean squared error. It is judged by how far off it is.

regression = learn(age[:-60], (rate[:-60] - 150) / 20, n_outputs=1, loss=nn.MSELoss())
with torch.no_grad():
    guessed = regression(age[-60:]) * 20 + 150
off = (guessed - rate[-60:]).abs().mean().item()
print(f"heart rate: off by {off:.0f} beats a minute on average, over 60 patients that it was not trained on")

# %%
# **Which of two?** One output again, but another loss, and what comes out is read as a class. It is judged by how often
# it is right.

binary = learn(x[:-60], ill[:-60], n_outputs=1, loss=nn.BCEWithLogitsLoss())
with torch.no_grad():
    right = ((binary(x[-60:]) > 0) == (ill[-60:] == 1)).float().mean().item()
print(f"heart disease: right for {right:.0%} of the same 60 patients; always saying the commoner answer would be right")
print(f"for {max(ill[-60:].mean().item(), 1 - ill[-60:].mean().item()):.0%}")

# %%
# **Which of four?** A thousand points in four clouds. Four outputs, cross-entropy. Here are the five steps in
# demarcate, which reads from the labels what the last layer and the loss have to be, and keeps 200 rows aside. With
# ``seeds=20`` everything is done twenty times, each time with other rows aside and other weights to begin from.

data = datasets.blobs()  # step 1
network = Network(hidden=(8, 8))  # step 2
training = Training(optimizer="adam", lr=0.01, epochs=200, batch_size=None)  # step 3
runs = train(data, network, training, seeds=20, standardise=False)  # step 4
print(runs["network"].network)
print(runs)  # step 5

# %%
# Why not a regression on the class numbers?
# ------------------------------------------
#
# The classes are numbered from 0 to 3, so why not let a regression guess the number, and round? The program would
# run without complaint. Here it is, made to look like a classifier from outside:


class RoundedRegression(ClassifierMixin, BaseEstimator):
    """A regression on class numbers: the wrong tool."""

    def fit(self, X, y, seed=0):
        self.classes_ = np.unique(y)
        self.model_ = learn(as_tensor(X), as_tensor(y).unsqueeze(1), n_outputs=1, loss=nn.MSELoss(), seed=seed)
        return self

    def predict(self, X):
        with torch.no_grad():
            guessed = self.model_(as_tensor(X)).squeeze(1).round()
        return guessed.clamp(0, len(self.classes_) - 1).long().numpy()

    def predict_proba(self, X):
        return np.eye(len(self.classes_))[self.predict(X)]  # it has no probabilities: all or nothing


def as_tensor(values):
    return torch.as_tensor(np.asarray(values), dtype=torch.float32)


def regression_accuracies(labels):
    """On the very rows that the networks above were trained and tested on."""
    found = []
    for seed, run in enumerate(runs.repeats["network"]):
        rounded = RoundedRegression().fit(data.X[run.train_rows], labels[run.train_rows], seed=seed)
        found.append(np.mean(rounded.predict(data.X[run.test_rows]) == labels[run.test_rows]))
    return np.array(found)


classifier = runs.table["test_accuracy"].to_numpy()
as_numbered = regression_accuracies(data.y)
print(f"test accuracy, mean over 20 seeds [95% interval]: classifier {Mean.of(classifier)}")
print(f"rounded regression {Mean.of(as_numbered)}, which is lower by {Mean.of(classifier - as_numbered)}")

# %%
# Numbers have an order and distances; names have not. A regression believes that class 1 lies between 0 and 2, and that
# taking 0 for 3 is nine times as bad as taking 0 for 1. So its result depends on who got which number. The same clouds
# with other numbers:

for numbers in ([1, 2, 3, 0], [0, 3, 1, 2], [0, 2, 1, 3]):
    renumbered = regression_accuracies(np.array(numbers)[data.y])
    print(f"numbered {numbers}: rounded regression {Mean.of(renumbered)}")

# %%
# The classifier gives each class an output of its own and does not care about the numbers.

rounded = RoundedRegression().fit(data.X, data.y)
regression_picture = BoundaryDisplay.from_estimator(rounded, data, title="A regression on class numbers, rounded")

# %%
classifier_picture = BoundaryDisplay.from_estimator(runs["network"], data, title="A classifier with four outputs")

# %%
# **What to see:** on its way from one number to another the regression has to pass all numbers in between, so strips of
# other classes lie along its borders; the classifier's regions simply meet.
#
# Exercises
# ---------
#
# 1. Which output, loss and targets would you take for: tomorrow's temperature; rain or no rain; rain, snow or dry?
# 2. Give the regression more training (2000 instead of 200 steps). Do the strips vanish?
# 3. ``train`` refuses labels such as 0.37. Try it: ``train((data.X, data.X["x1"]), network)``. What does it say?
