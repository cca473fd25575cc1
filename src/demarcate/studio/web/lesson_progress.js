/**
 * How far a learner is: steps done, choices and the record, remembered by the browser.
 *
 * @module
 */
import { LESSON_STEPS } from "./lesson_steps.js";
import { remember, remembered } from "./memory.js";

/** @typedef {import("./lesson_steps.js").LessonStepId} LessonStepId */

/**
 * @typedef {object} LessonProgress
 * @property {number} step the position of the one that is shown
 * @property {LessonStepId[]} done
 * @property {Partial<Record<LessonStepId, number>>} choices
 * @property {number | null} record the fewest units that reached 0.95 on the rings
 */

const PROGRESS_KEY = "demarcate.lesson";

/** @returns {LessonProgress} */
export function noProgress() {
  return { step: 0, done: [], choices: {}, record: null };
}

/**
 * Return progress of a text, whatever it is: what does not fit is left out.
 *
 * @param {string | null} text
 * @returns {LessonProgress}
 */
export function readProgress(text) {
  const progress = noProgress();
  let read;
  try {
    read = JSON.parse(text ?? "null");
  } catch {
    return progress;
  }
  if (typeof read !== "object" || read === null) return progress;
  const ids = LESSON_STEPS.map((step) => step.id);
  if (Number.isInteger(read.step) && read.step >= 0 && read.step < ids.length) progress.step = read.step;
  if (Array.isArray(read.done)) progress.done = ids.filter((id) => read.done.includes(id));
  for (const id of ids) {
    const choice = read.choices?.[id];
    if (Number.isInteger(choice) && choice >= 0 && choice < 9) progress.choices[id] = choice;
  }
  if (Number.isInteger(read.record) && read.record > 0) progress.record = read.record;
  return progress;
}

/** @returns {LessonProgress} */
export function rememberedProgress() {
  return readProgress(remembered(PROGRESS_KEY));
}

/** @param {LessonProgress | null} progress null forgets it */
export function rememberProgress(progress) {
  remember(PROGRESS_KEY, progress === null ? null : JSON.stringify(progress));
}
