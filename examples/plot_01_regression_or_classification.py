"""
Regression or classification?
=============================

A neural network turns numbers into numbers. The question decides what those numbers mean:

* **Regression** asks *how much?* The answer is a number: a price, a temperature, a heart rate.
* **Classification** asks *which one?* The answer is one of a few names, the classes: ill or healthy; cat, dog or bird.

That decides exactly three things:

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

A **loss** measures how wrong the network is; training makes it small. Everything else is the same for all three
questions, and has five steps: get data, build a model, choose loss and optimizer, train, evaluate.
"""

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

from demarcate import Network, Training, datasets, train
from demarcate.evaluation import Mean
from demarcate.plotting import BoundaryDisplay

torch.set_num_threads(1)  # for networks as small as these, one thread is faster than several

# %%
# The five steps, written once; step 1, the data, is passed in as ``x`` (inputs) and ``y`` (targets):


def learn(x, y, n_outputs, loss, seed):
    """Steps 2 to 4 in plain PyTorch: build a model, choose the optimizer of its loss, train."""
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(x.shape[1], 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, n_outputs))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(200):
        optimizer.zero_grad()  # forget the gradients of the last step
        loss(model(x), y).backward()  # compute the loss and its gradients
        optimizer.step()  # a small step that lowers the loss
    return model


# %%
# One table of 303 patients, two questions. *How much?* is the highest heart rate at a given age. *Which of two?* is ill
# or healthy, from age and heart rate. Step 5, evaluation, uses 60 patients that the models were not trained on. They
# are chosen at random, so all is repeated ten times. Means have 95% intervals: how far other choices could move them.

heart = datasets.heart()
table = torch.tensor(heart.X.select("age", "thalach").to_numpy().astype(np.float32))  # thalach: highest heart rate
ill = torch.tensor(heart.y, dtype=torch.float32).unsqueeze(1)
off, off_without, right, right_without = [], [], [], []
for seed in range(10):
    rows, test = torch.randperm(303, generator=torch.Generator().manual_seed(seed)).split([243, 60])
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
print(f"heart rate: off by {Mean.of(off)} beats; always predicting the mean, by {Mean.of(off_without)}")
print(f"heart disease: right for a share of {Mean.of(right)}; always predicting healthy, for {Mean.of(right_without)}")

# %%
# *Which of four?* A thousand points in four clouds: four outputs, cross-entropy. Here are the five steps in demarcate,
# which derives the last layer and the loss from the labels, and holds out a fifth of the rows for testing. ``seeds=10``
# repeats that ten times; ``every=50`` prints every 50th epoch of the first.

data = datasets.blobs()  # step 1
network = Network(hidden=(8, 8))  # step 2
training = Training(optimizer="adam", lr=0.01, epochs=200, batch_size=None)  # step 3
runs = train(data, network, training, seeds=10, standardise=False, every=50)  # step 4
print(runs["network"].network, runs, sep="\n")  # step 5

# %%
# Why not a regression on the class numbers?
# ------------------------------------------
#
# The classes are numbered from 0 to 3. Could a regression predict the number, and round it? Python does not complain.
# Rounding takes the class whose number is nearest: the nearer, the higher its logit.


class RoundedRegression(nn.Module):
    """A regression on class numbers in place of a classifier: the wrong tool."""

    def __init__(self, x, y, seed):
        super().__init__()
        self.regression = learn(x, y.float().unsqueeze(1), n_outputs=1, loss=nn.MSELoss(), seed=seed)

    def forward(self, x):
        return -(self.regression(x) - torch.arange(4)).abs()


def accuracies(labels):
    """Return the test accuracy of rounded regressions, on the same training and test rows as the networks above."""
    scores = []
    for run in runs.repeats["network"]:
        rows, test = torch.tensor(run.train_rows), torch.tensor(run.test_rows)
        predicted = RoundedRegression(points[rows], labels[rows], run.seed)(points[test]).argmax(1)
        scores.append((predicted == labels[test]).float().mean().item())
    return np.array(scores)


points, labels = torch.tensor(data.X.to_numpy()).float(), torch.tensor(data.y)
classifier, numbered = runs.table["test_accuracy"].to_numpy(), accuracies(labels)
renumbered = accuracies(torch.tensor([1, 2, 3, 0])[labels])  # the same clouds with other numbers
behind, moved = Mean.of(classifier - numbered), Mean.of(renumbered - numbered)
print(f"test accuracy: classifier {Mean.of(classifier)}, rounded regression {Mean.of(numbered)}, behind by {behind}")
print(f"other numbers: rounded regression {Mean.of(renumbered)}, the numbering alone changed it by {moved}")
regression_picture = BoundaryDisplay.from_estimator(RoundedRegression(points, labels, 0), data, title="A regression")
classifier_picture = BoundaryDisplay.from_estimator(runs["network"], data, title="A classifier")
plt.show()

# %%
# Numbers have an order and distances; names have neither. For a regression class 1 lies between 0 and 2, and predicting
# 3 for 0 is nine times as bad as predicting 1. A classifier has an output for each class; other numbers only swap them.
#
# **In the pictures:** between two regions the output of the regression passes through all numbers in between, so strips
# of other classes lie along its borders; the regions of the classifier touch.
#
# Exercises, answered in script 12
# --------------------------------
#
# 1. Which output, loss and targets would you take for: tomorrow's temperature; rain or no rain; rain, snow or dry?
# 2. Train the regression for 2000 steps instead of 200. Do the strips vanish?
# 3. Labels that are measurements are refused. With what message? ``train((data.X, data.X["x1"]), network)``
