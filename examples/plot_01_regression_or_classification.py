"""
Regression or classification?
=============================

A neural network turns numbers into numbers. The question decides what those numbers mean:

* **Regression** asks *how much?* The answer is a number: a price, a temperature, a heart rate.
* **Classification** asks *which one?* The answer is one of a few names, the classes: ill or healthy; cat, dog or bird.

The question decides exactly three things:

.. list-table::
   :header-rows: 1

   * - Question
     - Output of the last layer
     - Loss
     - Targets
   * - How much?
     - one number, used directly (a linear layer)
     - mean squared error, ``MSELoss``
     - floats, shape (rows, 1)
   * - Which of two classes?
     - one number, a *logit*: above 0 means the second class
     - ``BCEWithLogitsLoss``
     - floats 0.0 or 1.0, shape (rows, 1)
   * - Which of K classes?
     - K numbers, a logit for each class: the largest is the prediction
     - ``CrossEntropyLoss``
     - class numbers from 0 to K - 1, integers, shape (rows,)

A **loss** is a number that measures how wrong the network is; training makes it small. Everything else is the same for
all three questions, and has five steps: get data, build a model, choose loss and optimizer, train, evaluate.
"""

import matplotlib.pyplot as plt
import numpy as np
import polars as pl
import torch
from torch import nn

from demarcate import Network, Training, datasets, train
from demarcate.evaluation import Mean
from demarcate.plotting import BoundaryDisplay

torch.set_num_threads(1)  # for networks as small as these, one thread is faster than several

# %%
# The five steps, written once
# ----------------------------
#
# Step 1, the data, is passed in as ``x`` (the inputs) and ``y`` (the targets). The question decides ``n_outputs`` and
# ``loss``.


def learn(x, y, n_outputs, loss, seed):
    """Steps 2 to 4 in plain PyTorch."""
    torch.manual_seed(seed)
    model = nn.Sequential(  # step 2: a model
        nn.Linear(x.shape[1], 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, n_outputs)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)  # step 3: an optimizer, which makes the loss smaller
    for _ in range(200):  # step 4: train
        optimizer.zero_grad()  # forget the gradients of the last step
        loss(model(x), y).backward()  # compute the loss and its gradients
        optimizer.step()  # a small step that lowers the loss
    return model


# %%
# One table, two questions. For 303 patients we know the age, how fast the heart beats under stress, and whether there
# is heart disease. *How much?* is the heart rate at a given age. *Which of two?* is ill or healthy, from age and heart
# rate. The first model is scored by the size of its errors, the second by the share of right answers.
#
# Step 5, evaluation, uses 60 patients that the models were not trained on. The 60 are chosen at random, so everything
# is repeated ten times, and the script prints the mean with a 95% interval: how far other choices could move that mean.

heart = datasets.heart()
table = heart.X.select(pl.col("age", "thalach").cast(pl.Float32)).to_torch()  # age and highest heart rate
ill = torch.tensor(heart.y, dtype=torch.float32).unsqueeze(1)

off, off_without, right, right_without = [], [], [], []
for seed in range(10):
    shuffled = torch.randperm(303, generator=torch.Generator().manual_seed(seed))
    rows, test = shuffled[:-60], shuffled[-60:]
    mean, std = table[rows].mean(0), table[rows].std(0)
    scaled = (table - mean) / std  # networks learn best from numbers around 0
    age, rate = scaled[:, :1], scaled[:, 1:]

    how_much = learn(age[rows], rate[rows], n_outputs=1, loss=nn.MSELoss(), seed=seed)
    which = learn(scaled[rows], ill[rows], n_outputs=1, loss=nn.BCEWithLogitsLoss(), seed=seed)
    with torch.no_grad():
        off.append(((how_much(age[test]) - rate[test]).abs().mean() * std[1]).item())
        right.append(((which(scaled[test]) > 0) == (ill[test] == 1)).float().mean().item())
    off_without.append((rate[test].abs().mean() * std[1]).item())
    right_without.append((ill[test] == 0).float().mean().item())

