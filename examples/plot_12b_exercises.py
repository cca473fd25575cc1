"""
Exercises of scripts 05 and 06, with answers
============================================

Guess first, then read on. Answers that depend on luck are means over several seeds, each with a split and initial
weights of its own, with the 95% interval of the mean.
"""

import matplotlib.pyplot as plt
import numpy as np
import torch

from demarcate import DemarcateClassifier, Network, Training, datasets, train
from demarcate.errors import InputError
from demarcate.evaluation import Mean
from demarcate.plotting import DisagreementDisplay

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
# Script 05: no activations
# -------------------------
#
# *Give the linear model a third column,* ``x1**2 + x2**2``.

circles, moons = datasets.circles(), datasets.moons()
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
long = train(heart, hearts, Training(lr=1e-3, epochs=300), seeds=20, every=100)
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

twice = [train(moons, Network(hidden=(16, 16)), quick, device="auto")["network"].logits(moons.X) for _ in range(2)]
same_bits = torch.equal(*twice)
print(f"on {'the GPU' if torch.cuda.is_available() else 'the CPU'}, twice the same bits: {same_bits}")

# %%
# Where do networks disagree?
# ---------------------------
#
# *A* ``DemarcateClassifier`` *has several networks. Draw where they disagree.*

clf = DemarcateClassifier(hidden=(16, 16), epochs=60).fit(moons.X, moons.y)
print(f"out-of-fold accuracy {clf.scores_['accuracy']}")
disagreement = DisagreementDisplay.from_estimator(clf, moons)
plt.show()

# %%
# **In the picture:** each thin line is the boundary of one network; the lines are close together between the moons and
# diverge towards the edges of the picture, where there are no training points.
