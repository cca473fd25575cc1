"""The exercises in the order of the lesson.

Ranges hold what right solutions reach: the spread over 20 seeds and splits, and as much again on either side.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType

from demarcate.formatting import listed
from demarcate.lesson.exercise import Exercise, Expected, Hint

_SHARE = "a share between 0 and 1"
_CROSS_ENTROPY_OF_SOFTMAX = math.log(1 + 3 / math.e)
"""The least cross-entropy of four probabilities taken for logits."""

_BLOBS = Exercise(
    "blobs",
    "train 2-8-8-4 on four clouds of points",
    15,
    (
        Expected(
            "n_outputs",
            "the number of outputs of the network",
            4,
            4,
            (Hint(1, 3, "Cross-entropy needs a logit for each class: how many clouds are there?"),),
        ),
        Expected(
            "untrained_accuracy",
            f"accuracy on the test rows before training, {_SHARE}",
            0,
            0.75,
            (Hint(0.75, 1, "A network that is not trained guesses: measure it before the loop, after manual_seed."),),
        ),
        Expected(
            "last_loss",
            "the training loss in the last epoch",
            0,
            0.15,
            (
                Hint(
                    _CROSS_ENTROPY_OF_SOFTMAX,
                    1.3,
                    "It stays above 0.744, the least that is possible where a softmax stands before the cross-entropy. "
                    "That takes logits and has a softmax of its own: leave yours out of the model. If there is none, "
                    "are zero_grad(), backward() and step() called in every epoch?",
                ),
                Hint(
                    1.3,
                    math.inf,
                    "The network has hardly learned. Are zero_grad(), backward() and step() called in every epoch, in "
                    "this order, and is the learning rate 0.1?",
                ),
                Hint(0.15, 1, "It is not finished: 100 epochs, a learning rate of 0.1, and the columns as they are?"),
            ),
        ),
        Expected(
            "test_accuracy",
            f"accuracy on the test rows after training, {_SHARE}",
            0.96,
            1,
            (
                Hint(
                    0,
                    0.6,
                    "That is guessing. Does the loop call zero_grad(), backward() and step(), and is the prediction "
                    "argmax(dim=1)?",
                ),
                Hint(0.6, 0.96, "Take 100 full-batch epochs of SGD with 0.1, on columns that are not standardised."),
            ),
        ),
    ),
)
_LOGITS = Exercise(
    "logits",
    "from logits to probabilities, a prediction and a loss",
    5,
    (
        Expected(
            "sum_of_probabilities",
            "the sum of the four probabilities",
            0.9999,
            1.0001,
            (Hint(1.0001, 4, "Sigmoid treats every logit alone. Of classes that exclude each other, take softmax."),),
        ),
        Expected(
            "largest_probability",
            f"the largest probability, {_SHARE}",
            0.6438,
            0.6440,
            (Hint(0.88, 0.881, "That is a sigmoid, for one logit. Of four logits, take softmax(dim=1)."),),
        ),
        Expected(
            "predicted_class",
            "the number of the class that is predicted",
            0,
            0,
            (Hint(1, 4, "The prediction is the place of the largest logit, counted from 0: argmax(dim=1)."),),
        ),
        Expected(
            "loss",
            "the cross-entropy of the point",
            2.4401,
            2.4403,
            (
                Hint(
                    1.57,
                    1.59,
                    "The softmax was taken twice. cross_entropy takes the logits, not the probabilities.",
                ),
                Hint(0.43, 0.45, "That is the loss of class 0, which is predicted. The true class is 2."),
            ),
        ),
    ),
)
_CIRCLES = Exercise(
    "circles",
    "train 2-16-16-1 on two rings, with one logit",
    8,
    (
        Expected(
            "logit_threshold",
            "the logit from which class 1 is predicted",
            0,
            0,
            (Hint(0.5, 0.5, "One half is the probability. Which logit has sigmoid(logit) = 0.5?"),),
        ),
        Expected(
            "last_loss",
            "the training loss in the last epoch",
            0,
            0.1,
            (
                Hint(
                    0.49,
                    0.64,
                    "It is near 0.503, the least that is possible where a sigmoid stands before "
                    "BCEWithLogitsLoss. That takes logits and has a sigmoid of its own: leave yours out of the model.",
                ),
                Hint(0.65, 0.75, "0.693 is the loss of guessing. Is there a ReLU between the layers?"),
            ),
        ),
        Expected(
            "test_accuracy",
            f"accuracy on the test rows, {_SHARE}",
            0.97,
            1,
            (
                Hint(
                    0,
                    0.7,
                    "No straight line separates rings: is there a ReLU after each hidden layer? And are logits and "
                    "labels of one shape when they are compared? (200, 1) == (200,) compares all with all.",
                ),
            ),
        ),
        Expected(
            "largest_probability",
            f"the largest probability of class 1 on the test rows, {_SHARE}",
            0.9,
            1,
            (Hint(0.5, 0.74, "Above 0.731 no sigmoid of a probability can be: sigmoid was taken twice."),),
        ),
    ),
)
_ACTIVATIONS = Exercise(
    "activations",
    "kill the activations, on two rings and on four clouds",
    10,
    (
        Expected(
            "rings_relu",
            f"test accuracy on the rings with ReLU, {_SHARE}",
            0.97,
            1,
            (Hint(0, 0.97, "Take two hidden layers of 16 with ReLU, Adam with 0.05, 100 epochs."),),
        ),
        Expected(
            "rings_none",
            f"test accuracy on the rings without activations, {_SHARE}",
            0.35,
            0.65,
            (Hint(0.65, 1, 'There still is an activation: activation="none", or no nn.ReLU() between the layers.'),),
        ),
        Expected("clouds_relu", f"test accuracy on the clouds with ReLU, {_SHARE}", 0.95, 1),
        Expected("clouds_none", f"test accuracy on the clouds without activations, {_SHARE}", 0.95, 1),
        Expected(
            "clouds_relu - clouds_none",
            "what activations add on the clouds",
            -0.03,
            0.03,
            (Hint(-1, 1, "Between clouds straight lines are enough: both networks should be about as good."),),
        ),
    ),
)
_HEADS = Exercise(
    "heads",
    "one logit or two for two classes",
    5,
    (
        Expected("one_logit", f"test accuracy with one logit, {_SHARE}", 0.92, 1),
        Expected("two_logits", f"test accuracy with two logits, {_SHARE}", 0.92, 1),
        Expected(
            "two_logits - one_logit",
            "what a second logit adds",
            -0.025,
            0.025,
            (Hint(-1, 1, "Both are as good. Have they the same training rows, test rows and epochs?"),),
        ),
    ),
)
_SCALER = Exercise(
    "scaler",
    "fit the scaler on training rows only",
    5,
    (
        Expected(
            "train_mean",
            "the mean of the standardised ages of the training rows",
            -1e-6,
            1e-6,
            (
                Hint(
                    0.03,
                    0.05,
                    "The scaler was fitted on all rows, before the split: it has seen the test rows. Take mean and "
                    "standard deviation of the training rows alone.",
                ),
                Hint(0.15, 0.25, "The scaler was fitted on the test rows. Fit it on the training rows."),
            ),
        ),
        Expected(
            "test_mean",
            "the mean of the standardised ages of the test rows",
            -0.202,
            -0.198,
            (
                Hint(
                    -1e-6,
                    1e-6,
                    "The test rows have a mean of their own, so it should not be 0: transform them with the mean and "
                    "deviation of the training rows, and fit nothing on them.",
                ),
                Hint(-0.18, -0.15, "The scaler was fitted on all rows, before the split."),
            ),
        ),
    ),
)
_HEART = Exercise(
    "heart",
    "heart disease, from a table to one patient",
    20,
    (
        Expected(
            "n_test_rows",
            "the number of test rows",
            55,
            95,
            (
                Hint(200, 260, "Those are the training rows."),
                Hint(0, 55, "Hold out a fifth of the 303 rows at least: fewer say little."),
            ),
        ),
        Expected(
            "train_accuracy",
            f"accuracy on the training rows, {_SHARE}",
            0.75,
            0.95,
            (
                Hint(0.95, 1, "50 epochs with dropout of 0.5 do not get there: is there dropout, and is it 50 epochs?"),
                Hint(0.4, 0.75, "Are the numbers standardised, and is the model in eval mode when it is measured?"),
            ),
        ),
        Expected(
            "test_accuracy",
            f"accuracy on the test rows, {_SHARE}",
            0.68,
            0.96,
            (
                Hint(0.96, 1, "Too good for this table: is the target among the columns, or a test row trained on?"),
                Hint(0, 0.68, "Are test rows scaled and encoded as the training rows were, by what was fitted there?"),
            ),
        ),
        Expected(
            "patient_probability",
            f"the probability of heart disease of the patient, {_SHARE}",
            0.05,
            0.75,
            (
                Hint(-20, 0, "That is a logit. Its sigmoid is the probability."),
                Hint(0, 0.05, "Does the patient pass through the same scaler and categories as the rows?"),
                Hint(0.75, 1, "Does the patient pass through the same scaler and categories as the rows?"),
            ),
        ),
    ),
)
_COSTS = Exercise(
    "costs",
    "a threshold from the costs of mistakes",
    5,
    (
        Expected(
            "threshold",
            "the probability from which the prediction is ill",
            0.333,
            0.334,
            (
                Hint(
                    0.5,
                    0.5,
                    "At one half both mistakes cost the same. Which probability makes 1 * (1 - p) equal to 2 * p?",
                ),
                Hint(0.66, 0.67, "That is the other way round: the dearer a missed patient, the lower the threshold."),
                Hint(0.1, 0.48, "Do not search on twelve patients: the costs alone give the threshold, 1 / (1 + 2)."),
            ),
        ),
        Expected(
            "cost_at_half",
            "the cost of all mistakes at 0.5",
            9,
            9,
            (
                Hint(5, 5, "Those are the mistakes. A missed patient costs 2."),
                Hint(6, 6, "The two kinds of mistake are swapped: a missed patient costs 2, a false alarm 1."),
            ),
        ),
        Expected("cost_at_threshold", "the cost of all mistakes at your threshold", 4, 4),
    ),
)
_MOONS = Exercise(
    "moons",
    "capstone: too small, too big, about right",
    20,
    (
        Expected(
            "tiny_train",
            f"training accuracy of the tiny network, {_SHARE}",
            0.75,
            0.9,
            (Hint(0.9, 1, "Two units cannot fit these moons so well: is it one layer of 2 with tanh?"),),
        ),
        Expected("tiny_test", f"test accuracy of the tiny network, {_SHARE}", 0.7, 0.93),
        Expected(
            "big_train",
            f"training accuracy of the big network, {_SHARE}",
            0.97,
            1,
            (
                Hint(
                    0.5,
                    0.97,
                    "Three layers of 256 know 210 points by heart after 300 epochs of Adam with 0.01. Is there "
                    "dropout, or is the model measured on other rows?",
                ),
            ),
        ),
        Expected(
            "big_test",
            f"test accuracy of the big network, {_SHARE}",
            0.82,
            0.99,
            (Hint(0.99, 1, "No network is right on all of such noisy moons: were the test rows trained on?"),),
        ),
        Expected("good_test", f"test accuracy of the good network, {_SHARE}", 0.82, 0.99),
        Expected(
            "big_train - big_test",
            "how much better the big network is on its training rows",
            0.005,
            0.18,
            (
                Hint(
                    -1,
                    0.005,
                    "A network that overfits is better on its training rows. Are both accuracies of the same rows, "
                    "or the two swapped?",
                ),
            ),
        ),
    ),
)
_STOPPING = Exercise(
    "stopping",
    "stop early, by rows that are not test rows",
    10,
    (
        Expected(
            "n_validation_rows",
            "the number of validation rows",
            20,
            70,
            (Hint(71, 90, "Then no test rows are left: the rows that choose the epoch must not score it too."),),
        ),
        Expected(
            "best_epoch",
            "the epoch with the lowest validation loss, from 1",
            5,
            250,
            (
                Hint(251, 600, "Look at the loss of the validation rows: that of training rows falls to the end."),
                Hint(0, 4, "Take the place of the lowest loss, counted from 1, over all 600 epochs."),
            ),
        ),
        Expected(
            "best_loss",
            "the validation loss in that epoch",
            0.03,
            0.6,
            (Hint(0, 0.03, "That is the loss of training rows."),),
        ),
        Expected(
            "last_loss - best_loss",
            "how much the validation loss has risen by the last epoch",
            0.03,
            10,
            (
                Hint(
                    -1, 0.03, "The loss of rows that were not trained on rises again: measure both on validation rows."
                ),
            ),
        ),
        Expected("last_loss", "the validation loss in the last epoch", 0.06, 10),
    ),
)

EXERCISES: Mapping[str, Exercise] = MappingProxyType(
    {
        each.name: each
        for each in (
            _LOGITS,
            _BLOBS,
            _ACTIVATIONS,
            _CIRCLES,
            _HEADS,
            _SCALER,
            _HEART,
            _COSTS,
            _MOONS,
            _STOPPING,
        )
    }
)
"""The exercises by name."""


def exercise_names() -> str:
    """Return all names, for messages."""
    return listed([*EXERCISES], len(EXERCISES))
