/**
 * Every English sentence and word of the page, by who shows it.
 *
 * @module
 */

/** Words that several parts of the page use. */
export const wordStrings = Object.freeze({
  parts: { train: "train", validation: "validation", test: "test" },
  rows: (/** @type {number} */ n) => `${n.toLocaleString("en")} ${n === 1 ? "row" : "rows"}`,
  none: "none",
});

/** Of any number that is typed. */
export const numberStrings = Object.freeze({
  refused: (
    /** @type {string} */ typed,
    /** @type {string} */ low,
    /** @type {string} */ high,
    /** @type {string} */ now,
    /** @type {boolean} */ isWhole,
  ) => `${typed || "This"} is no ${isWhole ? "whole " : ""}number from ${low} to ${high}: ${now} stays.`,
});

/** Of the page itself: regions, connection, what went wrong at the beginning. */
export const startStrings = Object.freeze({
  name: ["demarcate", "studio"],
  regions: { data: "Data", cards: "Networks", tools: "Learn" },
  starting: "Starting …",
  regionTabs: "Parts of the page",
  noAnswer: (/** @type {number} */ status) => `The server answered with status ${status}.`,
  noToken: {
    fact: "This address has no token.",
    remedy: "Open the whole address that 'demarcate studio' printed.",
    shared: "Start 'demarcate studio' on this machine, and put this ending behind the address that it prints:",
  },
  ending: "Ending of the address",
  ended:
    "The studio does not know this page any more. Start 'demarcate studio' again and open the address that it prints. " +
    "The ending of this page's address, from # on, put behind that one, brings all of this back.",
  notices: "Messages",
  dismiss: "Dismiss",
  skip: "Skip to the networks",
});

export const headerStrings = Object.freeze({
  controls: "Training",
  run: "Run",
  pause: "Pause",
  runTitle: "Train all networks",
  pauseTitle: "Pause all networks",
  batch: "One batch",
  epoch: "One epoch",
  reset: "Start again from the same weights",
  undo: "Undo",
  redo: "Redo",
  noData: "There is nothing to train on yet: see Data.",
  share: "Copy a link to all of this",
  shared: "The link is copied.",
  begun: "Other data and networks are on the page, and begin anew. Undo brings back those that were there.",
  sharedInAddress: "The link is in the address bar.",
  keys: "Keys",
  themes: { auto: "Colours as the system has them", light: "Light colours", dark: "Dark colours" },
  epochLabel: "epoch",
  statuses: {
    connecting: "connecting …",
    starting: "getting ready …",
    open: "connected",
    lost: "connection lost; trying again …",
    closed: "not connected; start demarcate studio again",
  },
});

export const keyStrings = Object.freeze({
  title: "Keys",
  single: "Single keys without Ctrl",
  singleHint: "Off where a screen reader or dictation uses letters itself.",
  close: "Close",
  space: "Space",
  rows: {
    run: "run or pause",
    batch: "train one batch",
    epoch: "train one epoch",
    reset: "start again from the same weights",
    undo: "undo",
    redo: "redo",
    data: "go to the data",
    cards: "go to the networks",
    tools: "go to the lesson and the other tools",
    theme: "light, dark or as the system has it",
    keys: "this list",
  },
});

/** Live summaries for those who listen. */
export const summaryStrings = Object.freeze({
  card: (
    /** @type {string} */ name,
    /** @type {number} */ epoch,
    /** @type {string} */ train,
    /** @type {string} */ monitored,
    /** @type {string} */ rows,
  ) => `${name}: epoch ${epoch}, accuracy ${train} on train rows and ${monitored} on ${rows} rows.`,
  diverged: (/** @type {string} */ name, /** @type {string} */ note) => `${name}: ${note}`,
});

