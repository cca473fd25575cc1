"""
Exercises, with answers
=======================

The exercises of the lesson, script by script. Guess first, then read on. Answers that depend on luck are means over
several seeds, each with a split and initial weights of its own, with the 95% interval of the mean.
"""

import matplotlib.pyplot as plt
import numpy as np
import torch

from demarcate import DemarcateClassifier, Network, Training, datasets, train
from demarcate.errors import InputError
from demarcate.evaluation import Mean
from demarcate.plotting import BoundaryDisplay, DisagreementDisplay

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
# numbers 0 to 2.
#
# *Do the strips of the rounded regression vanish after 2000 steps?* They may get narrower, but they stay: its output is
# continuous, and between 0 and 3 it passes through 1 and 2 after any number of steps.
#
# *What is the message of* ``train`` *for labels that are measurements?*

blobs = datasets.blobs()
try:
    train((blobs.X, blobs.X["x1"]), Network())
except InputError as error:
    refusal = str(error)
print(refusal)

# %%
# Script 02: four clouds of points
# --------------------------------
#
# *What makes them hard? Try a width of 0.5 and of 4.0, 50 points, and 2000 points of width 2.0.*

settings = {
    "as in the lesson": {},
    "width 0.5": {"cluster_std": 0.5},
    "width 4.0": {"cluster_std": 4.0},
    "50 points": {"n_samples": 50},
    "2000 points, width 2.0": {"n_samples": 2000, "cluster_std": 2.0},
}
descent = Training(optimizer="sgd", lr=0.1, epochs=100, batch_size=None)
clouds = {}
for name, changed in settings.items():
    clouds[name] = train(datasets.blobs(**changed), Network(hidden=(8, 8)), descent, seeds=SEEDS, standardise=False)
    print(f"{name:23} {accuracies(clouds[name])}")
for name in ("as in the lesson", "width 0.5"):
    print(f"{name}: 97% of the test rows right after {epochs_to(clouds[name], level=0.97):.0f} epochs (median)")

# %%
# Narrow clouds are easy, and learned in fewer epochs. Wide ones overlap, and the cloud of a point in between is
# unknown: the errors are in the data. 2000 points do not change that. With 50 points there are 10 test rows: the
# accuracy of a run can only be 80%, 90%, 100% and so on, and ten right answers out of ten prove little.
#
# *Set the learning rate to 0.001 and to 2.0. Which of the two becomes good with more epochs?*

for rate in (0.001, 2.0):
    for epochs in (100, 500):
        slow_or_wild = Training(optimizer="sgd", lr=rate, epochs=epochs, batch_size=None)
        runs = train(blobs, Network(hidden=(8, 8)), slow_or_wild, seeds=5, standardise=False)
        clouds[rate, epochs] = runs
        print(f"learning rate {rate}, {epochs:4} epochs   {accuracies(runs)}")

# %%
# The small one: it improves, but slowly. With the large one the first steps move the weights so far that in most
# networks the ReLU units give 0 for every point. Such units have a gradient of 0, so no step changes them any more, and
# the network predicts the same everywhere.
#
# *Leave the hidden layers out. How much worse is it?*

depths = {"no hidden layers": Network(hidden=()), "8-8": Network(hidden=(8, 8))}
straight = train(blobs, depths, descent, seeds=SEEDS, standardise=False)
print("8-8 minus no hidden layers, test accuracy", straight.difference("8-8", "no hidden layers"))

# %%
# Hardly worse: the boundaries between these clouds are nearly straight.
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
#
# *What is the loss if the true class has probability 0?* It is infinite. Computed from logits it is finite: a logit is
# never infinite, but a very small probability is rounded to 0.

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
for name in named:
    print(f"{name:9} {accuracies(rings, name)}")
print(f"a third layer of 16 adds {deeper}")

# %%
# A third layer adds nothing: 16-16 is already right everywhere. Two units cannot enclose a ring; three lines could, but
# few initial weights lead there. A few more units than necessary find the solution reliably.
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

# %%
# It widens: where rings overlap, the best probabilities are uncertain ones.
#
# *One logit or two?* Script 04 has the answer; other seeds give the same answer: neither is better.

heads = {"one logit": Network(hidden=(16, 16), head="logit"), "two logits": Network(hidden=(16, 16), head="softmax")}
moons = datasets.moons(n_samples=1000, noise=0.2)
both = train(moons, heads, Training(lr=0.01, epochs=150, batch_size=None), seed=100, seeds=SEEDS)
heads_apart = both.difference("two logits", "one logit", "test_accuracy")
print(f"one logit {accuracies(both, 'one logit')}\ntwo minus one, test accuracy {heads_apart}")

# %%
# Script 05: no activations
# -------------------------
#
# *Give the linear model a third column,* ``x1**2 + x2**2``.

circles = datasets.circles()
points = circles.X.to_numpy()
squared = np.column_stack([points, (points**2).sum(axis=1)])
quick = Training(optimizer="adam", lr=0.05, epochs=150, batch_size=None)
with_column = train((squared, circles.y), Network(hidden=()), quick, seeds=SEEDS)
print(f"linear model with a third column   {accuracies(with_column)}")

