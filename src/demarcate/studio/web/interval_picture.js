/**
 * A number with its 95% interval as a dot on a line, in a table's cell.
 *
 * @module
 */
import { make, makeSvg } from "./dom.js";

/** @typedef {import("./types.js").MeanFacts} MeanFacts */

const WIDTH = 120;
const HEIGHT = 18;
const MARGIN = 7;

/**
 * Return what draws numbers in one range, so that they can be compared down a column.
 *
 * @param {(MeanFacts | null)[]} means that have to fit
 * @param {number[]} marks vertical lines, such as one at 0
 * @param {string} [kind] a class for the dots
 */
export function intervalScale(means, marks = [], kind = "") {
  const ends = [...means.flatMap((mean) => (mean ? [mean.value, mean.low, mean.high] : [])), ...marks];
  const finite = ends.filter((end) => end !== null && Number.isFinite(end)).map(Number);
  const [low, high] = finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
  const at = (/** @type {number} */ value) =>
    (MARGIN + ((value - low) / (high - low || 1)) * (WIDTH - 2 * MARGIN)).toFixed(1);
  const middle = HEIGHT / 2;

  /** @param {MeanFacts | null} mean */
  return (mean) =>
    makeSvg(
      "svg",
      { class: `interval ${kind}`.trim(), viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" },
      ...marks.map((mark, position) =>
        makeSvg("path", { class: `mark mark-${position}`, d: `M${at(mark)} 0V${HEIGHT}` }),
      ),
      mean && mean.low !== null && mean.high !== null
        ? makeSvg("path", { class: "reach", d: `M${at(mean.low)} ${middle}H${at(mean.high)}` })
        : null,
      mean && makeSvg("circle", { cx: at(mean.value), cy: middle, r: 3.6 }),
    );
}

/**
 * Return a number and its interval as text.
 *
 * @param {MeanFacts | null} mean
 * @param {{digits?: number, signed?: boolean}} [options]
 */
export function meanWords(mean, { digits = 3, signed = false } = {}) {
  if (mean === null || !Number.isFinite(mean.value)) return "–";
  const write = (/** @type {number} */ value) => {
    const text = Math.abs(value).toFixed(digits);
    const sign = value < 0 && Number(text) !== 0 ? "−" : signed && Number(text) !== 0 ? "+" : "";
    return sign + text;
  };
  if (mean.low === null || mean.high === null) return write(mean.value);
  return `${write(mean.value)} [${write(mean.low)}, ${write(mean.high)}]`;
}

/**
 * Return a table of headings and rows of cells; the first cell of a row is its heading.
 *
 * @param {string} caption
 * @param {string[]} headings
 * @param {{cells: (Node | string)[], kind?: string}[]} rows
 */
export function toolTable(caption, headings, rows) {
  return make(
    "div",
    { class: "table-frame", role: "region", tabindex: "0", "aria-label": caption },
    make(
      "table",
      { class: "tool-table" },
      make("caption", { class: "unseen", text: caption }),
      make(
        "thead",
        {},
        make("tr", {}, ...headings.map((text) => (text ? make("th", { scope: "col", text }) : make("td")))),
      ),
      make(
        "tbody",
        {},
        ...rows.map(({ cells: [first, ...others], kind = "" }) =>
          make(
            "tr",
            { class: kind },
            make("th", { scope: "row" }, first),
            ...others.map((cell) => make("td", {}, cell)),
          ),
        ),
      ),
    ),
  );
}