export const dataStrings = Object.freeze({
  title: "Data",
  examples: "Examples",
  chooseExample: "Begin with …",
  source: "Where the rows come from",
  sources: { moons: "Moons", circles: "Circles", blobs: "Blobs", heart: "Heart", table: "Table", drawn: "Draw" },
  sourceTitles: {
    moons: "Two half moons that reach into each other",
    circles: "Two rings around the same centre",
    blobs: "Round clusters, one class a cluster",
    heart: "Heart disease: 303 patients, 13 columns",
    table: "A CSV, TSV, Parquet, Arrow or JSON lines file",
    drawn: "Only points that you add yourself",
  },
  knobs: { n_samples: "Rows", noise: "Noise", factor: "Inner ring's radius", centers: "Classes", cluster_std: "Spread" },
  seed: "Seed of the rows",
  draw: "Draw other rows",
  standardise: "Standardise columns",
  standardiseHint: "Fitted on the train rows only.",
  reading: (/** @type {string} */ name) => `Reading ${name} …`,
  drawnTitle: (/** @type {string} */ points) => `points set by hand: ${points}`,
  balance: "Classes",
  share: (/** @type {number} */ share, /** @type {number} */ rows) =>
    `${Math.round(share * rows).toLocaleString("en")} (${(100 * share).toFixed(0)}%)`,
  moreClasses: (/** @type {number} */ n) => `and ${n} more`,
  sampled: (/** @type {number} */ n) => `The maps show a sample of ${n.toLocaleString("en")} rows.`,
  notices: (/** @type {number} */ n) => (n === 1 ? "1 thing to know about this table" : `${n} things to know about this table`),
});

export const splitStrings = Object.freeze({
  title: "Split",
  hint: "Networks learn from the train rows; the other rows show what they are worth.",
  validation: "Validation rows, %",
  test: "Test rows, %",
  seed: "Seed of the split",
  draw: "Split in another way",
  bar: (/** @type {number} */ train, /** @type {number} */ validation, /** @type {number} */ test) =>
    `${train} train, ${validation} validation and ${test} test rows`,
});

export const tableStrings = Object.freeze({
  drop: "Drop a CSV, Parquet or model file here",
  open: "Open a file",
  reading: (/** @type {string} */ name) => `Reading ${name} …`,
  cannot: 'Tables are given in Python here: Studio(table, target="column").',
  table: "Table",
  facts: (/** @type {string} */ name, /** @type {number} */ rows) => `${name} (${wordStrings.rows(rows)})`,
  target: "Column to predict",
  noTarget: "choose a column",
  columns: (/** @type {number} */ used, /** @type {number} */ all) => `Columns: ${used} of ${all} used`,
  column: "Column",
  kind: "Kind",
  use: "Use",
  useColumn: (/** @type {string} */ name) => `Use ${name}`,
  asCategory: "Category",
  categoryColumn: (/** @type {string} */ name) => `Read the numbers of ${name} as categories`,
  kinds: { numerical: "number", categorical: "category", date: "date", text: "text" },
  values: (/** @type {number} */ n) => `${n.toLocaleString("en")} values`,
  missing: (/** @type {number} */ n) => `${n.toLocaleString("en")} missing`,
  more: (/** @type {number} */ n) => `${n.toLocaleString("en")} more columns are used as they are.`,
});

export const axesStrings = Object.freeze({
  title: "View",
  horizontal: "Across",
  vertical: "Up",
  held: (/** @type {number} */ n) => `The other ${n === 1 ? "column is" : `${n} columns are`} held`,
  heldHint: "A map over two columns of a larger table is a slice: the rest stays at these values.",
  missing: "missing",
  typical: "Back to typical values",
  more: (/** @type {number} */ n) => `${n.toLocaleString("en")} more columns are held at typical values.`,
});

export const paintStrings = Object.freeze({
  title: "Add points",
  hint: "Choose a class, then click or drag on a map, or move its cross with arrow keys and press Enter.",
  add: (/** @type {string} */ label) => `Add points of ${label.startsWith("class ") ? label : `class ${label}`}`,
  newClass: (/** @type {number} */ code) => `class ${code}`,
  erase: "Erase added points",
  clear: "Remove all",
  stop: "Stop adding points",
  count: (/** @type {number} */ n) => (n === 1 ? "1 point added" : `${n.toLocaleString("en")} points added`),
});

