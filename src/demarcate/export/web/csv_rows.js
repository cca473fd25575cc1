/**
 * Tables in text: rows of comma-separated values, read strictly and written.
 *
 * @module
 */

const DELIMITERS = [",", ";", "\t", "|"];
/** Characters in which the line of column names is looked for. */
const HEADER_LENGTH = 1 << 17;

/**
 * Return the names and the rows of a table in text.
 *
 * @param {string} text
 * @returns {{names: string[], rows: string[][]}}
 * @throws {Error} where it is no such table, with the row
 */
export function parseCsv(text) {
  const whole = text.replace(/^\uFEFF/, "");
  const delimiter = delimiterOf(whole);
  const lines = [...linesOf(whole, delimiter)];
  if (lines.length === 0) throw new Error("The file is empty. Give a table with a line of column names.");
  const [names, ...rows] = lines;
  const trimmed = names.map((name) => name.trim());
  const twice = trimmed.find((name, place) => trimmed.indexOf(name) !== place);
  if (twice !== undefined) throw new Error(`There are two columns ${JSON.stringify(twice)}. Rename one.`);
  const odd = rows.findIndex((cells) => cells.length !== names.length);
  if (odd >= 0) throw new Error(`Row ${odd + 1} has ${rows[odd].length} cells, and there are ${names.length} columns. Correct the row.`);
  if (rows.length === 0) throw new Error("The table has no rows. Add some below the column names.");
  return { names: trimmed, rows };
}

/**
 * Return rows as text, cells in quotes where they need them.
 *
 * @param {(string | number)[][]} rows
 */
export function csvText(rows) {
  const quoted = (/** @type {string | number} */ cell) => (/[",\n\r]/.test(`${cell}`) ? `"${`${cell}`.replaceAll('"', '""')}"` : `${cell}`);
  return rows.map((cells) => `${cells.map(quoted).join(",")}\n`).join("");
}

/** @param {string} text */
function delimiterOf(text) {
  const header = text.slice(0, HEADER_LENGTH).replace(/"(?:[^"]|"")*"/g, "").split(/\r?\n/, 1)[0];
  const counts = DELIMITERS.map((each) => header.split(each).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))];
}

/**
 * @param {string} text
 * @param {string} delimiter
 */
function* linesOf(text, delimiter) {
  /** @type {string[]} */ let cells = [];
  let place = 0;
  let n = 1;
  while (place < text.length || cells.length > 0) {
    if (cells.length === 0 && (text[place] === "\n" || text[place] === "\r")) {
      // A blank line is no row; an empty cell alone is written in quotes.
      n += text[place] === "\n" ? 1 : 0;
      place += 1;
      continue;
    }
    const [cell, end] = text[place] === '"' ? quotedCell(text, place, n) : plainCell(text, place, delimiter);
    cells.push(cell);
    if (text[end] === delimiter) {
      place = end + 1;
      continue;
    }
    if (end < text.length && text[end] !== "\n" && text[end] !== "\r") throw new Error(`Line ${n} has text after a closing quote. Put the whole cell in quotes.`);
    yield cells;
    cells = [];
    n += 1;
    place = end + (text.startsWith("\r\n", end) ? 2 : 1);
  }
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} line
 * @returns {[string, number]}
 */
function quotedCell(text, start, line) {
  let end = start + 1;
  for (;;) {
    end = text.indexOf('"', end);
    if (end < 0) throw new Error(`A quote that opens in line ${line} is never closed. Close it.`);
    if (text[end + 1] !== '"') return [text.slice(start + 1, end).replaceAll('""', '"'), end + 1];
    end += 2;
  }
}

/**
 * @param {string} text
 * @param {number} start
 * @param {string} delimiter
 * @returns {[string, number]}
 */
function plainCell(text, start, delimiter) {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== "\n" && text[end] !== "\r") end += 1;
  return [text.slice(start, end), end];
}
