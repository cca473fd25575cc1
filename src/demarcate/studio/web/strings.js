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

/** Of the page itself: regions, connection, what went wrong at the beginning. */
export const startStrings = Object.freeze({
  regions: { data: "Data", cards: "Networks", tools: "Learn and decide" },
  regionTabs: "Parts of the page",
  noAnswer: (/** @type {number} */ status) => `The server answered with status ${status}.`,
  noToken: {
    fact: "This address has no token.",
    remedy: "Open the whole address that `demarcate studio` printed.",
  },
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
  share: "Copy a link to all of this",
  shared: "The link is copied.",
  sharedInAddress: "The link is in the address bar.",
  keys: "Keys",
  themes: { auto: "Colours as the system has them", light: "Light colours", dark: "Dark colours" },
  epochLabel: "epoch",
  statuses: {
    connecting: "connecting …",
    open: "connected",
    lost: "connection lost; trying again …",
    closed: "the session has ended; start `demarcate studio` again and reload",
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
    tools: "go to the lesson and decisions",
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
  source: "Where the rows come from",
  sources: { moons: "Moons", circles: "Circles", blobs: "Blobs", heart: "Heart", table: "Your table", drawn: "Draw" },
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
  standardiseHint: "Mean 0 and deviation 1, fitted on the train rows only.",
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
  cannot: "A recording has no place for a table of yours. Run `demarcate studio` to open one.",
  table: "Table",
  facts: (/** @type {string} */ name, /** @type {number} */ rows) => `${name} (${rows.toLocaleString("en")} rows)`,
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
  hint: "Choose a class, then click or drag on a map. With keys: focus a map, move the crosshair, press Enter.",
  add: (/** @type {string} */ label) => `Add points of class ${label}`,
  newClass: (/** @type {number} */ code) => `class ${code}`,
  erase: "Erase added points",
  clear: "Remove all",
  stop: "Stop adding points",
  count: (/** @type {number} */ n) => (n === 1 ? "1 point added" : `${n.toLocaleString("en")} points added`),
});

/** @see cards_panel.js and what it is made of */
export const cardStrings = Object.freeze({
  title: "Networks",
});

/** @see decision_panel.js */
export const decisionStrings = Object.freeze({
  title: "Decide",
});

/** @see ask_panel.js */
export const askStrings = Object.freeze({
  title: "Ask",
});

/** @see row_form.js */
export const rowStrings = Object.freeze({
  title: "New row",
});

/** @see take_away_panel.js */
export const takeAwayStrings = Object.freeze({
  title: "Take away",
});

/** @see lesson_panel.js */
export const lessonStrings = Object.freeze({
  title: "Lesson",
});

/** @see recorded_source.js, recording_file.js, player_bar.js */
export const recordedStrings = Object.freeze({
  title: "Recording",
  explanation: "A recording: run it, go to any moment, move the threshold and the costs. `demarcate studio` trains anew.",
  place: "Moment of the recording",
  time: (/** @type {number} */ seconds, /** @type {number} */ duration) => `${seconds.toFixed(1)} of ${duration.toFixed(1)} s`,
  unreadable: "This is no recording of a studio. Make one with `demarcate studio --record FILE`.",
  refusal: { fact: "A recording answers no questions.", remedy: "Start `demarcate studio`, which does." },
});