/** @see cards_panel.js and what it is made of */
export const cardStrings = Object.freeze({
  title: "Networks",
  map: "map",
  mapLabel: (/** @type {string} */ name) =>
    `Map of ${name}. Arrow keys move a cross, with Shift by larger steps; Escape takes it away.`,
  oneClass: (/** @type {string} */ name) => `Everywhere on this map: ${name}`,
  addCard: "Add a network",
  copyCard: "Copy this network",
  removeCard: "Remove this network",
  resetCard: "Start this network again from the same weights",
  removed: (/** @type {string} */ name) => `${name} is removed.`,
  copied: (/** @type {string} */ name, /** @type {string} */ from) => `${name} is a copy of ${from}: change its settings.`,
  cardName: "Name of the network",
  statuses: {
    ready: "not trained",
    running: "training",
    paused: "paused",
    finished: "finished",
    diverged: "diverged",
    refused: "refused",
    empty: "no data",
  },
  parts: {
    settings: "Settings",
    curves: "Loss and accuracy by epoch",
    network: "What each unit sees",
    confusion: "Confusion matrix",
  },
  shown: {
    settings: "settings",
    curves: "curves",
    network: "network",
    confusion: "confusion",
    logarithmic: "log loss axis",
  },
  show: "Show",
  points: "Points",
  legend: "Classes",
  mapKind: "Map",
  regions: "Regions",
  probabilities: "Probabilities",
  probabilityOf: "Probability of",
  likeliest: "the likeliest class",
  spread: "each seed's boundary",
  more: (/** @type {number} */ n) => `+ ${grouped(n)} more`,
  loss: "loss",
  accuracy: "accuracy",
  gap: "gap",
  epochAxis: "epoch",
  rowsHead: (/** @type {string} */ part, /** @type {number} */ n) => `${part} (${grouped(n)})`,
  number: (/** @type {number | null} */ value) =>
    value === null ? "\u2013" : value >= 100 ? value.toPrecision(4) : value.toFixed(3),
  signed: (/** @type {number} */ value) => `${value < 0 ? "\u2212" : "+"}${Math.abs(value).toFixed(3)}`,
  interval: (/** @type {string} */ part, /** @type {number} */ low, /** @type {number} */ high) =>
    `${part} accuracy: 95% interval ${low.toFixed(2)} to ${high.toFixed(2)}`,
  overSeeds: (
    /** @type {string} */ part,
    /** @type {number} */ low,
    /** @type {number} */ high,
    /** @type {number} */ seeds,
  ) => `means over ${seeds} seeds; ${part} accuracies ${low.toFixed(3)} to ${high.toFixed(3)}`,
  cardFacts: (/** @type {import("./types.js").CardFacts} */ facts) =>
    [
      `epoch ${grouped(facts.epoch)}`,
      facts.batch > 0 ? `batch ${facts.batch} of ${facts.batches}` : "",
      facts.n_parameters === 1 ? "1 parameter" : `${grouped(facts.n_parameters)} parameters`,
      facts.epochs_per_second > 0 ? `${grouped(Number(facts.epochs_per_second.toPrecision(2)))} epochs a second` : "",
      facts.changed ? "changed while it trained" : "",
    ]
      .filter(Boolean)
      .join(" \u00b7 "),
  pictureNumbers: (
    /** @type {number} */ epoch,
    /** @type {string} */ part,
    /** @type {number | null} */ accuracy,
    /** @type {number} */ rows,
  ) =>
    accuracy === null
      ? `epoch ${grouped(epoch)}`
      : `epoch ${grouped(epoch)}: accuracy ${accuracy.toFixed(3)} on ${grouped(rows)} ${part} rows`,
  pictureLine: (/** @type {string} */ threshold, /** @type {string} */ name) =>
    `by the likeliest class; line: threshold ${threshold} for ${name}`,
  decided: (
    /** @type {string} */ threshold,
    /** @type {string} */ name,
    /** @type {string} */ part,
    /** @type {number} */ accuracy,
    /** @type {boolean} */ isProbability,
  ) =>
    `Threshold ${threshold} for ${name}: ${part} accuracy ${accuracy.toFixed(3)}. Accuracies in the table and the curves ` +
    `are of the likeliest class${isProbability ? "; the map's colours are probabilities, its line is the threshold." : "."}`,
  notTrained: "Not trained yet.",
  bestEpoch: (
    /** @type {string} */ part,
    /** @type {number} */ epoch,
    /** @type {number} */ loss,
    /** @type {number} */ since,
  ) =>
    `Best epoch: ${grouped(epoch)}, with a ${part} loss of ${loss.toFixed(3)}` +
    (since > 0 ? `; none better in the ${grouped(since)} since.` : "."),
  networkRole: "drawing of a network",
  networkLabel: "Hidden units and weights. Arrow keys go from unit to unit.",
  networkHint: "Blue: above zero. Orange, dashed: below. Wider lines: larger weights. Point at a unit to enlarge it.",
  noHidden: "No hidden layer: the outputs are weighted sums of the inputs, and the boundary is straight.",
  weightsNotDrawn: "There are too many weights to draw them. Point at a unit to enlarge it.",
  layerTitle: (/** @type {number} */ layer, /** @type {number} */ last, /** @type {number} */ units) =>
    layer === 0
      ? units === 1
        ? "input"
        : `${units} inputs`
      : layer === last
        ? units === 1
          ? "logit"
          : `${units} logits`
        : `${units}`,
  unitName: (/** @type {number} */ unit) => `unit ${unit}`,
  unitTitle: (/** @type {number} */ layer, /** @type {number} */ unit, /** @type {number} */ units) =>
    `Layer ${layer}, unit ${unit} of ${units}`,
  unitWeights: (
    /** @type {{name: string, weight: number}[]} */ weights,
    /** @type {number} */ inputs,
    /** @type {number} */ bias,
  ) =>
    `Weights: ${weights.map(({ name, weight }) => `${name} ${cardStrings.signed(weight)}`).join(", ")}` +
    `${inputs > weights.length ? " and smaller ones" : ""}; bias ${cardStrings.signed(bias)}.`,
  pointAtMap: "Point at a map to read logits and probabilities there.",
  readout: (
    /** @type {[string, string]} */ axes,
    /** @type {[number | string, number | string]} */ values,
    /** @type {string} */ predicted,
  ) => `${axes[0]} ${shortValue(values[0])}, ${axes[1]} ${shortValue(values[1])}: predicts ${predicted}`,
  classHead: "class",
  probabilityHead: "probability",
  logitHead: "logit",
  probability: (/** @type {number} */ value) => value.toFixed(3),
  logit: (/** @type {number} */ value) => `${value < 0 ? "\u2212" : "+"}${Math.abs(value).toFixed(2)}`,
  confusionLabel: "Confusion matrix",
  confusionCaption: (/** @type {string} */ part) => `${part} rows at the threshold in force`,
  confusionCorner: "true \\ predicted",
  right: (/** @type {number} */ right, /** @type {number} */ rows) => `${right} of ${rows} right.`,
  easiest: (/** @type {{name: string, recall: number}} */ easy, /** @type {{name: string, recall: number}} */ hard) =>
    easy.recall === hard.recall
      ? `All classes are found alike (${percent(easy.recall)}).`
      : `Easiest: ${easy.name} (${percent(easy.recall)} found); hardest: ${hard.name} (${percent(hard.recall)}).`,
  mistakes: (/** @type {string} */ name, /** @type {number} */ falsePositives, /** @type {number} */ falseNegatives) =>
    `For ${name}: ${falsePositives} false positives, ${falseNegatives} false negatives.`,
  recordedSettings: "This is a recording: its settings are as they were.",
  hiddenLayers: "Hidden layers",
  addLayer: "Layer",
  linear: "None: a linear model.",
  unitsIn: (/** @type {number} */ layer) => `Units in layer ${layer}`,
  fewerUnits: (/** @type {number} */ layer) => `Fewer units in layer ${layer}`,
  moreUnits: (/** @type {number} */ layer) => `More units in layer ${layer}`,
  removeLayer: (/** @type {number} */ layer) => `Remove layer ${layer}`,
  atOnce: "Act at once",
  afresh: "More settings",
  afreshHint: "A change here, or of layers, starts this network again from epoch 0.",
  otherSeed: "Another seed",
  fullBatch: "all rows",
  never: "never",
  settings: {
    lr: "Learning rate",
    dropout: "Dropout",
    weight_decay: "Weight decay",
    activation: "Activation",
    optimizer: "Optimizer",
    head: "Head",
    schedule: "Schedule",
    batch_size: "Rows in a batch",
    epochs: "Epochs",
    patience: "Stop when not better for",
    seeds: "Networks (seeds)",
    seed: "Seed",
  },
  /** @type {Object<string, string>} */
  activations: {
    relu: "ReLU",
    tanh: "Tanh",
    silu: "SiLU",
    gelu: "GELU",
    elu: "ELU",
    leaky_relu: "Leaky ReLU",
    sigmoid: "Sigmoid",
    none: "None (linear)",
  },
  /** @type {Object<string, string>} */
  heads: { auto: "automatic", softmax: "a logit for each class", logit: "one logit" },
  /** @type {Object<string, string>} */
  optimizers: { sgd: "SGD", adam: "Adam", adamw: "AdamW" },
  /** @type {Object<string, string>} */
  schedules: { constant: "constant", cosine: "cosine" },
});

