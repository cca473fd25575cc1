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