# %%
# It is right on all rows: one threshold on the distance from the centre is enough. The hidden layers had to learn such
# a column.
#
# *Which activation needs more epochs? And how much do ten layers without activations bend?*

activations = {name: Network(hidden=(16, 16), activation=name) for name in ("relu", "tanh", "gelu", "sigmoid")}
activations["ten layers of none"] = Network(hidden=(16,) * 10, activation="none")
curved = train(circles, activations, quick, seeds=SEEDS)
for name in activations:
    print(f"{name:18} 99% right after {epochs_to(curved, name):.0f} epochs; {accuracies(curved, name)}")

# %%
# Sigmoid: its derivative is at most a quarter, so two layers of it pass on small gradients. Ten layers without an
# activation never reach 99% (``inf``): they do not bend at all.
#
# Script 06: heart disease
# ------------------------
#
# *Dropout 0.0 and 0.5. The lesson claims that without dropout the train accuracy gets near 100% while the test accuracy
# stays the same.* The lesson trains for 50 epochs; we also try 300. *Does a second hidden layer help?*

heart = datasets.heart()
hearts = {"no dropout": Network(hidden=(32,)), "dropout 0.5": Network(hidden=(32,), dropout=0.5)}
deep = {"two layers": Network(hidden=(32, 32), dropout=0.5)}
short = train(heart, hearts | deep, Training(lr=1e-3, epochs=50), seeds=20)
long = train(heart, hearts, Training(lr=1e-3, epochs=300), seeds=20)
for epochs, runs in ((50, short), (300, long)):
    for name in runs:
        print(f"{epochs:3} epochs, {name:11} {accuracies(runs, name)}")
    print(f"     dropout adds {runs.difference('dropout 0.5', 'no dropout')} on test rows")
second_layer = short.difference("two layers", "dropout 0.5", "test_accuracy")
print(f"a second layer, after 50 epochs, adds {second_layer} on test rows")

# %%
# After 50 epochs the network without dropout is not near 100% yet, and dropout makes no difference. After 300 epochs it
# nearly is; and the test accuracy does not stay the same, it falls: the network then learns these patients, not the
# disease. Dropout slows that down.
#
# 20 seeds show no effect of a second layer. In 242 training rows there is little to learn beyond the effect of each
# column alone; a deeper network can express more, but there is no more in the data.
#
# *With dropout the training loss in the log is above the test loss. Why?* It is measured in the steps, without the
# dropped half of the units. Measured again with all units, it is below.

dropped = short["dropout 0.5"]
in_steps, afterwards = dropped.history["train_loss"][-1], dropped.train_loss
print(f"training loss {in_steps:.3f} in the steps, {afterwards:.3f} with all units")
print(f"test loss {dropped.scores['log_loss'].value:.3f}")

# %%
# *Which number of the patient moves the probability most?* One column at a time takes the values of all patients; the
# other columns are fixed. This is the range of the probability, the mean of ten networks:

patient = {
    "age": 80, "sex": 0, "cp": 1, "trestbps": 124, "chol": 300, "fbs": 1, "restecg": 2,
    "thalach": 150, "exang": 0, "oldpeak": 2.3, "slope": 3, "ca": 0, "thal": "fixed",
}  # fmt: skip
ranges = {}
for column in patient:
    values = heart.X[column].drop_nulls().unique().to_list()
    rows = {name: values if name == column else [value] * len(values) for name, value in patient.items()}
    ranges[column] = Mean.of([np.ptp(run.predict_proba(rows)[:, 1]) for run in short.repeats["dropout 0.5"][:SEEDS]])
for column in sorted(ranges, key=lambda name: -ranges[name].value)[:4]:
    print(f"{column:8} {ranges[column]}")

# %%
# This describes the networks; it does not show what would heal a patient.
#
# *Leave* ``thal`` *out. What is the message?*

try:
    dropped.predict_proba({name: [value] for name, value in patient.items() if name != "thal"})
except InputError as error:
    missing = str(error)
print(missing)

# %%
# The same seed, the same bits
# ----------------------------
#
# *Train twice with the same seed. Are the results equal? And on a GPU?* ``device="auto"`` uses the GPU if there is one.
# On one machine the same seed gives the same bits; another kind of processor rounds differently.

small = datasets.moons()
twice = [train(small, Network(hidden=(16, 16)), adam, device="auto")["network"].logits(small.X) for _ in range(2)]
same_bits = torch.equal(*twice)
print(f"on {'the GPU' if torch.cuda.is_available() else 'the CPU'}, twice the same bits: {same_bits}")

# %%
# Where do networks disagree?
# ---------------------------
#
# *A* ``DemarcateClassifier`` *has several networks. Draw where they disagree.*

clf = DemarcateClassifier(hidden=(16, 16), epochs=60).fit(small.X, small.y)
print(f"out-of-fold accuracy {clf.scores_['accuracy']}")
disagreement = DisagreementDisplay.from_estimator(clf, small)
plt.show()

# %%
# **In the picture:** each thin line is the boundary of one network; the lines are close together between the moons and
# diverge towards the edges of the picture, where there are no training points.
