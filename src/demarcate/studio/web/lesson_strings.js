/**
 * The English texts of the lesson. All other sentences of the page are in `strings.js`.
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
    ["Which of two?", "1 logit", "BCEWith\u200bLogitsLoss", "floats 0 or 1, (rows, 1)"],
    ["Which of K?", "K logits", "Cross\u200bEntropyLoss", "class numbers, int64, (rows,)"],
  ],
});

/** @type {Record<import("./lesson_steps.js").LessonStepId, LessonText>} */
export const STEP_TEXTS = Object.freeze({
  outputs: {
    title: "The question decides the last layer",
    idea: [
      "A network turns numbers into numbers. The question decides three things: the last layer, the loss and the " +
        "type of the targets. The five steps stay the same: data, model, loss and optimizer, training, evaluation.",
      "A class is a name, not an amount. A classifier therefore has an output for each class, and no class lies " +
        "between two others.",
    ],
    todo: [
      "Look at the drawing of the network: two inputs, two hidden layers of 8, and how many outputs?",
      "Set the classes of the blobs to 3, then to 6.",
      "Take the moons as the data: two classes.",
    ],
    watch: "The number of outputs follows the number of classes, and with two classes there is a single one.",
    question: "A network tells five kinds of flowers apart, with CrossEntropyLoss. How many outputs does it have?",
    choices: ["1", "4", "5"],
    why: "One logit for each class. The largest one is the prediction, so none can be left out.",
    stretch: [
      [
        "Which outputs, loss and targets would you take for tomorrow's temperature; rain or no rain; rain, snow or " +
          "dry?",
        "One number, mean squared error, floats. One logit, binary cross-entropy, floats 0 and 1 in a column. " +
          "Three logits, cross-entropy, class numbers 0 to 2.",
      ],
      [
        "Could a regression predict the number of the class, and round it?",
        "It runs. But between the regions of 0 and 3 its output passes through 1 and 2, so that strips of other " +
          "classes lie along the border.",
      ],
    ],
  },
  guessing: {
    title: "Logits, probabilities, predictions, before training",
    idea: [
      "The outputs are logits: numbers from minus to plus infinity. Softmax makes them probabilities, which sum to " +
        "1. The prediction is the class with the largest one, of logits and of probabilities alike.",
      "Before training the weights are random, and so are the predictions.",
    ],
    todo: [
      "Do not run yet. Move the pointer over the map, and read logits, probabilities and prediction.",
      "Note the accuracy at epoch 0.",
      "Open More settings on the card, and give the network the seeds 1, 2 and 3, one after the other.",
    ],
    watch: "The sum of the probabilities; which bar is the longest; how far the accuracy moves from seed to seed.",
    question: "Four classes are equally frequent. Which accuracy do networks without training have on average?",
    choices: ["0", "1/4", "1/2"],
    why: "Each class is right for a quarter of the rows. One network may have two whole clouds right by luck, or none.",
    stretch: [
      [
        "Add 100 to all logits of a point. What happens to its probabilities? And when they are multiplied by 10?",
        "Only differences count, so adding changes nothing. Multiplying keeps the prediction and makes it more " +
          "certain.",
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
      "One thousand points, two columns, four classes. Four fifths are training rows; the others are fresh to the " +
        "network, and the numbers that count are theirs.",
      "The loss is cross-entropy, and the optimizer is SGD: each epoch takes one step downhill on all training rows.",
    ],
    todo: [
      "Run 100 epochs. Reach 0.97 on fresh rows.",
      "Set the spread of the clouds to 4, and run again.",
      "Copy the card, give the copy two hidden layers of 32, and run both.",
    ],
    watch: "Where the boundaries settle; which cells of the confusion matrix are not empty; whether 64 units beat 16.",
    question: "The clouds overlap. Which mistakes remain, however large the network is?",
    choices: [
      "Those of a network that is too small",
      "Those of points among another cloud's",
      "None, with enough epochs",
    ],
    why:
      "The mistakes are in the data: with a spread of 4, networks of 16 and of 64 hidden units and a linear model " +
      "had 0.80, 0.80 and 0.79 (means of ten splits).",
    stretch: [
      [
        "Take 50 points. Which accuracies are possible at all?",
        "A fifth of 50 are 10 rows: 0.9, 1.0 and so on. Ten right answers of ten still allow for 0.72.",
      ],
      [
        "Leave the hidden layers out. How much worse is it?",
        "Hardly: the best boundaries between the clouds are nearly straight.",
      ],
      [
        "Make the clouds narrow, 0.5. Do they need fewer epochs?",
        "Yes. The clouds are far apart, and the first boundaries that separate them are good enough.",
      ],
    ],
    claim: [
      "Blobs reach about 99% after 100 epochs of SGD with a rate of 0.1.",
      "It holds on the columns as they are: 0.989 [0.986, 0.993] over 20 seeds. On standardised columns the same " +
        "100 epochs reach 0.928 [0.887, 0.968], and 300 epochs 0.994.",
    ],
  },
  confident: {
    title: "Loss and accuracy disagree",
    idea: [
      "Accuracy counts right answers. The loss of a row is minus the logarithm of the probability of its true " +
        "class: a wrong answer costs the more the more certain it was.",
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
    why:
      "The number of mistakes is about the same, but their probabilities went towards 0, whose logarithm has no " +
      "end.",
    stretch: [
      [
        "Somebody always predicts 0.5 for two classes. Which loss and which accuracy is that?",
        "0.693 a row, and the accuracy of a coin.",
      ],
      [
        "What is the loss of a row whose true class gets probability 0?",
        "Infinite. Computed from logits it stays finite, because a logit is never infinite: a reason to compute " +
          "losses from logits.",
      ],
    ],
  },
  rates: {
    title: "A batch, an epoch, and the learning rate",
    idea: [
      "The loop: compute logits, compute the loss, compute the gradient, take a step against it. One pass over the " +
        "training rows is an epoch. The learning rate is the length of the step.",
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
      "Small steps are slow, but they go down. The first steps of 2.0 throw the weights so far that in most " +
      "networks the ReLU units give 0 for every point; then their gradient is 0 too, and no step changes them " +
      "again.",
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
      "Between two layers stands a nonlinear function, such as ReLU or tanh. Without it a layer computes W x + b, " +
        "the next one V (W x + b) + c, and this is one layer again: linear.",
    ],
    todo: [
      "Run both cards for 150 epochs.",
      "Give the second card ten times as many units. Then give it an activation.",
    ],
    watch: "The boundary of the card without activations, whatever its widths are.",
    question: "A network has three hidden layers and no activation. Which shape has its boundary?",
    choices: ["A straight line", "A closed curve", "It depends on the number of units"],
    why:
      "Multiplied out, all its layers are one row of weights and a bias. Where their sum is 0, there is a straight " +
      "line.",
    stretch: [
      [
        "On which data does killing the activations show nothing?",
        "On the four clouds: straight boundaries are good enough there. Whoever tries it there concludes that " +
          "activations do nothing.",
      ],
      [
        "Which of ReLU, tanh, GELU and sigmoid needs the most epochs?",
        "Sigmoid: 45 epochs to 0.99 with 16-16, and 6 to 12 with the others (medians of ten). Its derivative is at " +
          "most a quarter, so that two layers of it pass on small gradients.",
      ],
    ],
  },
  heads: {
    title: "One logit or two",
    idea: [
      "For two classes one logit is enough: its sigmoid is the probability of the second class. Two logits with " +
        "softmax say the same with one weight vector more, because only their difference counts.",
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
      "A ring cannot be cut out with one line. Each hidden unit with ReLU adds one fold to the map; it takes some " +
        "to close a curve.",
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
        "Make the rings harder: noise 0.2, radius of the inner ring 0.8. What becomes of the map?",
        "The pale band widens. Where the rings overlap, the best probabilities are uncertain ones.",
      ],
      ["Does a third layer of 16 add anything?", "No. The rings need a closed curve, and 16-16 draws it."],
    ],
  },
  heart: {
    title: "From a table to a probability",
    idea: [
      "303 patients, 13 columns, and one question: heart disease or not? Numbers are standardised, and each " +
        "category becomes an input of its own. Means, deviations and categories come from the training rows alone.",
      "The map is a slice: two columns vary, the others are held at one value each.",
    ],
    todo: [
      "Read the balance of the classes first: which accuracy has somebody who always says healthy?",
      "Run 50 epochs: 13-32-1 with dropout 0.5.",
      "Choose two other axes. Move the held values.",
      "Score the network on the test rows. Do it once, at the end.",
    ],
    watch: "The interval of the test accuracy: how much can 61 patients show?",
    question: "Of 61 test patients 50 are right: 0.82. What do we know of the accuracy on other patients?",
    choices: ["It is 0.82", "It is about 0.71 to 0.90", "It is at least 0.82"],
    why: "The 95% interval of 50 out of 61 goes from 0.71 to 0.90. More digits would be more rows.",
    stretch: [
      [
        "The training loss in the curves is above that of fresh rows. Is this a mistake?",
        "No. It is taken from the steps, with half of the units dropped. Measured with all units it is below.",
      ],
      [
        "Treat the categories as whole numbers instead. What is lost?",
        "0.052 [0.030, 0.075] in accuracy on the same splits: whole numbers say that the third category is twice " +
          "as far as the second.",
      ],
    ],
    claim: [
      "Heart: about 80 to 85% on test rows, a few percent between runs.",
      "Modest for an input for each category: 0.854 [0.839, 0.869] over 20 splits of 80 to 20, single splits from " +
        "0.820 to 0.918. Optimistic for categories as whole numbers: 0.802 [0.776, 0.827], single splits from 0.689 " +
        "to 0.902.",
    ],
  },
  patient: {
    title: "One new patient",
    idea: [
      "A new row passes through the same preparation as the training rows, and comes out as a probability. It is " +
        "no diagnosis.",
      "Five networks with other initial weights see the same training rows. Where they differ, the rows do not decide.",
    ],
    todo: [
      "Run 50 epochs.",
      "Open the form for one new row, fill in the patient of the lesson, and ask.",
      "Change one cell at a time. Which one moves the probability most?",
      "For thal choose another value, and type one that is not in the table.",
      "Save the model: network and preparation are in one file.",
    ],
    watch:
      "The probability, the set of labels that would be right nine times in ten, and the spread between the seeds.",
    question: "The patient is 80 years old, and nobody in the table is above 77. What does the probability rest on?",
    choices: ["On patients like this one", "On the age alone", "On how each network extrapolates"],
    why:
      "Where no rows are, nothing in training decides between the networks. The spread shows it, and one number " +
      "would hide it.",
    stretch: [
      [
        "Leave a cell empty. What happens?",
        "It is filled from the training rows, and a flag says that it was empty. At the command line a missing " +
          "column is refused.",
      ],
      [
        "Is the probability of the same patient the same elsewhere?",
        "With categories as whole numbers it was 0.65, and 0.52 to 0.83 over 20 seeds; with an input for each " +
          "category 0.28, and 0.19 to 0.40. The two are on different sides of one half.",
      ],
    ],
  },
  luck: {
    title: "A split is luck, and a leak is worse",
    idea: [
      "Other rows held out, another score. Whoever tries many splits and reports the best one reports luck.",
      "A leak is the same in disguise: a step of preparation that has seen the held-out rows before the split.",
    ],
    todo: [
      "Train 50 epochs, and note the accuracy on fresh rows.",
      "Give the split the seeds 1, 2, 3 and 4, and train each time.",
      "Which of the five accuracies would you report, and why?",
    ],
    watch: "The lowest and the highest of your five accuracies. Nothing but the split has changed.",
    question:
      "Somebody standardises all rows, then splits. Somebody else chooses columns by the labels of all rows. Who " +
      "leaks more?",
    choices: ["The first", "The second", "Neither leaks"],
    why:
      "Both leak. A mean of all rows is nearly that of the training rows, and uses no label. The ten of 2,000 " +
      "columns of noise that go best with all labels promise 0.81; chosen on training rows, they have 0.52 (means " +
      "of 20 splits).",
    stretch: [
      [
        "How many splits until one has 0.90?",
        "Few: of 20 splits the best ones of this network had 0.918. Report the mean.",
      ],
      [
        "Which other steps use labels, and belong inside the split?",
        "Means of the target by category, oversampling, choosing columns, and people who look at test scores and " +
          "try again.",
      ],
    ],
  },
  costs: {
    title: "False alarms and missed patients",
    idea: [
      "The network gives a probability; a threshold makes it a decision. Recall is the share of the ill that are " +
        "found, precision the share of alarms that are right. A lower threshold finds more of the ill, with more " +
        "false alarms.",
      "When a missed patient costs twice a false alarm, calling somebody ill pays from the probability p with 1 (1 " +
        "- p) = 2 p on.",
    ],
    todo: [
      "Run 50 epochs.",
      "Move the threshold from 0.1 to 0.9, and read precision, recall and the confusion matrix.",
      "Set the cost of a missed patient to 2 and of a false alarm to 1. Let the costs decide.",
      "Compare with the cheapest threshold of these rows, and with one half.",
    ],
    watch: "The cost is a wide valley with an uneven floor. A few patients decide where its lowest place is.",
    question: "From which probability on do you call a patient ill?",
    choices: ["1/3", "1/2", "2/3"],
    why: "Cost of a false alarm by the sum of both: 1 / (1 + 2). The dearer a missed patient, the lower the threshold.",
    stretch: [
      [
        "Set 10 to 1. What does the rule save now?",
        "The threshold is 1/11. Over all 303 patients it saves 62.8 [27.0, 98.6] per 100 patients, in false alarms.",
      ],
      [
        "Why not take the cheapest threshold of your rows?",
        "It was chosen by luck, too: what it saves on the rows that chose it, it loses on others (-2.6 [-8.5, 3.3]).",
      ],
    ],
    claim: [
      "A threshold for costs of 2 to 1 saves money on heart.",
      "Open: the rule saves -1.0 [-7.5, 5.5] per 100 patients, with a false alarm as the unit. 303 patients are " +
        "too few to show it.",
    ],
  },
  dropout: {
    title: "Dropout, and a second layer",
    idea: [
      "Dropout silences half of the units at every step, so that no unit can rely on another. It slows down " +
        "learning by heart.",
    ],
    todo: ["Run both cards to epoch 300. Look at epoch 50 on the way.", "Add a card with two hidden layers of 32."],
    watch: "Accuracy on training rows against fresh rows, at epoch 50 and at epoch 300.",
    question: "Without dropout the accuracy on training rows comes near 1. What does the accuracy on fresh rows do?",
    choices: ["It rises, too", "It falls a little", "It falls to one half"],
    why:
      "The network learns these patients, and no more about the disease: 0.851 after 50 epochs, 0.814 after 300 " +
      "(20 splits).",
    stretch: [
      [
        "Does a second hidden layer help?",
        "Over 20 seeds it shows no effect. In some 240 training rows there is little beyond what each column says " +
          "alone.",
      ],
      [
        "Try weight decay instead of dropout.",
        "Both keep the network from certainty. Sweep it: the validation rows decide.",
      ],
    ],
    claim: [
      "Without dropout training accuracy is near 100%, while test accuracy stays where it is.",
      "Does not hold: training accuracy is 0.882 after 50 epochs and 0.986 after 300, and by then test accuracy " +
        "has fallen from 0.851 to 0.814.",
    ],
  },
  three: {
    title: "Too small, too big, about right",
    idea: [
      "Tiny: 2 units with tanh. Big: three layers of 256. Good: 16-16 with dropout and weight decay. Same points, " +
        "same split.",
      "Underfitting: high loss on training rows, and as high on fresh rows. Overfitting: low on training rows, far " +
        "higher on fresh.",
    ],
    todo: [
      "Guess which is the best on fresh rows. Then run all three to epoch 300.",
      "Ask of at least two of them whether they underfit or overfit.",
      "Look for single points around which the boundary of the big one bends.",
    ],
    watch: "The two losses of each card, not the gap of accuracies: on one split it misleads.",
    question: "Which number shows that big overfits?",
    choices: [
      "Its accuracy on fresh rows, which is the lowest",
      "Its loss on fresh rows, far above that on training rows",
      "Its accuracy on training rows, which is 1",
    ],
    why:
      "It is right about as often as good is, but far too certain where it is wrong. Its accuracy alone would not " +
      "show it.",
    stretch: [
      [
        "Give tiny 4, 8 and 16 units. When does it stop underfitting?",
        "Accuracy on fresh rows over ten splits: 0.82 with 2, 0.83 with 4, 0.88 with 8, 0.94 with 16.",
      ],
      [
        "Regularise big: dropout 0.5, weight decay 0.01, or patience 50. Which comes closest to good?",
        "Log loss on fresh rows over five splits: 0.5 as it is, 0.34 with dropout, 0.19 with weight decay, 0.22 " +
          "stopped early; good has 0.26. With a weight decay of 0.1 it underfits: 0.49.",
      ],
      [
        "Take 3,000 points. Does big still overfit?",
        "Try it: with ten times the rows there is less room between them to bend into.",
      ],
    ],
    claim: [
      "The big network is worse on fresh rows than the tiny one, and worse than the good one.",
      "The first does not hold: big leads tiny by 0.112 [0.095, 0.128] in accuracy after 2,000 epochs over 20 " +
        "splits, though not in log loss. Good leads big by 0.016 [0.005, 0.027].",
    ],
  },
  sweep: {
    title: "Where is the sweet spot?",
    idea: [
      "Try every value with several seeds, on the same splits, and compare on rows that no network was trained on.",
      "The best of many values is a lucky one, too. So look for values as good as the best, within noise, and take " +
        "the smallest.",
    ],
    todo: [
      "Ask for a sweep of the hidden units: 2, 4, 8, 16, 32, 64, 128, 256, with 3 seeds.",
      "Then sweep the weight decay of a big network: 0, 1e-4, 1e-3, 1e-2, 1e-1.",
    ],
    watch: "A cliff on the left, a gentle slope on the right.",
    question: "The best value is the last one of the sweep. What now?",
    choices: ["Take it", "Take the one before it", "Sweep further in this direction"],
    why: "The sweep has found the direction of the sweet spot, and not the sweet spot.",
    stretch: [
      [
        "Sweep weight decay on the big network further: 1e-2, 3e-2, 1e-1, 3e-1.",
        "With 0.01 its log loss on fresh rows is 0.19, with 0.1 already 0.49: the minimum lies between, or near 0.01.",
      ],
      ["Repeat the sweep with one seed. What is missing?", "Intervals: one seed cannot show what is noise."],
    ],
  },
  stopping: {
    title: "Stop early, and take the result away",
    idea: [
      "A network that overfits was better before. Early stopping waits a number of epochs, its patience, for a lower " +
        "loss on the validation rows, and then takes the weights of the best epoch. Run goes on from where it stopped, so " +
        "that you see what comes after.",
      "There are three kinds of rows here. Validation rows choose the epoch. Test rows choose nothing, so that " +
        "their score is true.",
    ],
    todo: [
      "Run both cards, and compare the loss at the best epoch with the last one.",
      "Score the stopped card on the test rows.",
      "Take it away: the model, the report, and the code of exactly this card.",
      "Reset, and run again: the same seed gives the same numbers.",
    ],
    watch: "The mark of the best epoch in the loss curve. The training loss does not show it.",
    question: "Why must the test rows not choose the epoch?",
    choices: [
      "There are too few of them",
      "They would choose the epoch that suits them, and their score would be too good",
      "It would take too long",
    ],
    why:
      "With labels drawn by lot, the best epoch of 50 test rows had 0.60 on average, and the last one 0.51 (20 " +
      "splits).",
    stretch: [
      [
        "Does a patience of 5 stop too early? Does 200 cost anything but time?",
        "Log loss over five splits: 0.27 with 5, 0.22 with 50 and with 200. So 5 was too early, and 200 cost time " +
          "alone.",
      ],
      [
        "The validation rows are not trained on. Would they be worth more as training rows?",
        "Not here: stopping gains more than its rows cost.",
      ],
    ],
  },
});

/** Claims and figures, for the teacher's page. */
export const CLAIMS_NOTE =
  "Each figure is a mean over 20 seeds, each with its own split and initial weights, with its 95% interval, where " +
  "nothing else is said. The networks on this page are single ones: expect them to scatter around these figures.";

/** @param {number} value */
const shareText = (value) => value.toFixed(3);
/** @param {number} low @param {number} high */
const intervalText = (low, high) => `[${low.toFixed(2)}, ${high.toFixed(2)}]`;
/** @param {number} value */
const lossText = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(3));
/** @param {number} n @param {string} word */
const countText = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