/** Made once, because making one takes longer than all else of a card's numbers. */
const GROUPED = new Intl.NumberFormat("en");

/** @param {number} value */
function grouped(value) {
  return GROUPED.format(value);
}

/** @param {number} value */
function percent(value) {
  return `${Math.round(100 * value)}%`;
}

/** @param {number | string} value */
function shortValue(value) {
  return typeof value === "string" ? value : shortNumber(value);
}

/** @param {number} value */
function shortNumber(value) {
  return `${Number(value.toPrecision(3))}`.replace("-", "\u2212");
}

/** @see decision_panel.js */
export const decisionStrings = Object.freeze({
  title: "Decide",
  intro: "A probability becomes a decision by a threshold. What mistakes cost says where it belongs.",
  card: "Network",
  positive: "Positive class",
  waiting: "Nothing is trained yet.",
  others: (/** @type {string} */ name) =>
    `With more than two classes the likeliest one is predicted. This is ${name} against all others.`,
  threshold: "Threshold",
  follow: "The costs decide",
  falseNegative: "Cost of a miss (false negative)",
  falsePositive: "Cost of a false alarm (false positive)",
  picture: (/** @type {string} */ threshold, /** @type {string} */ precision, /** @type {string} */ recall) =>
    `Precision, recall and cost at every threshold. At ${threshold}: precision ${precision}, recall ${recall}.`,
  lines: { precision: "precision", recall: "recall", cost: "cost" },
  axis: "threshold",
  counts: {
    caption: (/** @type {string} */ rows) => `Decisions on ${rows}`,
    predicted: (/** @type {string} */ name) => `predicted ${name}`,
    others: "predicted other",
    is: (/** @type {string} */ name) => `is ${name}`,
    isOther: "is other",
  },
  numbers: { precision: "Precision", recall: "Recall", accuracy: "Accuracy", cost: "Cost per 100" },
  cost: "Cost",
  none: "–",
  compare: "Thresholds compared, with their cost per 100 rows",
  half: "One half",
  rule: "From the costs",
  cheapest: "Cheapest of these rows",
  optimistic: "The cheapest was chosen by these very rows: on other rows it costs more than it seems.",
  rows: { validation: "validation rows", test: "test rows" },
});

