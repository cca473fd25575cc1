/**
 * The pixels of a map. Logits are interpolated between the nodes of the grid, and each pixel's colour is looked up, so
 * that a map of 100 by 100 logits is smooth at any size and costs a few operations a pixel.
 *
 * @module
 */

/** @typedef {import("./types.js").ViewState} ViewState */
/** @typedef {import("./palette.js").Rgb} Rgb */

/** How much of its colour the region of a class has, and a class that is certain. */
const REGION_STRENGTH = 0.34;
const CERTAIN_STRENGTH = 0.6;

/** Log odds beyond which colours no longer change, and the entries of a table from there to there. */
export const TABLE_REACH = 8;
export const TABLE_SIZE = 2048;
const SHADES = 256;

/** Entries of the table of exponentials of 0 down to -12. */
const POWERS = Float32Array.from({ length: 1025 }, (_, at) => Math.exp((-12 * at) / 1024));

/**
 * @param {Rgb} below
 * @param {Rgb} above
 * @param {number} strength 0 to 1, of the one above
 * @returns {number} a pixel, as in the little-endian memory of an image
 */
export function mixedPixel(below, above, strength) {
  const [red, green, blue] = below.map((each, at) => Math.round(each + (above[at] - each) * strength));
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/**
 * Return the colours of log odds from -TABLE_REACH to TABLE_REACH.
 *
 * @param {Pick<ViewState, "kind" | "probability_of">} view
 * @param {Rgb[]} classes
 * @param {Rgb} page
 * @param {number} cut the log odds from which the second class is predicted
 * @returns {Uint32Array}
 */
export function oddsTable(view, classes, page, cut) {
  return Uint32Array.from({ length: TABLE_SIZE }, (_, at) => {
    const odds = ((at + 0.5) / TABLE_SIZE) * 2 * TABLE_REACH - TABLE_REACH;
    if (view.kind === "regions") return mixedPixel(page, classes[odds >= cut ? 1 : 0], REGION_STRENGTH);
    const second = 1 / (1 + Math.exp(-odds));
    if (view.probability_of === null) {
      const strength = CERTAIN_STRENGTH * Math.abs(2 * second - 1);
      return mixedPixel(page, classes[second >= 0.5 ? 1 : 0], strength);
    }
    const share = view.probability_of === 1 ? second : 1 - second;
    return mixedPixel(page, classes[view.probability_of] ?? classes[0], CERTAIN_STRENGTH * share);
  });
}

/**
 * Return the shades of each class, from the page's colour to the strongest.
 *
 * @param {Rgb[]} classes
 * @param {Rgb} page
 * @returns {Uint32Array[]}
 */
export function shadeTables(classes, page) {
  return classes.map((colour) =>
    Uint32Array.from({ length: SHADES }, (_, at) => mixedPixel(page, colour, (CERTAIN_STRENGTH * at) / (SHADES - 1))),
  );
}

/**
 * @typedef {object} Sampling which nodes a line of pixels lies between, and how far from the first
 * @property {Int32Array} node
 * @property {Float32Array} share
 */

/**
 * @param {number} pixels
 * @param {number} nodes the first and the last lie on the edges
 * @returns {Sampling}
 */
export function samplingOf(pixels, nodes) {
  const node = new Int32Array(pixels);
  const share = new Float32Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const at = ((pixel + 0.5) / pixels) * (nodes - 1);
    node[pixel] = Math.min(Math.floor(at), Math.max(nodes - 2, 0));
    share[pixel] = at - node[pixel];
  }
  return { node, share };
}

/**
 * Paint log odds of two classes.
 *
 * @param {Uint32Array} pixels (height, width) from the top down
 * @param {number} width
 * @param {number} height
 * @param {{planes: Float32Array[], width: number, height: number}} grid
 * @param {Uint32Array} table of `oddsTable`
 */
export function paintOdds(pixels, width, height, grid, table) {
  const [across, up] = [samplingOf(width, grid.width), samplingOf(height, grid.height)];
  const row = new Float32Array(grid.width);
  const factor = TABLE_SIZE / (2 * TABLE_REACH);
  for (let y = 0; y < height; y += 1) {
    interpolateRow(row, grid.planes[0], up.node[height - 1 - y] * grid.width, up.share[height - 1 - y]);
    let at = y * width;
    for (let x = 0; x < width; x += 1) {
      const node = across.node[x];
      const odds = row[node] + (row[node + 1] - row[node]) * across.share[x];
      const entry = ((odds + TABLE_REACH) * factor) | 0;
      pixels[at] = table[entry < 0 ? 0 : entry >= TABLE_SIZE ? TABLE_SIZE - 1 : entry];
      at += 1;
    }
  }
}

/**
 * Paint logits of more than two classes: the region of each, how likely the likeliest is, or how likely one class is.
 *
 * @param {Uint32Array} pixels (height, width) from the top down
 * @param {number} width
 * @param {number} height
 * @param {{planes: Float32Array[], width: number, height: number}} grid
 * @param {Pick<ViewState, "kind" | "probability_of">} view
 * @param {Rgb[]} classes
 * @param {Rgb} page
 */
export function paintClasses(pixels, width, height, grid, view, classes, page) {
  const [across, up] = [samplingOf(width, grid.width), samplingOf(height, grid.height)];
  const count = grid.planes.length;
  const rows = grid.planes.map(() => new Float32Array(grid.width));
  const logits = new Float32Array(count);
  const regions = classes.map((colour) => mixedPixel(page, colour, REGION_STRENGTH));
  const shades = shadeTables(classes, page);
  const chosen = view.probability_of;
  for (let y = 0; y < height; y += 1) {
    const from = height - 1 - y;
    for (let code = 0; code < count; code += 1) {
      interpolateRow(rows[code], grid.planes[code], up.node[from] * grid.width, up.share[from]);
    }
    let at = y * width;
    for (let x = 0; x < width; x += 1) {
      const node = across.node[x];
      const share = across.share[x];
      let best = 0;
      for (let code = 0; code < count; code += 1) {
        const row = rows[code];
        logits[code] = row[node] + (row[node + 1] - row[node]) * share;
        if (logits[code] > logits[best]) best = code;
      }
      if (view.kind === "regions") {
        pixels[at] = regions[best];
      } else {
        const sum = powerSum(logits, logits[best]);
        const shade = chosen === null ? (count / sum - 1) / (count - 1) : powerOf(logits[chosen] - logits[best]) / sum;
        pixels[at] = shades[chosen ?? best][(shade * (SHADES - 1) + 0.5) | 0];
      }
      at += 1;
    }
  }
}

/**
 * @param {Float32Array} row is filled
 * @param {Float32Array} plane
 * @param {number} start of the lower row of nodes
 * @param {number} share of the way to the upper one
 */
function interpolateRow(row, plane, start, share) {
  const width = row.length;
  const above = start + width < plane.length ? start + width : start;
  for (let x = 0; x < width; x += 1) row[x] = plane[start + x] + (plane[above + x] - plane[start + x]) * share;
}

/**
 * @param {number} exponent at most 0
 * @returns {number} e to the power of it, to three digits
 */
function powerOf(exponent) {
  const at = exponent * (-1024 / 12);
  return at >= 1024 ? 0 : POWERS[(at + 0.5) | 0];
}

/**
 * @param {Float32Array} logits
 * @param {number} largest
 * @returns {number}
 */
function powerSum(logits, largest) {
  let sum = 0;
  for (let code = 0; code < logits.length; code += 1) sum += powerOf(logits[code] - largest);
  return sum;
}
