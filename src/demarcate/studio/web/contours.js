/**
 * Lines at which decisions change, by marching squares over a grid of logits.
 *
 * @module
 */

/**
 * Return the lines between predicted classes as segments: x, y, x, y in steps of the grid, from the lower left.
 *
 * @param {Float32Array[]} planes log odds of two classes, or one plane of logits a class; rows from the bottom up
 * @param {number} width
 * @param {number} height
 * @param {number} cut the log odds from which the second of two classes is predicted
 * @returns {number[]}
 */
export function boundarySegments(planes, width, height, cut) {
  return planes.length === 1 ? levelSegments(planes[0], width, height, cut) : classSegments(planes, width, height);
}

/**
 * Return the lines along which a plane takes a value.
 *
 * @param {Float32Array} plane
 * @param {number} width
 * @param {number} height
 * @param {number} level
 * @returns {number[]}
 */
function levelSegments(plane, width, height, level) {
  /** @type {number[]} */
  const segments = [];
  for (let y = 0; y < height - 1; y += 1) {
    for (let x = 0; x < width - 1; x += 1) {
      const at = y * width + x;
      addCell(
        segments,
        x,
        y,
        plane[at] - level,
        plane[at + 1] - level,
        plane[at + width] - level,
        plane[at + width + 1] - level,
      );
    }
  }
  return segments;
}

/**
 * Return the lines between the classes that lead. Only cells whose corners disagree are looked at closely.
 *
 * @param {Float32Array[]} planes
 * @param {number} width
 * @param {number} height
 * @returns {number[]}
 */
function classSegments(planes, width, height) {
  const leaders = leadersOf(planes);
  /** @type {number[]} */
  const segments = [];
  for (let y = 0; y < height - 1; y += 1) {
    for (let x = 0; x < width - 1; x += 1) {
      const at = y * width + x;
      const corners = [at, at + 1, at + width, at + width + 1];
      const first = leaders[at];
      if (first === leaders[at + 1] && first === leaders[at + width] && first === leaders[at + width + 1]) continue;
      const rivals = [...new Set(corners.map((corner) => leaders[corner]))];
      const drawn = rivals.length === 2 ? rivals.slice(0, 1) : rivals;
      for (const code of drawn) {
        const leads = corners.map((corner) => leadOf(planes, corner, code, rivals));
        addCell(segments, x, y, leads[0], leads[1], leads[2], leads[3]);
      }
    }
  }
  return segments;
}

/**
 * @param {Float32Array[]} planes
 * @returns {Uint8Array} the class with the largest logit at each place, the first of equals
 */
export function leadersOf(planes) {
  const best = Float32Array.from(planes[0]);
  const leaders = new Uint8Array(best.length);
  for (let code = 1; code < planes.length; code += 1) {
    const plane = planes[code];
    for (let at = 0; at < best.length; at += 1) {
      if (plane[at] > best[at]) {
        best[at] = plane[at];
        leaders[at] = code;
      }
    }
  }
  return leaders;
}

/**
 * @param {Float32Array[]} planes
 * @param {number} at
 * @param {number} code
 * @param {number[]} rivals
 * @returns {number} how far a class is ahead of its best rival
 */
function leadOf(planes, at, code, rivals) {
  let best = -Infinity;
  for (const rival of rivals) if (rival !== code) best = Math.max(best, planes[rival][at]);
  return planes[code][at] - best;
}

/**
 * Add the lines along which a cell's values are 0: none, one or, at a saddle, two that keep to the side of its middle.
 *
 * @param {number[]} segments
 * @param {number} x of the lower left corner
 * @param {number} y
 * @param {number} a value at the lower left
 * @param {number} b at the lower right
 * @param {number} c at the upper left
 * @param {number} d at the upper right
 */
function addCell(segments, x, y, a, b, c, d) {
  const mask = (a >= 0 ? 1 : 0) | (b >= 0 ? 2 : 0) | (c >= 0 ? 4 : 0) | (d >= 0 ? 8 : 0);
  if (mask === 0 || mask === 15) return;
  const bottom = () => [x + a / (a - b), y];
  const top = () => [x + c / (c - d), y + 1];
  const left = () => [x, y + a / (a - c)];
  const right = () => [x + 1, y + b / (b - d)];
  const middle = a + b + c + d >= 0;
  switch (mask) {
    case 1:
    case 14:
      segments.push(...left(), ...bottom());
      break;
    case 2:
    case 13:
      segments.push(...bottom(), ...right());
      break;
    case 4:
    case 11:
      segments.push(...left(), ...top());
      break;
    case 8:
    case 7:
      segments.push(...top(), ...right());
      break;
    case 3:
    case 12:
      segments.push(...left(), ...right());
      break;
    case 5:
    case 10:
      segments.push(...bottom(), ...top());
      break;
    case 6:
    case 9:
      if (middle === (mask === 6)) segments.push(...left(), ...bottom(), ...top(), ...right());
      else segments.push(...left(), ...top(), ...bottom(), ...right());
      break;
  }
}
