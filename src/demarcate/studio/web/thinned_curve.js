/**
 * Curves of many epochs, as few enough points for a picture, and the range that shows them.
 *
 * @module
 */

/**
 * Return the points of a curve for a picture: all of them or, of many, the lowest and the highest of each column of pixels,
 * so that no spike is lost.
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
