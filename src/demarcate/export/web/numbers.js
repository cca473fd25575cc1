/**
 * Numbers as the cells of a column write them.
 *
 * @module
 */

/** @typedef {import("./facts.js").ColumnFacts} ColumnFacts */

const PLAIN_NUMBER = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const INFINITE = /^[+-]?inf(?:inity)?$/i;
const DURATION = /^([+-]?)([0-9]{1,3}):([0-5][0-9])(?::([0-5][0-9](?:[.,][0-9]+)?))?$/;

/**
 * Return the number in stripped text, infinite where it is too large; null where it is none.
 *
 * @param {ColumnFacts} column
 * @param {string} text
 * @returns {number | null}
 */
export function readNumber(column, text) {
  const { notation, thousands } = column.number;
  const formatted = notation === "duration" ? readDuration(text) : notation === "number" ? readFormatted(column, text) : null;
  if (formatted !== null) return formatted;
  // A point between thousands is no decimal point, however few digits follow it.
  if (thousands === "." && text.includes(".")) return null;
  return readPlain(text);
}

/**
 * Return the number that a programming language would read.
 *
 * @param {string} text
 * @returns {number | null}
 */
export function readPlain(text) {
  if (PLAIN_NUMBER.test(text)) return Number(text);
  if (INFINITE.test(text)) return Infinity;
  const truth = text.toLowerCase();
  return truth === "true" ? 1 : truth === "false" ? 0 : null;
}

/** @param {string} text */
function readDuration(text) {
  const parts = DURATION.exec(text);
  if (parts === null) return null;
  const [first, second] = [Number(parts[2]), Number(parts[3])];
  const both = first * 60 + second;
  const seconds = parts[4] === undefined ? both : both * 60 + Number(parts[4].replace(",", "."));
  return parts[1] === "-" ? -seconds : seconds;
}

/**
 * @param {ColumnFacts} column
 * @param {string} text
 */
function readFormatted({ number: { decimal, thousands, unit } }, text) {
  let plain = text.replace(/[\u2010-\u2015\u2212\uFE63\uFF0D]/gu, "-").replace(/[\u00A0\u2000-\u200A\u202F\u205F\u3000]/gu, " ");
  plain = plain.replace(/[\u2018\u2019\u02BC\u00B4`\u2032]/gu, "'");
  let sign = 1;
  const dropSign = () => {
    const found = /^([+-]) ?/.exec(plain);
    if (found === null) return;
    sign = found[1] === "-" ? -1 : 1;
    plain = plain.slice(found[0].length);
  };
  dropSign();
  if (unit && plain.startsWith(unit)) {
    plain = plain.slice(unit.length).trimStart();
    if (sign === 1) dropSign();
  } else if (unit && plain.endsWith(unit)) plain = plain.slice(0, -unit.length).trimEnd();
  let value = digitsValue(plain, decimal, thousands);
  if (value === null && decimal === "," && thousands !== ".") value = digitsValue(plain, ".", "");
  return value === null ? null : sign * value;
}

/**
 * Return the number of digits with such separators; null where they do not fit, as with leading zeros.
 *
 * @param {string} text
 * @param {string} decimal
 * @param {string} thousands
 */
function digitsValue(text, decimal, thousands) {
  const parts = /^(.*?)(?:[eE]([+-]?[0-9]{1,3}))?$/.exec(text);
  if (parts === null) return null;
  let whole = "0|[1-9][0-9]*";
  if (thousands) whole += `|[1-9][0-9]{0,2}(?:[${thousands}][0-9]{3})+`;
  if (thousands === ",") whole += "|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}";
  if (!new RegExp(`^(?:(?:${whole})(?:\\${decimal}[0-9]*)?|\\${decimal}[0-9]+)$`).test(parts[1])) return null;
  const digits = thousands ? parts[1].replaceAll(thousands, "") : parts[1];
  return Number(`${digits.replace(decimal, ".")}e${parts[2] ?? "0"}`);
}