print(f"heart rate: off by {Mean.of(off)} beats a minute; always predicting the mean, by {Mean.of(off_without)}")
print(f"heart disease: right for {Mean.of(right)} of patients; always predicting healthy, for {Mean.of(right_without)}")

# %%
# *Which of four?* A thousand points in four clouds: four outputs, cross-entropy. Here are the five steps in demarcate,
# which derives the last layer and the loss from the labels, and holds out a fifth of the rows for testing. With
# ``seeds=10`` everything is repeated ten times.

data = datasets.blobs()  # step 1
network = Network(hidden=(8, 8))  # step 2
training = Training(optimizer="adam", lr=0.01, epochs=200, batch_size=None)  # step 3
runs = train(data, network, training, seeds=10, standardise=False)  # step 4
print(runs["network"].network)
print(runs)  # step 5

# %%
# Why not a regression on the class numbers?
# ------------------------------------------
#
# The classes are numbered from 0 to 3. Could a regression predict the number, and round it? Python does not
# complain. This one has the interface of a classifier:


class RoundedRegression:
    """A regression on class numbers: the wrong tool."""

    classes_ = np.arange(4)

    def __init__(self, X, y, seed=0):
        target = torch.tensor(y, dtype=torch.float32).unsqueeze(1)
        self.model = learn(as_tensor(X), target, n_outputs=1, loss=nn.MSELoss(), seed=seed)

    def predict(self, X):
        with torch.no_grad():
            return self.model(as_tensor(X)).squeeze(1).round().clamp(0, 3).long().numpy()

    def predict_proba(self, X):
        return np.eye(4)[self.predict(X)]  # it has no probabilities, only 0 and 1


def as_tensor(X):
    return torch.tensor(np.asarray(X), dtype=torch.float32)


def accuracies(labels):
    """Test accuracy of rounded regressions, on the same training and test rows as the networks above."""
    scores = []
    for run in runs.repeats["network"]:
        regression = RoundedRegression(data.X[run.train_rows], labels[run.train_rows], run.seed)
        scores.append(np.mean(regression.predict(data.X[run.test_rows]) == labels[run.test_rows]))
    return np.array(scores)


classifier, numbered = runs.table["test_accuracy"].to_numpy(), accuracies(data.y)
behind = Mean.of(classifier - numbered)
print(f"test accuracy: classifier {Mean.of(classifier)}, rounded regression {Mean.of(numbered)}, behind by {behind}")

# %%
# Numbers have an order and distances; names have neither. For a regression class 1 lies between 0 and 2, and predicting
# 3 for 0 is nine times as bad as predicting 1. So the numbering of the classes matters. The same clouds with other
# numbers:

renumbered = accuracies(np.array([1, 2, 3, 0])[data.y])
moved = Mean.of(renumbered - numbered)
print(f"other numbers: rounded regression {Mean.of(renumbered)}, the numbering alone changed it by {moved}")

# %%
# A classifier has an output for each class. Other numbers only swap the outputs.

regression_picture = BoundaryDisplay.from_estimator(
    RoundedRegression(data.X, data.y), data, title="A regression on class numbers, rounded"
)

# %%
classifier_picture = BoundaryDisplay.from_estimator(runs["network"], data, title="A classifier with four outputs")
plt.show()

# %%
# **In the pictures:** between two regions the output of the regression passes through all numbers in between, so strips
# of other classes lie along its borders; the regions of the classifier touch each other directly.
#
# Exercises
# ---------
#
# Answers are in script 12 of this gallery.
#
# 1. Which output, loss and targets would you take for: tomorrow's temperature; rain or no rain; rain, snow or dry?
# 2. Train the regression for 2000 steps instead of 200. Do the strips vanish?
# 3. ``train`` refuses labels that are measurements: try ``train((data.X, data.X["x1"]), network)``. What is the
#    message?
