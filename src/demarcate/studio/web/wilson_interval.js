/**
 * The interval that stands beside an accuracy.
 *
 * @module
 */

/** Standard errors on either side of a 95% interval. */
const STANDARD_ERRORS = 1.959963984540054;

/**
 * Return the 95% interval of a share of independent rows.
 *
 * Source: Wilson (1927), Probable inference, the law of succession, and statistical inference.
 *
 * @param {number} share
 * @param {number} rows
 * @returns {[number, number]}
 */
export function wilsonInterval(share, rows) {
  const spread = STANDARD_ERRORS ** 2 / rows;
  const middle = (share + spread / 2) / (1 + spread);
  const half = (STANDARD_ERRORS / (1 + spread)) * Math.sqrt((share * (1 - share)) / rows + spread / (4 * rows));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
