/**
 * What a page knows of its model: the types of the JSON that it carries.
 *
 * @module
 */

/**
 * @typedef {object} ColumnFacts
 * @property {string} name
 * @property {"numerical" | "categorical" | "boolean" | "date" | "text"} kind
 * @property {boolean} isText whether the graph takes text
 * @property {string[]} categories those of the training rows
 * @property {number | null} low least and greatest value of the training rows; dates in seconds since 1970
 * @property {number | null} high
 * @property {string[]} missing words for a missing value beside the usual ones
 * @property {{decimal: string, thousands: string, unit: string, notation: string}} number
 * @property {string} dateFormat patterns joined by |; empty for ISO 8601
 * @property {{unit: number, zero: number} | null} count of dates that are numbers
 * @property {string} example a cell to begin with
 */

/**
 * @typedef {object} ModelFacts
 * @property {string} name
 * @property {string} target
 * @property {string[]} classes in the order of the probabilities
 * @property {(string | number)[]} labels what the graph gives for each class, and last, if it may leave a row undecided, for none
 * @property {string} rule how it decides
 * @property {ColumnFacts[]} columns
 * @property {string} made with what
 */

/** Words for a missing value among numbers, dates and booleans, in any case. */
const MISSING_WORDS = new Set(["", "na", "n/a", "#n/a", "n.a.", "<na>", "nan", "nat", "null", "none", "nil", "?", "-", ".", "missing"]);

/**
 * Return text without white space around it.
 *
 * @param {string} text
 */
export function stripped(text) {
  return text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");
}

/**
 * Whether stripped text stands for no value in a column.
 *
 * @param {ColumnFacts} column
 * @param {string} text
 */
export function isMissing(column, text) {
  const lower = text.toLowerCase();
  if (column.missing.some((word) => word.toLowerCase() === lower)) return true;
  if (column.kind === "categorical" || column.kind === "text") return text === "";
  return MISSING_WORDS.has(lower);
}