/** @see model_part.js */
export const modelStrings = Object.freeze({
  title: "What does the model file do here?",
  hint: "Predicts the rows of the page with the networks of a model file, and draws where they draw the line.",
  model: "Model file",
  ask: "Show its map",
  picture: (/** @type {string} */ name, /** @type {string} */ caption) => `The map of ${name}. ${caption}`,
  on: (/** @type {number} */ n, /** @type {string} */ about) => `${about}, on ${n.toLocaleString("en")} rows`,
  trained: "These are the very rows that it was trained on: its scores are too good.",
});

/** @see ask_panel.js */
export const askStrings = Object.freeze({
  title: "Ask",
  recorded: "A recording answers no questions. Start demarcate studio for that.",
  card: "Network",
  cancel: "Cancel",
  asking: "Asking …",
  noData: { fact: "There is no data.", remedy: "See what Data says, or choose another source." },
  lost: { fact: "The connection was lost.", remedy: "Ask again." },
  of: (/** @type {string} */ name, /** @type {number} */ epoch) => `${name}, asked at epoch ${epoch}`,
  stale: "It has been changed since.",
  dismiss: "Remove this answer",
  diagnose: {
    title: "Does it underfit or overfit?",
    hint: "Trains this network and others around it several times, and says what would help.",
    ask: "Diagnose",
    train: "training rows",
    held_out: "rows held out",
    levels: "Log loss of this network",
    otherRows:
      "Means over several splits of the train and validation rows, with a training for each: the card's numbers are of one split.",
    effects: "What would lower the loss on fresh rows?",
    by: "lower by",
    marks: (/** @type {string} */ least) =>
      `Reductions of the log loss with 95% intervals. Lines: no change, and ${least}, the least that counts.`,
    answers: { helps: "helps", "does not help": "does not help", "cannot tell": "cannot tell" },
    tryIt: (/** @type {string} */ change) => `Try ${change} on a copy`,
    tryShort: "Try",
  },
  sweep: {
    title: "Where is the sweet spot?",
    hint: "Trains the network with each value, several seeds each, and compares them on rows it was not trained on.",
    ask: "Sweep",
    setting: "Setting",
    values: "Values",
    valuesHint: "Commas between values; 16-16 is two layers.",
    valuesCount: (/** @type {number} */ n) => `${n === 0 ? "No value" : n === 1 ? "One value" : `${n} values`}: give two to twelve`,
    valuesTwice: (/** @type {string} */ value) => `${value} is there twice: give each value once`,
    valuesWrong: (/** @type {string} */ value) => `${value} is no value of this setting: give values`,
    suchAs: (/** @type {string} */ example) => `, such as ${example}.`,
    seeds: "Seeds",
    settings: {
      hidden: "hidden units",
      weight_decay: "weight decay",
      dropout: "dropout",
      lr: "learning rate",
      activation: "activation",
      optimizer: "optimizer",
      batch_size: "batch size",
      epochs: "epochs",
    },
    columns: { log_loss: "log loss", accuracy: "accuracy", parameters: "parameters", use: "" },
    train: (/** @type {string} */ accuracy) => `train ${accuracy}`,
    take: (/** @type {string} */ label) => `Take ${label}`,
    takeShort: "Take",
    best: "best",
    near: "as good, smaller",
    diverged: (/** @type {number} */ n) => `${n} diverged`,
    none: "none",
    full: "all rows",
  },
  scores: {
    title: "How good is it, really?",
    hint:
      "Scores the test rows, which decide nothing. Do it once, after all choices: each look makes them less fresh. " +
      "What is predicted is the likeliest class.",
    noTest: "There are no test rows: the validation rows are scored, which may have decided something.",
    ask: "Score on the test rows",
    askValidation: "Score on the validation rows",
    looked: (/** @type {number} */ n) =>
      `These test rows were scored ${n === 1 ? "once" : `${n} times`}, reports included: what is chosen from now on makes the next scores too good.`,
    on: (/** @type {number} */ n, /** @type {string} */ rows) => `On ${n.toLocaleString("en")} ${rows} rows`,
    why: "Why these scores?",
    own: "this network",
    baselines: "Accuracy beside it",
  },
});