/** @typedef {import("./lesson_record.js").RunNumbers} RunNumbers */

/**
 * Sentences about what a learner's networks did, by the names that checks give.
 *
 * @type {Record<string, (...numbers: any[]) => string>}
 */
export const FEEDBACK_TEXTS = Object.freeze({
  notTrained: () => "Nothing is trained yet: set the step up, and run.",
  outputsSeen: (/** @type {[number, number][]} */ pairs) =>
    `Seen so far: ${pairs.map(([classes, outputs]) => `${classes} classes, ${countText(outputs, "output")}`).join("; ")}.`,
  outputsMore: () => "Show three different numbers of classes.",
  guessed: (/** @type {number[]} */ shares, /** @type {number} */ mean, /** @type {number} */ nClasses) =>
    `Your untrained networks: ${shares.map(shareText).join(", ")}. Mean ${shareText(mean)}; one of ${nClasses} is ` +
    `${shareText(1 / nClasses)}.`,
  guessMore: (/** @type {number} */ n) => `Give the network ${n === 1 ? "one other seed" : `${n} other seeds`}.`,
  cloudsReached: (accuracy, n, epoch, low, high) =>
    `${shareText(accuracy)} on ${n} fresh rows after ${epoch} epochs, 95% interval ${intervalText(low, high)}: reached.`,
  cloudsBelow: (accuracy, n, epoch) =>
    `${shareText(accuracy)} on ${n} fresh rows after ${epoch} epochs. The goal is 0.970: run on.`,
  cloudsWiden: () => "Now set the spread of the clouds to 4.",
  cloudsWiden2: (accuracy) => `Wide clouds, few units: ${shareText(accuracy)}. Now a card with 32-32.`,
  cloudsWide: (few, many, n) =>
    `Wide clouds: ${shareText(few)} with few units, ${shareText(many)} with many. The difference is ` +
    `${countText(Math.round(Math.abs(many - few) * n), "row")} of ${n}: more units do not undo the overlap.`,
  confidentNotYet: (/** @type {RunNumbers} */ best, /** @type {RunNumbers} */ now) =>
    `Lowest loss on fresh rows so far: ${lossText(best.loss)} at epoch ${best.epoch}; now ${lossText(now.loss)}. It has to rise ` +
    "by half: run on, or take another seed of the split.",
  confidentSeen: (/** @type {RunNumbers} */ best, /** @type {RunNumbers} */ now, /** @type {number} */ n) =>
    `From epoch ${best.epoch} to ${now.epoch} the loss went from ${lossText(best.loss)} to ${lossText(now.loss)}, ` +
    `${(now.loss / best.loss).toFixed(1)} times as much. Accuracy went from ${shareText(best.accuracy)} to ` +
    `${shareText(now.accuracy)}, ${countText(Math.round(Math.abs(now.accuracy - best.accuracy) * n), "row")} of ${n}.`,
  rate: (/** @type {number} */ lr, /** @type {RunNumbers | null} */ early, /** @type {RunNumbers} */ now) =>
    `Rate ${lr}: ${early ? `${shareText(early.accuracy)} after 100 epochs, ` : ""}${shareText(now.accuracy)} after ${now.epoch}.`,
  ratesMore: () => "Run the cards with 0.001 and 2.0 for 300 epochs at least, with these rates from the beginning.",
  straightBent: (activation, accuracy) => `With ${activation}: ${shareText(accuracy)} on fresh rows.`,
  straightWithout: (accuracy, epoch) =>
    `Without activations: ${shareText(accuracy)} after ${epoch} epochs. A coin has 0.500, and no line does better on rings.`,
  straightMore: () => "Run a card with activations to 0.97, and one without for 50 epochs.",
  headsMore: () => "Run a card with one logit and one with two for 100 epochs.",
  headsSeen: (one, two, rows, few, many) =>
    `One logit: ${shareText(one)}, ${few} parameters. Two logits: ${shareText(two)}, ${many} parameters. They are ` +
    `${countText(rows, "row")} apart.`,
  fewestBelow: (accuracy, n, epoch) =>
    `${shareText(accuracy)} on ${n} fresh rows after ${epoch} epochs. The goal is 0.950.`,
  fewestReached: (units, accuracy, low, high) =>
    `Your record: ${countText(units, "unit")} with ${shareText(accuracy)}, 95% interval ${intervalText(low, high)}.`,
  fewestFailed: (n, best) =>
    `${countText(n, "smaller network")} did not get there; the best of them had ${shareText(best)}. Other initial weights may.`,
  fewestMore: () => "Go on: five units or fewer can do it.",
  fewestMeasured: (units) => FEWEST_MEASURED[units] ?? FEWEST_MEASURED[2],
  heartTrained: (accuracy, n, _epoch, low, high) =>
    `${shareText(accuracy)} on ${n} validation rows, 95% interval ${intervalText(low, high)}. Now score the test rows, under Ask.`,
  heartEarly: () => "That was before epoch 30: run 50 epochs, and ask again.",
  heartScored: (mean, n) =>
    `${Math.round(mean.value * n)} of ${n} test rows are right: ${shareText(mean.value)}, 95% interval ` +
    `${intervalText(mean.low, mean.high)}. ${n} rows cannot say it more precisely` +
    (mean.low <= 0.85 && mean.high >= 0.8 ? ", and they agree with 0.80 to 0.85." : "."),
  patientMore: () => "Ask for the patient of the lesson, under New row.",
  patientOther: () => "That was another row. Fill in the patient of the lesson.",
  patientOne: (p) => `${shareText(p)} by one network. Give the card five seeds, to see what others say.`,
  patientSeeds: (p, low, high) =>
    `Five networks: ${shareText(p)} on average, from ${shareText(low)} to ${shareText(high)}. ` +
    (low < 0.5 && high > 0.5 ? "They are on both sides of one half." : "All are on one side of one half.") +
    " Twenty networks on other splits went from 0.19 to 0.40.",
  luckSeen: (n, low, high, mean) =>
    `${n} splits: ${shareText(low)} to ${shareText(high)}, mean ${shareText(mean)}. The best is ${shareText(high - mean)} above the mean.`,
  luckInterval: (n, low, high) =>
    `With ${n} rows, chance alone allows for about ${intervalText(low, high)} around this mean.`,
  luckMore: (n) => `Train on ${n === 1 ? "one other split" : `${n} other splits`}, 50 epochs each.`,
  costsSet: (missed, alarm) => `The costs are ${missed} to ${alarm}. Set 2 to 1.`,
  costsThreshold: (threshold, now, n) =>
    `At ${shareText(threshold)}: ${now.falseNegatives} missed and ${now.falsePositives} false alarms among ${n} rows, ` +
    `${now.cost.toFixed(1)} per 100. Which threshold follows from the costs?`,
  costsRule: (half, now, n) =>
    `At one half: ${half.falseNegatives} missed, ${half.falsePositives} false alarms, ${half.cost.toFixed(1)} per 100 rows. ` +
    `At 1/3: ${now.falseNegatives} missed, ${now.falsePositives} false alarms, ${now.cost.toFixed(1)} per 100. With ${n} ` +
    "rows the difference may be chance.",
  costsCheapest: ({ threshold, cost }) =>
    `The cheapest threshold of these rows is ${shareText(threshold)}, at ${cost.toFixed(1)} per 100: too good, because these ` +
    "rows chose it.",
  dropoutSeen: (/** @type {number} */ dropout, /** @type {RunNumbers | null} */ early, /** @type {RunNumbers} */ now) =>
    `${dropout === 0 ? "Without dropout" : `Dropout ${dropout}`}: ` +
    (early ? `train ${shareText(early.trainAccuracy)} and fresh rows ${shareText(early.accuracy)} at epoch 50; ` : "") +
    `${shareText(now.trainAccuracy)} and ${shareText(now.accuracy)} at epoch ${now.epoch}.`,
  dropoutMore: () => "Run a card without dropout and one with 0.3 or more to epoch 300.",
  threeTrain: () => "Run one network of at most 3 hidden units and one of at least 256 for 200 epochs, on the same rows.",
  threeAsk: (n) => (n === 1 ? "Ask of one other card whether it underfits or overfits." : `Ask of ${n} cards whether they underfit or overfit.`),
  threeVerdicts: (/** @type {[string, string][]} */ verdicts) =>
    verdicts
      .map(([name, verdict]) => (verdict === "cannot tell" ? `${name}: cannot tell` : `${name} ${verdict}`))
      .join("; ") + ".",
  bigAgainstTiny: (
    /** @type {RunNumbers} */ big,
    /** @type {RunNumbers} */ tiny,
    /** @type {number} */ n,
    /** @type {string} */ bigName,
    /** @type {string} */ tinyName,
  ) =>
    `On ${n} fresh rows ${bigName} has ${shareText(big.accuracy)} and a loss of ${lossText(big.loss)}, ${tinyName} ` +
    `${shareText(tiny.accuracy)} and ${lossText(tiny.loss)}: ${bigName} ` +
    (big.accuracy > tiny.accuracy ? "is right more often" : "is not right more often here") +
    (big.loss > tiny.loss ? ", and its loss is higher all the same." : "."),
  sweepMore: () => "Ask for a sweep of the hidden units, under Ask.",
  sweepHidden: () => "That was another setting: sweep the hidden units.",
  sweepWider: () => "Sweep four values or more, from 2 to 256.",
  sweepBest: (label, logLoss, accuracy) =>
    `Best mean loss: ${label}, ${lossText(logLoss.value)}; its accuracy is ${shareText(accuracy.value)}.`,
  sweepSmallest: (label, few, many) =>
    `Within noise of it: ${label}, with ${few.toLocaleString("en")} parameters instead of ${many.toLocaleString("en")}.`,
  sweepAtEnd: (label) => `${label} is at the end of the sweep: go on in this direction.`,
  stoppingMore: () => "Run both cards: one until its patience ends, one for 200 epochs at least.",
  stoppedSeen: (/** @type {RunNumbers} */ best, /** @type {RunNumbers} */ now) =>
    `It stopped at epoch ${now.epoch}. Its lowest loss on validation rows was ${lossText(best.loss)}, at epoch ${best.epoch}.`,
  stoppedLong: (/** @type {RunNumbers} */ best, /** @type {RunNumbers} */ now) =>
    `The other one went on from ${lossText(best.loss)} at epoch ${best.epoch} to ${lossText(now.loss)} at epoch ${now.epoch}.`,
});

/**
 * How often one hidden layer with ReLU reached 0.95, of 20 seeds and splits after 500 epochs, by units.
 *
 * @type {Readonly<Record<number, string>>}
 */
const FEWEST_MEASURED = Object.freeze({
  2: "Two units cannot enclose a ring: of 20 seeds none reached it in one layer with ReLU. Look at your map: what helped?",
  3: "Three units: of 20 seeds 9 reached it in one layer with ReLU after 500 epochs.",
  4: "Four units: of 20 seeds 16 reached it in one layer with ReLU after 500 epochs.",
  5: "Five units: of 20 seeds 19 reached it in one layer with ReLU after 500 epochs.",
});
