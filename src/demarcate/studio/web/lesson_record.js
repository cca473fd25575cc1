/**
 * What a learner's networks did in a step of the lesson: the last numbers of every network that was shown, and the
 * answers that were asked for. Checks read it; nothing here draws.
 *
 * @module
 */
import { signatureOf } from "./questions.js";

/**
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").CardState} CardState
 * @typedef {import("./types.js").CardFacts} CardFacts
 * @typedef {import("./types.js").DatasetFacts} DatasetFacts
 * @typedef {import("./live.js").LiveCard} LiveCard
 */

/** Epochs at which the numbers of a run are kept. */
export const MILESTONES = Object.freeze([50, 100]);

/** Answers about rows that are kept; the oldest is forgotten first. */
const MAX_ROWS = 200;

/** Runs that are kept; the oldest is forgotten first. */
const MAX_RUNS = 200;

/**
 * @typedef {object} RunNumbers
 * @property {number} epoch
 * @property {number} trainAccuracy
 * @property {number} accuracy of the monitored rows, as are losses
 * @property {number} loss
 */

/**
 * One network on one data set and split.
 *
 * @typedef {object} LessonRun
 * @property {CardState} card
 * @property {State["data"]} data
 * @property {State["split"]} split
 * @property {number} nClasses
 * @property {number} nMonitored
 * @property {number} nOutputs
 * @property {number} nParameters
 * @property {number} begin of the card's facts
 * @property {number} read epochs of its curves that are in the numbers below
 * @property {boolean} changed whether rate, decay or dropout changed on the way
 * @property {number | null} untrained accuracy before the first epoch
 * @property {RunNumbers | null} now
 * @property {RunNumbers | null} best at the lowest loss of the monitored rows
 * @property {Object<string, RunNumbers>} at by milestone
 */

/**
 * @typedef {object} LessonRecord
 * @property {Map<string, LessonRun>} runs
 * @property {Map<string, any>} diagnoses the last answer of each network, by {@link signatureOf}
 * @property {any[]} sweeps
 * @property {{answer: any, data: State["data"]}[]} scores
 * @property {{answer: any, cells: Object<string, number | string | null>, data: State["data"]}[]} rows
 */

/**
 * Return a record of nothing.
 *
 * @returns {LessonRecord}
 */
export function emptyRecord() {
  return { runs: new Map(), diagnoses: new Map(), sweeps: [], scores: [], rows: [] };
}

/**
 * Add what the cards of a frame show. The state must be the one that the frame is of.
 *
 * @param {LessonRecord} record is changed
 * @param {State} state
 * @param {DatasetFacts} dataset
 * @param {Map<string, LiveCard>} cards by id
 * @param {ArrayLike<number>} codes those of the monitored rows
 * @param {Map<string, {begin: number, epoch: number}>} [before] what was trained when the step was opened: it counts when it
 *   is trained further
 */
export function recordCards(record, state, dataset, cards, codes, before = new Map()) {
  for (const card of state.cards) {
    const live = cards.get(card.id);
    if (live === undefined || live.facts.status === "refused") continue;
    const { facts, arrays, curves } = live;
    const known = before.get(card.id);
    if (known?.begin === facts.begin && facts.epoch > 0 && facts.epoch <= known.epoch) continue;
    const run = runOf(record, state, dataset, card, facts);
    run.changed ||= facts.changed;
    if (facts.epoch === 0 && facts.batch === 0 && arrays.monitored_logits !== undefined) {
      run.untrained = accuracyOfLogits(arrays.monitored_logits.data, arrays.monitored_logits.shape[1], codes);
    }
    const count = curves.epochs.length;
    if (run.begin !== facts.begin || count < run.read) [run.begin, run.read] = [facts.begin, 0];
    for (; run.read < count; run.read += 1) addEpoch(run, numbersAt(curves, run.read));
  }
}

/**
 * Add an answer to a question, of the card as it was asked about.
 *
 * @param {LessonRecord} record is changed
 * @param {import("./questions.js").Answered} answered
 */
export function recordAnswer(record, { question, answer, asked: { data, split, card } }) {
  if (question.type === "row") record.rows.push({ answer, cells: question.cells, data });
  if (record.rows.length > MAX_ROWS) record.rows.shift();
  if (question.what === "diagnose") record.diagnoses.set(signatureOf(data, split, card), answer);
  if (question.what === "sweep") record.sweeps.push(answer);
  if (question.what === "scores") record.scores.push({ answer, data });
}

/**
 * Return the runs of a record that pass a test, the latest last.
 *
 * @param {LessonRecord} record
 * @param {(run: LessonRun) => boolean} passes
 * @returns {LessonRun[]}
 */
export function runsWhere(record, passes) {
  return [...record.runs.values()].filter(passes);
}

/**
 * Return the share of rows whose largest logit, or whose one logit's sign, is that of their class.
 *
 * @param {ArrayLike<number>} logits (n, nOutputs)
 * @param {number} nOutputs
 * @param {ArrayLike<number>} codes
 * @returns {number}
 */
export function accuracyOfLogits(logits, nOutputs, codes) {
  const nRows = Math.floor(logits.length / nOutputs);
  let hits = 0;
  for (let row = 0; row < nRows; row += 1) {
    let likeliest = 0;
    for (let output = 1; output < nOutputs; output += 1) {
      if (logits[row * nOutputs + output] > logits[row * nOutputs + likeliest]) likeliest = output;
    }
    if (nOutputs === 1) likeliest = logits[row] > 0 ? 1 : 0;
    hits += Number(likeliest === codes[row]);
  }
  return hits / nRows;
}

/**
 * Return the run of a card, the latest last. Another name or place of a card is the same run.
 *
 * @param {LessonRecord} record
 * @param {State} state
 * @param {DatasetFacts} dataset
 * @param {CardState} card
 * @param {CardFacts} facts
 * @returns {LessonRun}
 */
function runOf(record, state, dataset, card, facts) {
  // Epochs are no part of it: a run that goes on for as many again is the same run.
  const key = signatureOf(state.data, state.split, { ...card, epochs: 0 });
  const run = record.runs.get(key) ?? {
    card,
    data: state.data,
    split: state.split,
    nClasses: dataset.classes.length,
    nMonitored: dataset.n_rows[dataset.monitored],
    nOutputs: facts.widths[facts.widths.length - 1],
    nParameters: facts.n_parameters,
    begin: facts.begin,
    read: 0,
    changed: false,
    untrained: null,
    now: null,
    best: null,
    at: {},
  };
  run.card = card;
  record.runs.delete(key);
  record.runs.set(key, run);
  if (record.runs.size > MAX_RUNS) record.runs.delete(/** @type {string} */ (record.runs.keys().next().value));
  return run;
}

/**
 * @param {LessonRun} run is changed
 * @param {RunNumbers} numbers
 */
function addEpoch(run, numbers) {
  run.now = numbers;
  if (Number.isFinite(numbers.loss) && (!run.best || numbers.loss < run.best.loss)) run.best = numbers;
  if (MILESTONES.includes(numbers.epoch)) run.at[numbers.epoch] = numbers;
}

/**
 * @param {import("./live.js").Curves} curves
 * @param {number} place
 * @returns {RunNumbers}
 */
function numbersAt(curves, place) {
  return {
    epoch: curves.epochs[place],
    trainAccuracy: curves.train_accuracy[place],
    accuracy: curves.monitored_accuracy[place],
    loss: curves.monitored_loss[place],
  };
}