/** @see row_form.js */
export const rowStrings = Object.freeze({
  title: "New row",
  intro: "Fill in one row. It passes through the same preparation as the training rows: an empty number counts as their median.",
  card: "Network",
  patient: "Patient of the lesson",
  typical: "Typical row",
  missing: "missing",
  other: "another value …",
  otherLabel: (/** @type {string} */ column) => `${column}: another value`,
  noNumber: "This is no number: it counts as missing.",
  outside: (/** @type {string} */ low, /** @type {string} */ high) => `The table has ${low} to ${high}.`,
  waiting: "Train a network, and its answer is here.",
  untrained: "Before training",
  atEpoch: (/** @type {number} */ epoch) => `At epoch ${epoch}`,
  prediction: (/** @type {string} */ name, /** @type {string} */ p) => `${name}, with probability ${p}`,
  byThreshold: (/** @type {string} */ threshold, /** @type {string} */ name) => `(threshold ${threshold} for ${name})`,
  set: (/** @type {string} */ classes, /** @type {string} */ coverage) =>
    `Set that holds the true class for ${coverage} of rows: ${classes}`,
  or: " or ",
  emptySet: "none: no class is likely enough",
  noSet: "Too few validation rows for a prediction set.",
  spread: (/** @type {number} */ n, /** @type {string} */ low, /** @type {string} */ high, /** @type {string} */ name) =>
    `Probability of ${name} by seed, ${n} of them: ${low} to ${high}`,
  oneSeed: "One network. With more seeds the spread between them is shown.",
  noDiagnosis: "A probability, not a diagnosis.",
});

