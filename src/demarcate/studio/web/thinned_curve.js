/**
 * Curves of many epochs, as few enough points for a picture, and the range that shows them.
 *
 * @module
 */

/**
 * Return the points of a curve for a picture: all of them or, of many, the lowest and the highest of each column of
 * pixels, so that no spike is lost.
 *
 * @param {ArrayLike<number>} epochs
 * @param {ArrayLike<number>} values
 * @param {number} columns pixels across
 * @returns {[number, number][]} epoch and value
 */
export function thinnedCurve(epochs, values, columns) {
  /** @type {[number, number][]} */
  const points = [];
  const count = values.length;
  if (count <= 2 * columns) {
    for (let at = 0; at < count; at += 1) if (Number.isFinite(values[at])) points.push([epochs[at], values[at]]);
    return points;
  }
  for (let column = 0; column < columns; column += 1) {
    const end = Math.floor(((column + 1) * count) / columns);
    let [low, high] = [-1, -1];
    for (let at = Math.floor((column * count) / columns); at < end; at += 1) {
      if (!Number.isFinite(values[at])) continue;
      if (low < 0 || values[at] < values[low]) low = at;
      if (high < 0 || values[at] > values[high]) high = at;
    }
    for (const at of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) {
      if (at >= 0) points.push([epochs[at], values[at]]);
    }
  }
  if (Number.isFinite(values[count - 1])) points.push([epochs[count - 1], values[count - 1]]);
  return points;
}

/**
 * Return the range of an axis for losses: from 0, or on a logarithmic axis from the smallest positive one. A few
 * spikes, as at the beginning, do not flatten all the rest.
 *
 * @param {[number, number][]} points of all curves
 * @param {boolean} logarithmic
 * @returns {[number, number]}
 */
export function lossRange(points, logarithmic) {
  const values = points.map((point) => point[1]).sort((one, other) => one - other);
  if (values.length === 0) return logarithmic ? [0.1, 1] : [0, 1];
  const most = values[values.length - 1];
  if (logarithmic) {
    const least = values.find((value) => value > 0) ?? 0.1;
    return [Math.max(least, most * 1e-6) / 1.15, Math.max(most, least * 2) * 1.15];
  }
  const usual = values[Math.floor((values.length - 1) * 0.98)];
  return [0, (most > 3 * usual && usual > 0 ? 1.5 * usual : most) * 1.06 || 1];
}

/**
 * Return the range of an axis for accuracies: up to 1, and down to a round number below the lowest.
 *
 * @param {[number, number][]} points of all curves
 * @returns {[number, number]}
 */
export function accuracyRange(points) {
  const low = points.reduce((least, point) => Math.min(least, point[1]), 1);
  return [Math.min(0.9, Math.floor(low * 10 - 1e-6) / 10), 1];
}
