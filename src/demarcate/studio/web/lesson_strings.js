/**
 * The English texts of the lesson's first three parts; `lesson_strings_data.js` has those of the other three.
 *
 * @module
 */

/**
 * @typedef {object} LessonText
 * @property {string} title
 * @property {string[]} idea
 * @property {string[]} todo
 * @property {string} watch
 * @property {string} question
 * @property {string[]} choices
 * @property {string} why the right choice is right
 * @property {[string, string][]} stretch a goal, and what is found there
 * @property {[string, string]} [claim] what is often claimed, and what was measured
 */

/** @type {readonly string[]} */
export const PART_TITLES = Object.freeze([
  "What classification is",
  "Four clouds, and a model",
  "The training loop; accuracy and boundary",
  "Two classes",
  "Heart disease",
  "Capstone: two moons",
]);

/** Questions of a network by output, loss and targets. */
export const OUTPUT_TABLE = Object.freeze({
  headings: ["The question", "Outputs", "Loss", "Targets"],
  rows: [
    ["How much? (regression)", "1 number", "MSELoss", "floats, (rows, 1)"],
    ["Which of two?", "1 logit", "BCEWithLogitsLoss", "floats 0 or 1, (rows, 1)"],
    ["Which of K?", "K logits", "CrossEntropyLoss", "class numbers, int64, (rows,)"],
  ],
});

