/**
 * Feedback on a step of the lesson: sentences by name with their numbers, and what several checks count alike.
 *
 * @module
 */

import { LESSON_PATIENT } from "./lesson_steps.js";
import { wilsonInterval } from "./wilson_interval.js";

/** @typedef {import("./lesson_record.js").LessonRun} LessonRun */

/**
 * @typedef {object} Feedback
 * @property {boolean} done whether the networks did what the step asks; its question is apart
 * @property {[string, ...any[]][]} says names of sentences, and their numbers
 */

/**
 * Return the hidden units of a card.
 *
 * @param {{hidden: number[]}} card
 * @returns {number}
 */
export function hiddenUnits({ hidden }) {
  return hidden.reduce((sum, width) => sum + width, 0);
}

/**
 * Return feedback of the sentences that apply.
 *
 * @param {boolean} done
 * @param {...(any[] | boolean | null | undefined | "" | 0)} says
 * @returns {Feedback}
 */
export function feedback(done, ...says) {
  return { done, says: /** @type {[string, ...any[]][]} */ (says.filter(Array.isArray)) };
}

/**
 * Return a sentence about the accuracy that a run has, with its interval.
 *
 * @param {string} name
 * @param {LessonRun} run
 * @returns {[string, ...any[]]}
 */
export function saidOf(name, run) {
  return [
    name,
    accuracyOf(run),
    run.nMonitored,
    run.now?.epoch ?? 0,
    ...wilsonInterval(accuracyOf(run), run.nMonitored),
  ];
}

/** @param {LessonRun} run */
export function accuracyOf(run) {
  return run.now?.accuracy ?? 0;
}

/** @param {LessonRun} run */
export function epochsSinceBest(run) {
  return (run.now?.epoch ?? 0) - (run.best?.epoch ?? 0);
}

/**
 * Whether a run's loss has risen far above its lowest, and its accuracy has hardly moved.
 *
 * @param {LessonRun} run
 */
export function isConfident({ best, now }) {
  return best !== null && now !== null && now.loss >= 1.5 * best.loss && Math.abs(now.accuracy - best.accuracy) <= 0.05;
}

/**
 * @param {LessonRun} run
 * @returns {[string, ...any[]]}
 */
export function rateLine(run) {
  return ["rate", run.card.lr, run.at[100] ?? null, run.now];
}

/**
 * @param {LessonRun} run
 * @returns {[string, ...any[]]}
 */
export function dropoutLine(run) {
  return ["dropoutSeen", run.card.dropout, run.at[50] ?? null, run.now];
}

/**
 * Return the run with the highest accuracy, or null of none.
 *
 * @param {LessonRun[]} runs
 * @returns {(LessonRun & {now: import("./lesson_record.js").RunNumbers}) | null}
 */
export function mostAccurate(runs) {
  const [best] = runs.filter((run) => run.now).sort((one, other) => accuracyOf(other) - accuracyOf(one));
  return /** @type {any} */ (best ?? null);
}

/**
 * Return the latest two runs of two kinds on the same rows, or the one that there is of a kind: networks are compared on the
 * same rows alone.
 *
 * @param {LessonRun[]} runs
 * @param {(run: LessonRun) => boolean} isOne
 * @param {(run: LessonRun) => boolean} isOther
 * @returns {[LessonRun | undefined, LessonRun | undefined]}
 */
export function latestPair(runs, isOne, isOther) {
  const rowsOf = (/** @type {LessonRun} */ { data, split }) => JSON.stringify([data, split]);
  for (const run of [...runs].reverse()) {
    const same = runs.filter((each) => rowsOf(each) === rowsOf(run));
    const [one, other] = [same.filter(isOne).at(-1), same.filter(isOther).at(-1)];
    if (one && other) return [one, other];
  }
  const last = runs.filter((run) => isOne(run) || isOther(run)).at(-1);
  return last && isOne(last) ? [last, undefined] : [undefined, last];
}

/**
 * Whether cells are those of the lesson's patient.
 *
 * @param {Object<string, number | string | null>} cells
 */
export function isPatient(cells) {
  return Object.entries(LESSON_PATIENT).every(([column, value]) => String(cells[column]) === String(value));
}

/** @param {number[]} values */
export function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
