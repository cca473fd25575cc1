/**
 * The English texts of the lesson's parts on heart disease and on the moons, and of the teacher's page.
 *
 * @module
 */

/** @typedef {import("./lesson_strings.js").LessonText} LessonText */

/** @type {Record<"heart" | "patient" | "luck" | "costs" | "dropout" | "three" | "sweep" | "stopping", LessonText>} */
export const DATA_TEXTS = Object.freeze({
  heart: {
    title: "From a table to a probability",
    idea: [
      "303 patients, 13 columns, and one question: heart disease or not? Numbers are standardised, and each category becomes an " +
        "input of its own. Means, deviations and categories come from the training rows alone.",
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
    choices: ["It is 0.82", "It is about 0.70 to 0.90", "It is at least 0.82"],
    why: "The 95% interval of 50 out of 61 goes from 0.71 to 0.90. More digits would be more rows.",
    stretch: [
      [
        "The training loss in the curves is above that of fresh rows. Is this a mistake?",
        "No. It is taken from the steps, with half of the units dropped. Measured with all units it is below.",
      ],
      [
        "Treat the categories as whole numbers instead. What is lost?",
        "0.052 [0.030, 0.075] in accuracy on the same splits: whole numbers say that the third category is twice as far as the " +
          "second.",
      ],
    ],
    claim: [
      "Heart: about 80 to 85% on test rows, a few percent between runs.",
      "Modest for an input for each category: 0.854 [0.839, 0.869] over 20 splits of 80 to 20, single splits from 0.820 to 0.918. " +
        "Optimistic for categories as whole numbers: 0.802 [0.776, 0.827], single splits from 0.689 to 0.902.",
    ],
  },
  patient: {
    title: "One new patient",
    idea: [
      "A new row passes through the same preparation as the training rows, and comes out as a probability. It is no diagnosis.",
      "Five networks with other initial weights see the same training rows. Where they differ, the rows do not decide.",
    ],
    todo: [
      "Run 50 epochs.",
      "Open the form for one new row, fill in the patient of the lesson, and ask.",
      "Change one cell at a time. Which one moves the probability most?",
      "Type a category that is not in the table into thal.",
      "Save the model: network and preparation are in one file.",
    ],
    watch: "The probability, the set of labels that would be right nine times in ten, and the spread between the seeds.",
    question: "The patient is 80 years old, and nobody in the table is above 77. What does the probability rest on?",
    choices: ["On patients like this one", "On the age alone", "On how each network extrapolates"],
    why: "Where no rows are, nothing in training decides between the networks. The spread shows it, and one number would hide it.",
    stretch: [
      [
        "Leave a cell empty. What happens?",
        "It is filled from the training rows, and a flag says that it was empty. At the command line a missing column is refused.",
      ],
      [
        "Is the probability of the same patient the same elsewhere?",
        "With categories as whole numbers it was 0.65, and 0.52 to 0.83 over 20 seeds; with an input for each category 0.28, and " +
          "0.19 to 0.40. The two are on different sides of one half.",
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
      "Switch standardising off. Does it change more than another split does?",
    ],
    watch: "The lowest and the highest of your five accuracies. Nothing but the split has changed.",
    question: "Somebody standardises all rows, then splits. Somebody else chooses columns by the labels of all rows. Who leaks more?",
    choices: ["The first", "The second", "Neither leaks"],
    why:
      "Both leak. A mean of all rows is nearly that of the training rows, and uses no label. The ten of 2,000 columns of noise " +
      "that go best with all labels promise 0.81; chosen on training rows, they have 0.52 (means of 20 splits).",
    stretch: [
      ["How many splits until one has 0.90?", "Few: of 20 splits the best ones of this network had 0.918. Report the mean."],
      [
        "Which other steps use labels, and belong inside the split?",
        "Means of the target by category, oversampling, choosing columns, and people who look at test scores and try again.",
      ],
    ],
  },
  costs: {
    title: "False alarms and missed patients",
    idea: [
      "The network gives a probability; a threshold makes it a decision. Recall is the share of the ill that are found, precision " +
        "the share of alarms that are right. A lower threshold finds more of the ill, with more false alarms.",
      "When a missed patient costs twice a false alarm, calling somebody ill pays from the probability p with 1 (1 - p) = 2 p on.",
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
      "Open: the rule saves -1.0 [-7.5, 5.5] per 100 patients, with a false alarm as the unit. 303 patients are too few to show it.",
    ],
  },
  dropout: {
    title: "Dropout, and a second layer",
    idea: [
      "Dropout silences half of the units at every step, so that no unit can rely on another. It slows down learning by heart.",
    ],
    todo: [
      "Run both cards to epoch 300. Look at epoch 50 on the way.",
      "Add a card with two hidden layers of 32.",
    ],
    watch: "Accuracy on training rows against fresh rows, at epoch 50 and at epoch 300.",
    question: "Without dropout the accuracy on training rows comes near 1. What does the accuracy on fresh rows do?",
    choices: ["It rises, too", "It falls a little", "It falls to one half"],
    why: "The network learns these patients, and no more about the disease: 0.851 after 50 epochs, 0.814 after 300 (20 splits).",
    stretch: [
      [
        "Does a second hidden layer help?",
        "Over 20 seeds it shows no effect. In some 240 training rows there is little beyond what each column says alone.",
      ],
      ["Try weight decay instead of dropout.", "Both keep the network from certainty. Sweep it: the validation rows decide."],
    ],
    claim: [
      "Without dropout training accuracy is near 100%, while test accuracy stays where it is.",
      "Does not hold: training accuracy is 0.882 after 50 epochs and 0.986 after 300, and by then test accuracy has fallen from " +
        "0.851 to 0.814.",
    ],
  },
  three: {
    title: "Too small, too big, about right",
    idea: [
      "Tiny: 2 units with tanh. Big: three layers of 256. Good: 16-16 with dropout and weight decay. Same points, same split.",
      "Underfitting: high loss on training rows, and as high on fresh rows. Overfitting: low on training rows, far higher on fresh.",
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
    why: "It is right about as often as good is, but far too certain where it is wrong. Its accuracy alone would not show it.",
    stretch: [
      [
        "Give tiny 4, 8 and 16 units. When does it stop underfitting?",
        "Accuracy on fresh rows over ten splits: 0.82 with 2, 0.83 with 4, 0.88 with 8, 0.94 with 16.",
      ],
      [
        "Regularise big: dropout 0.5, weight decay 0.01, or patience 50. Which comes closest to good?",
        "Log loss on fresh rows over five splits: 0.50 as it is, 0.34 with dropout, 0.19 with weight decay, 0.22 stopped early; " +
          "good has 0.26. With a weight decay of 0.1 it underfits: 0.49.",
      ],
      ["Take 3,000 points. Does big still overfit?", "Try it: with ten times the rows there is less room between them to bend into."],
    ],
    claim: [
      "The big network is worse on fresh rows than the tiny one, and worse than the good one.",
      "The first does not hold: big leads tiny by 0.112 [0.095, 0.128] in accuracy after 2,000 epochs over 20 splits, though not " +
        "in log loss. Good leads big by 0.016 [0.005, 0.027].",
    ],
  },
  sweep: {
    title: "Where is the sweet spot?",
    idea: [
      "Try every value with several seeds, on the same splits, and compare on rows that no network was trained on.",
      "The best of many values is a lucky one, too. So look for values as good as the best, within noise, and take the smallest.",
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
      "A network that overfits was better before. Early stopping waits a number of epochs, its patience, for a lower loss on the " +
        "validation rows, and goes back to the best epoch.",
      "There are three kinds of rows here. Validation rows choose the epoch. Test rows choose nothing, so that their score is true.",
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
    why: "With labels drawn by lot, the best epoch of 50 test rows had 0.60 on average, and the last one 0.51 (20 splits).",
    stretch: [
      [
        "Does a patience of 5 stop too early? Does 200 cost anything but time?",
        "Log loss over five splits: 0.27 with 5, 0.22 with 50 and with 200. So 5 was too early, and 200 cost time alone.",
      ],
      [
        "The validation rows are not trained on. Would they be worth more as training rows?",
        "Not here: stopping gains more than its rows cost.",
      ],
    ],
  },
});

/** Claims that lessons make, and what was measured, for the teacher's page. */
export const CLAIMS_NOTE =
  "Each figure is a mean over 20 seeds, each with its own split and initial weights, with its 95% interval, where nothing else " +
  "is said. Your learners' networks are single ones: expect them to scatter around these figures.";