/** @type {Record<"outputs" | "guessing" | "clouds" | "confident" | "rates" | "straight" | "heads" | "fewest", LessonText>} */
export const POINT_TEXTS = Object.freeze({
  outputs: {
    title: "The question decides the last layer",
    idea: [
      "A network turns numbers into numbers. The question decides three things: the last layer, the loss and the type of the " +
        "targets. The five steps stay the same: data, model, loss and optimizer, training, evaluation.",
      "A class is a name, not an amount. A classifier therefore has an output for each class, and no class lies between two others.",
    ],
    todo: [
      "Look at the drawing of the network: two inputs, two hidden layers of 8, and how many outputs?",
      "Set the centres of the blobs to 3, then to 6.",
      "Take the moons as the data: two classes.",
    ],
    watch: "The number of outputs follows the number of classes, and with two classes there is a single one.",
    question: "A network tells five kinds of flowers apart, with CrossEntropyLoss. How many outputs does it have?",
    choices: ["1", "4", "5"],
    why: "One logit for each class. The largest one is the prediction, so none can be left out.",
    stretch: [
      [
        "Which outputs, loss and targets would you take for tomorrow's temperature; rain or no rain; rain, snow or dry?",
        "One number, mean squared error, floats. One logit, binary cross-entropy, floats 0 and 1 in a column. Three logits, " +
          "cross-entropy, class numbers 0 to 2.",
      ],
      [
        "Could a regression predict the number of the class, and round it?",
        "It runs. But between the regions of 0 and 3 its output passes through 1 and 2, so that strips of other classes lie " +
          "along the border.",
      ],
    ],
  },
  guessing: {
    title: "Logits, probabilities, predictions, before training",
    idea: [
      "The outputs are logits: numbers from minus to plus infinity. Softmax makes them probabilities, which sum to 1. The " +
        "prediction is the class with the largest one, of logits and of probabilities alike.",
      "Before training the weights are random, and so are the predictions.",
    ],
    todo: [
      "Do not run yet. Move the pointer over the map, and read logits, probabilities and prediction.",
      "Note the accuracy at epoch 0.",
      "Open the settings of the card, and give the network the seeds 1, 2 and 3, one after the other.",
    ],
    watch: "The sum of the probabilities; which bar is the longest; how far the accuracy moves from seed to seed.",
    question: "Four classes are equally frequent. Which accuracy do networks without training have on average?",
    choices: ["0", "1/4", "1/2"],
    why: "Each class is right for a quarter of the rows. One network may have two whole clouds right by luck, or none.",
    stretch: [
      [
        "Add 100 to all logits of a point. What happens to its probabilities? And when they are multiplied by 10?",
        "Only differences count, so adding changes nothing. Multiplying keeps the prediction and makes it more certain.",
      ],
      [
        "Which loss does a network have that knows nothing, and gives each of four classes 1/4?",
        "-log(1/4) = 1.386. Random logits have a higher loss, because some of them are confident and wrong.",
      ],
    ],
  },
  clouds: {
    title: "Train 2-8-8-4 on four clouds",
    idea: [
      "One thousand points, two columns, four classes. Four fifths are training rows; the others are fresh to the network, and " +
        "the numbers that count are theirs.",
      "The loss is cross-entropy, and the optimizer is SGD: each epoch takes one step downhill on all training rows.",
    ],
    todo: [
      "Run 100 epochs. Reach 0.97 on fresh rows.",
      "Set the spread of the clouds to 4, and run again.",
      "Copy the card, give the copy two hidden layers of 32, and run both.",
    ],
    watch: "Where the boundaries settle; which cells of the confusion matrix are not empty; whether 64 units beat 16.",
    question: "The clouds overlap. Which mistakes remain, however large the network is?",
    choices: ["Those of a network that is too small", "Those of points among another cloud's", "None, with enough epochs"],
    why:
      "The mistakes are in the data: with a spread of 4, networks of 16 and of 64 hidden units and a linear model had 0.80, 0.80 " +
      "and 0.79 (means of ten splits).",
    stretch: [
      [
        "Take 50 points. Which accuracies are possible at all?",
        "A fifth of 50 are 10 rows: 0.9, 1.0 and so on. Ten right answers of ten still allow for 0.72.",
      ],
      ["Leave the hidden layers out. How much worse is it?", "Hardly: the best boundaries between the clouds are nearly straight."],
      [
        "Make the clouds narrow, 0.5. Do they need fewer epochs?",
        "Yes. The clouds are far apart, and the first boundaries that separate them are good enough.",
      ],
    ],
    claim: [
      "Blobs reach about 99% after 100 epochs of SGD with a rate of 0.1.",
      "It holds on the columns as they are: 0.989 [0.986, 0.993] over 20 seeds. On standardised columns the same 100 epochs " +
        "reach 0.928 [0.887, 0.968], and 300 epochs 0.994.",
    ],
  },
  confident: {
    title: "Loss and accuracy disagree",
    idea: [
      "Accuracy counts right answers. The loss of a row is minus the logarithm of the probability of its true class: a wrong " +
        "answer costs the more the more certain it was.",
    ],
    todo: [
      "Run until epoch 600, and look at the curves of the fresh rows while it trains.",
      "Find the epoch of the lowest loss, and compare the accuracy there with the accuracy at the end.",
      "If the loss has not risen, try another seed of the split.",
    ],
    watch: "The loss of fresh rows falls, and rises again; the accuracy hardly moves; the map loses its pale zones.",
    question: "The loss on fresh rows has multiplied, and the accuracy is the same. What has changed?",
    choices: [
      "The network makes more mistakes",
      "The fresh rows have become harder",
      "It is more certain of the mistakes that it makes",
    ],
    why: "The number of mistakes is about the same, but their probabilities went towards 0, whose logarithm has no end.",
    stretch: [
      [
        "Somebody always predicts 0.5 for two classes. Which loss and which accuracy is that?",
        "0.693 a row, and the accuracy of a coin.",
      ],
      [
        "What is the loss of a row whose true class gets probability 0?",
        "Infinite. Computed from logits it stays finite, because a logit is never infinite: a reason to compute losses from logits.",
      ],
    ],
  },
  rates: {
    title: "A batch, an epoch, and the learning rate",
    idea: [
      "The loop: compute logits, compute the loss, compute the gradient, take a step against it. One pass over the training " +
        "rows is an epoch. The learning rate is the length of the step.",
    ],
    todo: [
      "Take single steps first: one batch, one epoch.",
      "Guess which of the three learns. Then run to epoch 100, and to 500.",
      "Change the rate of a card while it trains: it acts at once.",
    ],
    watch: "Three loss curves with the same initial weights: one creeps, one falls, one jumps and stays.",
    question: "After 100 epochs neither 0.001 nor 2.0 is good. Which of them becomes good with more epochs?",
    choices: ["0.001", "2.0", "Both"],
    why:
      "Small steps are slow, but they go down. The first steps of 2.0 throw the weights so far that in most networks the ReLU " +
      "units give 0 for every point; then their gradient is 0 too, and no step changes them again.",
    stretch: [
      ["Take Adam instead of SGD, with 0.01.", "It scales the step of each weight, and gets by with fewer epochs."],
      [
        "Take batches of 32 instead of all rows at once.",
        "An epoch then has 25 steps instead of one, so that the loss falls in fewer epochs, and less smoothly.",
      ],
    ],
  },
  straight: {
    title: "Without activations",
    idea: [
      "Between two layers stands a nonlinear function, such as ReLU or tanh. Without it a layer computes W x + b, the next one " +
        "V (W x + b) + c, and this is one layer again: linear.",
    ],
    todo: ["Run both cards for 150 epochs.", "Give the second card ten times as many units. Then give it an activation."],
    watch: "The boundary of the card without activations, whatever its widths are.",
    question: "A network has three hidden layers and no activation. Which shape has its boundary?",
    choices: ["A straight line", "A closed curve", "It depends on the number of units"],
    why: "Multiplied out, all its layers are one row of weights and a bias. Where their sum is 0, there is a straight line.",
    stretch: [
      [
        "On which data does killing the activations show nothing?",
        "On the four clouds: straight boundaries are good enough there. Whoever tries it there concludes that activations do nothing.",
      ],
      [
        "Which of ReLU, tanh, GELU and sigmoid needs the most epochs?",
        "Sigmoid: its derivative is at most a quarter, so that two layers of it pass on small gradients.",
      ],
    ],
  },
  heads: {
    title: "One logit or two",
    idea: [
      "For two classes one logit is enough: its sigmoid is the probability of the second class. Two logits with softmax say the " +
        "same with one weight vector more, because only their difference counts.",
    ],
    todo: ["Run both cards to epoch 300.", "Compare the two maps, and the numbers of parameters."],
    watch: "The probability maps of the two cards, and how many fresh rows they decide differently.",
    question: "sigmoid(logit) > 0.5 means: the logit is above ...",
    choices: ["0", "0.5", "1"],
    why: "One half is a probability. Its logit is 0; a logit of 0.5 is a probability of 0.62.",
    stretch: [
      [
        "Which targets does each of the two take?",
        "BCEWithLogitsLoss takes floats of shape (rows, 1), CrossEntropyLoss class numbers, int64 of shape (rows,).",
      ],
      [
        "What happens when a sigmoid stands before BCEWithLogitsLoss?",
        "It is applied twice. No probability gets above 0.731, and the loss never below about 0.503.",
      ],
    ],
    claim: [
      "One-logit and two-logit networks reach the same accuracy on moons.",
      "It holds: over 20 seeds the two have equal accuracy, as far as they show.",
    ],
  },
  fewest: {
    title: "Reach 0.95 with the fewest units",
    idea: [
      "A ring cannot be cut out with one line. Each hidden unit with ReLU adds one fold to the map; it takes some to close a curve.",
    ],
    todo: [
      "Reach an accuracy of 0.95 on fresh rows with 16-16.",
      "Remove units, and train again. How few are enough?",
      "Give a network that fails another seed: three lines can enclose a ring, but few initial weights lead there.",
    ],
    watch: "What every hidden unit sees: each shows the line where it folds.",
    question: "Three units can do it, and often do not. What decides?",
    choices: ["The learning rate", "The initial weights", "The number of fresh rows"],
    why: "The same network with another seed succeeds. A few units more than necessary find the solution reliably.",
    stretch: [
      [
        "Which is easier with three units, ReLU or tanh?",
        "Tanh: 12 of 20 seeds reached 0.95 after 500 epochs, with ReLU 9. With four units it was 20 and 16.",
      ],
      [
        "Make the rings harder, noise 0.2 and factor 0.8. What becomes of the map?",
        "The pale band widens. Where the rings overlap, the best probabilities are uncertain ones.",
      ],
      ["Does a third layer of 16 add anything?", "No. The rings need a closed curve, and 16-16 draws it."],
    ],
  },
});