/** @see take_away_panel.js */
export const takeAwayStrings = Object.freeze({
  title: "Take away",
  card: "Network",
  files: "Files",
  model: "Model",
  pytorch: "PyTorch folder",
  modelHint: "Network and preparation: one file for demarcate predict, or plain PyTorch; by the likeliest class.",
  report: "Report",
  reportHint: "One page with scores, curves and mistakes. It scores the test rows: take it after all choices.",
  reportValidation: "One page with scores, curves and mistakes. It scores the validation rows, as there are no test rows.",
  png: "PNG",
  svg: "SVG",
  picture: "Picture of the map",
  link: "Copy a link",
  linkHint: "Opens the page with exactly these data, networks and settings.",
  code: "Code",
  codeHint: "This network as code that runs as copied.",
  kinds: { demarcate: "demarcate", pytorch: "PyTorch" },
  copy: "Copy",
  copied: "The code is copied.",
  notCopied: "The browser does not allow copying. Select the code, and copy it.",
  cannotSave: "A recording has no model. Start demarcate studio for that.",
  noMap: "The map is not there yet.",
  loading: "Writing the code …",
});

/** @see lesson_panel.js */
export const lessonStrings = Object.freeze({
  title: "Lesson",
  heading: "Three hours, in sixteen steps",
  step: (/** @type {number} */ n, /** @type {number} */ total) => `Step ${n} of ${total}`,
  minutes: (/** @type {number} */ n) => `${n} min`,
  done: "done",
  setUp: "Set it up",
  setUpHint: "Data and networks of this step take the place of yours; undo brings them back.",
  todo: "Do",
  watch: "Watch",
  question: "Question",
  right: "Right.",
  wrong: "Not quite. Look again, and choose another.",
  yours: "Your networks",
  both: "The step is done.",
  stretch: "Further",
  answer: "What is found",
  claim: "Does the claim hold?",
  claimed: "Claimed",
  measured: "Measured",
  next: "Next",
  back: "Back",
  all: "All steps",
  teacher: "For the teacher",
  close: "Back to the step",
  progress: (/** @type {number} */ n, /** @type {number} */ total) => `${n} of ${total} steps done`,
  forget: "Begin again",
  forgotten: "The progress is forgotten.",
  record: (/** @type {number} */ units) => `record: ${units} units`,
  plan: "The plan",
  columns: { part: "Part", minutes: "Minutes", steps: "Steps" },
  answers: "Answers",
  claims: "Claims, and what was measured",
  teacherIntro:
    "Learners work on this page, each on a machine without a network connection if need be. Each step sets itself up, and " +
    "reads its feedback from the networks that the learner trained. Progress stays in the browser.",
  link: "Copy a link to this step",
});

/** @see recorded_source.js, recording_file.js, player_bar.js */
export const recordedStrings = Object.freeze({
  title: "Recording",
  explanation: "A recording: run it, go to any moment, move the threshold and the costs. 'demarcate studio' trains anew.",
  place: "Moment of the recording",
  time: (/** @type {number} */ seconds, /** @type {number} */ duration) => `${seconds.toFixed(1)} of ${duration.toFixed(1)} s`,
  unreadable: "This is no recording of a studio. Make one with `demarcate studio --record FILE`.",
  refusal: { fact: "A recording answers no questions.", remedy: "Start 'demarcate studio', which does." },
});
