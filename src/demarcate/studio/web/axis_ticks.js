/**
 * Round numbers for axes, and how they are written.
 *
 * @module
 */

/**
 * Return round numbers between two: 1, 2 or 5 times a power of ten apart.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} count about how many
 * @returns {number[]}
 */
export function roundTicks(low, high, count) {
  if (!(high > low) || !Number.isFinite(high - low)) return [];
  const rough = (high - low) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const ticks = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at += 1) ticks.push(at * step || 0);
  return ticks;
}

/**
 * Return the ticks of a map's axis: round numbers, or the categories of a column, which stand at 0, 1, 2 and so on.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} length of the axis in pixels
 * @param {number} apart pixels between two ticks, about
 * @param {string[]} [words] the categories
 * @returns {{at: number, text: string}[]}
 */
export function axisTicks(low, high, length, apart, words = []) {
  if (words.length > 0) {
    const every = Math.ceil((words.length * Math.min(apart, 24)) / Math.max(length, 1));
    return words.map((text, at) => ({ at, text })).filter(({ at }) => at % every === 0);
  }
  const ticks = roundTicks(low, high, length / apart);
  return ticks.map((at) => ({ at, text: tickText(at, ticks[1] - ticks[0] || Math.abs(at) || 1) }));
}

/**
 * Return powers of ten between two positive numbers and, where there are fewer than two, twice and five times them.
 *
 * @param {number} low
 * @param {number} high
 * @returns {number[]}
 */
export function logTicks(low, high) {
  const powers = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1)
    powers.push(10 ** power);
  const inside = (/** @type {number} */ tick) => tick >= low * 0.999 && tick <= high * 1.001;
  const whole = powers.filter(inside);
  if (whole.length > 5) return whole.filter((_, at) => at % Math.ceil(whole.length / 5) === 0);
  return whole.length >= 2 ? whole : powers.flatMap((power) => [power, 2 * power, 5 * power]).filter(inside);
}

/**
 * Return a tick in the fewest digits that keep it apart from its neighbours.
 *
 * @param {number} value
 * @param {number} step between ticks
 * @returns {string}
 */
export function tickText(value, step) {
  const size = Math.abs(value);
  if (size >= 1e5) return shortPower(value);
  if (size > 0 && size < 1e-3 && step < 1e-3) return shortPower(value);
  const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
  return value
    .toFixed(digits)
    .replace(/^-(?=0(\.0*)?$)/, "")
    .replace("-", "\u2212");
}

/**
 * @param {number} value
 * @returns {string} such as 2e5
 */
function shortPower(value) {
  return value.toExponential(1).replace(".0e", "e").replace("e+", "e").replace("-", "\u2212");
}
