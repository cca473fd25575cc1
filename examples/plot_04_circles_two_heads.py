"""
Two rings, and two heads for two classes
========================================

One logit or two can separate two classes. This script draws a closed boundary with one logit, and then measures whether
the choice matters.
"""

import matplotlib.pyplot as plt
import torch
from torch import nn

from demarcate import Network, Training, datasets, train
from demarcate.plotting import BoundaryDisplay, DataDisplay

torch.set_num_threads(1)  # for networks as small as these, one thread is faster than several

# %%
# Rings
# -----
#
# 1000 points on two rings, one inside the other. No straight line separates them.

data = datasets.circles(n_samples=1000, noise=0.05, factor=0.5, random_state=42)
print(data)
points = DataDisplay.from_data(data)

# %%
# A network 2-16-16-1: two inputs and one logit, because there are two classes. Its loss is binary cross-entropy. Adam
# is an optimizer that adapts its steps to each weight; with it a learning rate of 0.01 is usual.

network = Network(hidden=(16, 16))
training = Training(optimizer="adam", lr=0.01, epochs=150, batch_size=None)
runs = train(data, network, training, seeds=20, standardise=False, every=50)
run = runs["network"]
print(run.network)
print(runs)

# %%
# All twenty networks are right on all of their test points. The interval has width zero: no split of these 1000 points
# makes a difference. A new point may still be wrong. The interval of the first network, tested on 200 points:

print("accuracy of the first run on its 200 test rows", run.scores["accuracy"])

# %%
# The same in plain PyTorch
# -------------------------
#
# This time the network is written first, as a class. Then ``train`` starts from the same weights (``initial``), and
# both are trained.


class RingNetwork(nn.Module):
    """2-16-16-1."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, x):
        return self.layers(x)


torch.manual_seed(1)
model = RingNetwork()
twin_runs = train(data, {"twin": network}, training, standardise=False, initial={"twin": model.layers})
twin = twin_runs["twin"]

x = torch.tensor(data.X.to_numpy(), dtype=torch.float32)
y = torch.tensor(data.y, dtype=torch.float32).unsqueeze(1)  # floats in a column, as BCEWithLogitsLoss expects them
rows = torch.tensor(twin.train_rows)
loss_of = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
losses = []
for _ in range(150):
    optimizer.zero_grad()
    loss = loss_of(model(x[rows]), y[rows])
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

with torch.no_grad():
    by_hand = torch.sigmoid(model(x)).squeeze(1).numpy()
probabilities_apart = abs(twin.predict_proba(data.X)[:, 1] - by_hand).max()
losses_apart = abs(twin.history["train_loss"].to_numpy() - losses).max()
print(f"largest difference between the two: probabilities {probabilities_apart:.1e}, losses {losses_apart:.1e}")

# %%
# One logit or two?
# -----------------
#
# The part of a network that turns the last hidden layer into an answer is its *head*. The other head treats two
# classes like four: one logit each, softmax and cross-entropy. Both on two moons (1000 points, noise 0.2), with twenty
# splits, the same for both heads:

moons = datasets.moons(n_samples=1000, noise=0.2)
heads = {"one logit": Network(hidden=(16, 16), head="logit"), "two logits": Network(hidden=(16, 16), head="softmax")}
compared = train(moons, heads, training, seeds=20, every=50)
difference = compared.difference("one logit", "two logits", "test_accuracy")
equal = difference.low <= 0 <= difference.high
print(compared)
print(f"one logit is better by {difference}; is 0 inside the interval? {'yes' if equal else 'no'}")

# %%
# There is a reason. A softmax over two logits depends only on their difference, and equals the sigmoid of it. So the
# last layer of a two-logit network can be folded into one logit: subtract the first row of its weights from the second.

two = compared["two logits"]
*hidden, last = two.network
folded = nn.Sequential(*hidden, nn.Linear(16, 1))
with torch.no_grad():
    folded[-1].weight.copy_(last.weight[1:] - last.weight[:1])
    folded[-1].bias.copy_(last.bias[1:] - last.bias[:1])
    from_one = torch.sigmoid(folded(two.encode(moons.X))).squeeze(1)
    from_two = torch.softmax(two.logits(moons.X), dim=1)[:, 1]
folded_apart = (from_one - from_two).abs().max().item()
print(f"two logits folded into one: probabilities differ by at most {folded_apart:.1e}")

# %%
# The second logit adds no information. One logit has fewer weights, and is demarcate's default for two classes
# (``head="softmax"`` gives two).
#
# Probabilities
# -------------
#
# For the rings, this picture colours every point of the plane by the probability of class 1 instead of the predicted
# class:

probability_map = BoundaryDisplay.from_estimator(run, data, kind="probability", rows=runs.test_rows)
plt.show()

# %%
# **In the picture:** the boundary is a closed ring between the two rings; the probability changes from 0 to 1 within a
# narrow band around it, and the network is equally certain far outside, where there were no training points.
#
# Exercises, answered in script 12
# --------------------------------
#
# 1. Make the rings harder: ``noise=0.2`` and ``factor=0.8``. How does the narrow band change?
# 2. How narrow can the network be? Try ``hidden=(2,)``, ``(3,)``, ``(4,)``: three straight lines can enclose a ring.
# 3. Train with SGD and ``lr=0.1`` instead of Adam. How many epochs does it need?
