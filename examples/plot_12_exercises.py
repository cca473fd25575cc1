"""
Exercises, with answers
=======================

The questions of the lesson, each answered by trying it 20 times: 20 splits, 20 sets of initial weights. A mean comes
with its 95% interval. Try to guess each answer before reading on.
"""

# %%
# What makes blobs hard?
# ----------------------
#
# *The four clusters are 1.5 wide. What if they are 0.5 wide, or 4.0? What if there are only 50 points, or 2000 of
# width 2.0?*
import torch

from demarcate import DemarcateClassifier, Network, Training, datasets, train
from demarcate.evaluation import Mean
from demarcate.plotting import DataDisplay, DisagreementDisplay

SEEDS = 20


def told(runs, name="network"):
    """Train and test accuracy over the seeds, in words."""
    table = runs.table.filter(network=name)
    on_train, on_test = (Mean.of(table[f"{rows}_accuracy"].to_numpy(), within=(0, 1)) for rows in ("train", "test"))
    return f"train {on_train}   test {on_test}"


settings = {
    "as in the lesson": {},
    "width 0.5": {"cluster_std": 0.5},
    "width 4.0": {"cluster_std": 4.0},
    "50 points": {"n_samples": 50},
    "2000 points, width 2.0": {"n_samples": 2000, "cluster_std": 2.0},
}
descent = Training(optimizer="sgd", lr=0.1, epochs=100, batch_size=None)
blobs = {}
for name, changed in settings.items():
    blobs[name] = train(datasets.blobs(**changed), Network(hidden=(8, 8)), descent, seeds=SEEDS)
    print(f"{name:23} {told(blobs[name])}")

# %%
# Narrow clusters are easy. Wide ones run into each other, and then no network can tell which cluster a point in between
# came from: the errors are in the data. With 50 points there are 10 test rows, so that one mistake is 10%, and the
# interval is the widest of all.
wide = DataDisplay.from_data(datasets.blobs(cluster_std=4.0), title="Blobs of width 4.0")

# %%
# One more hidden layer on the circles
# ------------------------------------
#
# *Two layers of 16 separate the rings. Is a third layer better?*
adam = Training(optimizer="adam", lr=0.01, epochs=200, batch_size=None)
circles = train(
    datasets.circles(),
    {"two layers": Network(hidden=(16, 16)), "three layers": Network(hidden=(16, 16, 16))},
    adam,
    seeds=SEEDS,
)
deeper = circles.difference("three layers", "two layers", "test_accuracy")
for name in circles:
    print(f"{name:23} {told(circles, name)}")
print(f"three minus two, test accuracy {deeper}")

# %%
# There is nothing left to gain: two layers already have (nearly) every point right.
#
# Dropout on heart disease
# ------------------------
#
# *Train 32 units with dropout 0.0 and 0.5. The lesson says that without dropout the train accuracy goes near 100% while
# the test accuracy stays put.* The lesson trains 50 epochs; we also look at 300.
heart = datasets.heart()
heads = {"no dropout": Network(hidden=(32,)), "dropout 0.5": Network(hidden=(32,), dropout=0.5)}


hearts = {}
for epochs in (50, 300):
    hearts[epochs] = train(heart, heads, Training(lr=1e-3, epochs=epochs), seeds=SEEDS)
    for name in heads:
        print(f"{epochs:3} epochs, {name:11} {told(hearts[epochs], name)}")
    print(f"    dropout gains {hearts[epochs].difference('dropout 0.5', 'no dropout')} on test rows")

# %%
# After 50 epochs the network without dropout is not near 100% yet; it gets there with more epochs. Its test accuracy
# does not follow: what it learns then is these patients, not the disease.
#
# A second hidden layer on heart disease
# --------------------------------------
#
# *Does it help? Why might it not?*
depths = train(
    heart,
    {"one layer": Network(hidden=(32,), dropout=0.5), "two layers": Network(hidden=(32, 32), dropout=0.5)},
    Training(lr=1e-3, epochs=50),
    seeds=SEEDS,
)
second_layer = depths.difference("two layers", "one layer", "test_accuracy")
for name in depths:
    print(f"{name:23} {told(depths, name)}")
print(f"two minus one, test accuracy {second_layer}")

# %%
# No difference that 20 seeds could show. With 242 training rows there is little to find beyond what every column says by
# itself (logistic regression does as well on these data); a deeper network can say more, but there is no more to say.
#
# One logit or two?
# -----------------
#
# *Two classes can have two logits and cross-entropy, or one logit and binary cross-entropy. Which is better?*
both = train(
    datasets.moons(n_samples=1000, noise=0.2),
    {"one logit": Network(hidden=(16, 16), head="logit"), "two logits": Network(hidden=(16, 16), head="softmax")},
    adam,
    seeds=SEEDS,
)
heads_apart = both.difference("two logits", "one logit", "test_accuracy")
for name in both:
    print(f"{name:23} {told(both, name)}")
print(f"two minus one, test accuracy {heads_apart}")

# %%
# Neither. Softmax over two logits is the sigmoid of their difference: the same model, written twice.
#
# The same seed, the same bits
# ----------------------------
#
# *Train twice with the same seed. Is the result the same? And on a GPU?* ``device="auto"`` takes the GPU if there is
# one. On one machine the same seed gives the same bits; another kind of processor rounds differently.
X, y = moons = datasets.moons()
first, second = (train(moons, Network(hidden=(16, 16)), adam, device="auto")["network"].logits(X) for _ in range(2))
same_bits = torch.equal(first, second)
print(f"trained on {'the GPU' if torch.cuda.is_available() else 'the CPU'}; twice the same bits: {same_bits}")

# %%
# Where do networks disagree?
# ---------------------------
#
# *A classifier here is eight networks. Draw where they do not agree.*
clf = DemarcateClassifier(hidden=(16, 16), epochs=60).fit(X, y)
print(f"out-of-fold accuracy {clf.scores_['accuracy']}")
disagreement = DisagreementDisplay.from_estimator(clf, moons)

# %%
# Each thin line is one network's boundary; they part where the moons touch and where there are no points at all.
