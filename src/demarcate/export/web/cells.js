/**
 * Cells in text as what the graph takes: numbers, or text.
 *
 * @module
 */
import { isoDate, readDate } from "./dates.js";
import { isMissing, stripped } from "./facts.js";
import { readNumber, readPlain } from "./numbers.js";

/** @typedef {import("./facts.js").ColumnFacts} ColumnFacts */

/**
 * @typedef {object} ReadCell
 * @property {number | string} value what the graph takes
 * @property {string} [problem] why the cell is none of its column
 * @property {string} [note] what is unlike the training rows
 */

/**
 * Read a cell.
 *
 * @param {ColumnFacts} column
 * @param {string} cell
 * @returns {ReadCell}
 */
export function readCell(column, cell) {
  const text = stripped(cell);
  if (isMissing(column, text)) return { value: column.isText ? "" : NaN };
  if (column.kind === "numerical") return numberCell(column, text);
  if (column.kind === "date") return dateCell(column, text);
  return { value: text, note: wordNote(column, text) };
}

/**
 * Return a number of a column, seconds for a date, as a person writes it.
 *
 * @param {ColumnFacts} column
 * @param {number} value
 */
export function shownQuantity(column, value) {
  return column.kind === "date" ? isoDate(value) : `${Number(value.toPrecision(6))}`.replace(".", column.number.decimal);
}

/**
 * @param {ColumnFacts} column
 * @param {string} text
 * @returns {ReadCell}
 */
function numberCell(column, text) {
  const value = readNumber(column, text);
  if (value === null) return { value: NaN, problem: `needs a number${column.number.unit ? ` in ${column.number.unit}` : ""}` };
  if (!Number.isFinite(value)) return { value: NaN, note: "is infinite, read as missing" };
  return { value, note: rangeNote(column, value) };
}

/**
 * @param {ColumnFacts} column
 * @param {string} text
 * @returns {ReadCell}
 */
function dateCell(column, text) {
  const { count } = column;
  const number = count === null ? null : readPlain(text);
  const seconds = count !== null && number !== null ? number * count.unit + count.zero : readDate(column, text);
  if (seconds === null) return { value: column.isText ? "" : NaN, problem: "needs a date such as 2024-12-31" };
  const note = rangeNote(column, seconds);
  if (count === null) return { value: isoDate(seconds), note };
  return { value: number ?? (seconds - count.zero) / count.unit, note };
}

/**
 * @param {ColumnFacts} column
 * @param {number} value
 */
function rangeNote(column, value) {
  const { low, high } = column;
  if (low === null || high === null || (value >= low && value <= high)) return undefined;
  return `is outside ${shownQuantity(column, low)} to ${shownQuantity(column, high)}, the range of the training rows`;
}

/**
 * @param {ColumnFacts} column
 * @param {string} text
 */
function wordNote({ kind, categories }, text) {
  if (kind === "text" || kind === "boolean" || categories.includes(text)) return undefined;
  const number = readPlain(text);
  const isKnown = number !== null && categories.some((each) => Number(each) === number);
  return isKnown ? undefined : "is no value of the training rows: it counts as unknown";
}
