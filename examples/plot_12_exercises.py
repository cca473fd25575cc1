"""
Exercises of scripts 01 to 04, with answers
===========================================

Guess first, then read on. Answers that depend on luck are means over ten seeds, each with a split and initial weights
of its own, with the 95% interval of the mean.
"""

import matplotlib.pyplot as plt
import numpy as np
import torch

from demarcate import Network, Training, datasets, train
from demarcate.errors import InputError
from demarcate.evaluation import Mean
from demarcate.plotting import BoundaryDisplay

SEEDS = 10


def accuracies(runs, name="network"):
    """Return train and test accuracy over the seeds as text."""
    table = runs.table.filter(network=name)
    on_train, on_test = (Mean.of(table[f"{rows}_accuracy"].to_numpy(), within=(0, 1)) for rows in ("train", "test"))
    return f"train {on_train}   test {on_test}"


def epochs_to(runs, name="network", level=0.99):
    """Return the median over seeds of the first epoch with a test accuracy of at least ``level``."""
    histories = [run.history["test_accuracy"].to_numpy() for run in runs.repeats[name]]
    return float(np.median([np.argmax(own >= level) + 1 if (own >= level).any() else np.inf for own in histories]))


# %%
# Script 01: regression or classification?
# ----------------------------------------
#
# *Which output, loss and targets for tomorrow's temperature; rain or no rain; rain, snow or dry?* One number, mean
# squared error, floats. One logit, binary cross-entropy, floats 0 and 1 in a column. Three logits, cross-entropy, class
# numbers 0 to 2. *Do the strips of the regression vanish after 2000 steps?* They may get narrower, but they stay:
# between 0 and 3 its output passes through 1 and 2 after any number of steps.
#
# *What is the message of* ``train`` *for labels that are measurements?*

blobs = datasets.blobs()
try:
    train((blobs.X, blobs.X["x1"]), Network())
except InputError as error:
    print(refusal := str(error))

# %%
# Script 02: four clouds of points
# --------------------------------
#
# *Which clouds need fewer epochs, and which errors stay? Widths of 0.5 and 4.0, 50 points, 2000 points of width 2.0.*

settings = {"as in the lesson": {}, "width 0.5": {"cluster_std": 0.5}, "width 4.0": {"cluster_std": 4.0}}
settings |= {"50 points": {"n_samples": 50}, "2000 points, width 2.0": {"n_samples": 2000, "cluster_std": 2.0}}
descent = Training(optimizer="sgd", lr=0.1, epochs=100, batch_size=None)
clouds = {}
for name, changed in settings.items():
    clouds[name] = train(datasets.blobs(**changed), Network(hidden=(8, 8)), descent, seeds=SEEDS, standardise=False)
    print(f"{name:23} {accuracies(clouds[name])}")
for name in ("as in the lesson", "width 0.5"):
    print(f"{name}: 97% of the test rows right after {epochs_to(clouds[name], level=0.97):.0f} epochs (median)")
print("accuracy of the first run on its 10 test rows of 50 points", clouds["50 points"]["network"].scores["accuracy"])
run = clouds["width 4.0"]["network"]
wide = BoundaryDisplay.from_estimator(run, datasets.blobs(cluster_std=4.0), rows=run.test_rows)

# %%
# Narrow clouds are learned in fewer epochs. Wide ones overlap: points lie on both sides of the boundary, and no
# boundary could be much better. The errors are in the data, and 2000 points do not change that. With 50 points the
# accuracy of a run can only be 80%, 90%, 100% and so on, and ten right answers out of ten prove little.
#
# *Set the learning rate to 0.001 and to 2.0. Which of the two becomes good with more epochs?*

for rate in (0.001, 2.0):
    for epochs in (100, 500):
        slow_or_wild = Training(optimizer="sgd", lr=rate, epochs=epochs, batch_size=None)
        clouds[rate, epochs] = train(blobs, Network(hidden=(8, 8)), slow_or_wild, seeds=5, standardise=False)
        print(f"learning rate {rate}, {epochs:4} epochs   {accuracies(clouds[rate, epochs])}")

# %%
# The small one: it improves, but slowly. With the large one the first steps move the weights so far that in most
# networks the ReLU units give 0 for every point, and so does their gradient: no step changes them any more.
#
# *Leave the hidden layers out. How much worse is it?*

depths = {"no hidden layers": Network(hidden=()), "8-8": Network(hidden=(8, 8))}
straight = train(blobs, depths, descent, seeds=SEEDS, standardise=False)
print("8-8 minus no hidden layers, test accuracy", straight.difference("8-8", "no hidden layers"))

# %%
# Hardly worse: the boundaries are nearly straight.
#
# Script 03: logits and losses
# ----------------------------
#
# *Add 100 to all logits of a point; multiply them by 10. What happens to its probabilities?*

logits = torch.tensor([2.0, 1.0, 0.0, -1.0])
for name, changed in (("logits", logits), ("plus 100", logits + 100), ("times 10", logits * 10)):
    print(f"{name:9} {[round(value, 3) for value in torch.softmax(changed, 0).tolist()]}")

# %%
# Only differences matter, so adding changes nothing; multiplying gives the same prediction with more certainty.
#
# *A forecaster always predicts 0.5. What is the loss?* -log(0.5) = 0.693 for every row; the accuracy is that of a coin.
# *What is the loss if the true class has probability 0?* Infinite. Computed from logits it is finite: a very small
# probability is rounded to 0, a logit is never infinite.

certain = torch.tensor([[200.0, 0.0]])
from_logits = torch.nn.functional.cross_entropy(certain, torch.tensor([1])).item()
from_probabilities = -torch.log(torch.softmax(certain, 1)[0, 1]).item()
print(f"wrong by 200 in the logits: loss {from_logits} from the logits, {from_probabilities} from the probabilities")

# %%
# Script 04: two rings
# --------------------
#
# *One more hidden layer? And how narrow can the network be?*

adam = Training(optimizer="adam", lr=0.01, epochs=300, batch_size=None)
widths = {"16-16": (16, 16), "16-16-16": (16, 16, 16), "2": (2,), "3": (3,), "4": (4,), "8": (8,)}
named = {name: Network(hidden=hidden) for name, hidden in widths.items()}
rings = train(datasets.circles(), named, adam, seeds=SEEDS, standardise=False)
deeper = rings.difference("16-16-16", "16-16", "test_accuracy")
print(*(f"{name:9} {accuracies(rings, name)}" for name in named), f"a third layer of 16 adds {deeper}", sep="\n")

# %%
# A third layer adds nothing. Two units cannot enclose a ring; three lines could, but few initial weights lead there. A
# few more units than necessary find the solution reliably.
#
# *SGD with a learning rate of 0.1 instead of Adam. How many epochs does it need?*

plain = Training(optimizer="sgd", lr=0.1, epochs=600, batch_size=None)
by_sgd = train(datasets.circles(), Network(hidden=(16, 16)), plain, seeds=SEEDS, standardise=False)
print(f"99% right after {epochs_to(rings, '16-16'):.0f} epochs of Adam, {epochs_to(by_sgd):.0f} of SGD (medians)")

# %%
# *Make the rings harder: noise 0.2 and factor 0.8. How does the narrow band change?*

harder = datasets.circles(noise=0.2, factor=0.8)
blurred = train(harder, Network(hidden=(16, 16)), adam, seeds=SEEDS, standardise=False)
print(accuracies(blurred))
band = BoundaryDisplay.from_estimator(blurred["network"], harder, kind="probability", rows=blurred.test_rows)
plt.show()

# %%
# It widens: where rings overlap, the best probabilities are uncertain ones.
