/**
 * Paints the drawing of a network: maps of its hidden units, weights as lines, and names.
 *
 * @module
 */
import { fitted, MAP_FONT } from "./canvas_text.js";
import { mixedPixel, paintOdds, TABLE_REACH, TABLE_SIZE } from "./map_pixels.js";
import { weightOffsets } from "./network_layout.js";
import { classColour, css, traceShape } from "./palette.js";
import { cardStrings } from "./strings.js";

/** @typedef {import("./live.js").LiveCard} LiveCard */
/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {import("./network_layout.js").NetworkLayout} NetworkLayout */
/** @typedef {import("./network_layout.js").NetworkNode} NetworkNode */

/** Lines into a layer at most: of more, the strongest. */
const MAX_LINES = 160;

/**
 * Paint the maps of all units side by side.
 *
 * @param {HTMLCanvasElement} sheet
 * @param {LiveCard} card
 * @param {Palette} palette
 */
export function paintSheet(sheet, { arrays }, palette) {
  const units = arrays.units;
  if (!units || units.shape[0] === 0) return;
  const [count, height, width] = units.shape;
  if (sheet.width !== count * width || sheet.height !== height) [sheet.width, sheet.height] = [count * width, height];
  const image = new ImageData(count * width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const table = signPixels(palette, 255);
  for (let unit = 0; unit < count; unit += 1) {
    for (let row = 0; row < height; row += 1) {
      const from = (unit * height + height - 1 - row) * width;
      const to = row * count * width + unit * width;
      for (let column = 0; column < width; column += 1) pixels[to + column] = table[units.data[from + column] + 127];
    }
  }
  sheet.getContext("2d")?.putImageData(image, 0, 0);
}

/**
 * @param {Palette} palette
 * @param {number} size
 * @returns {Uint32Array} the pixels of outputs, lowest first: the sign is the colour, the size its strength
 */
function signPixels(palette, size) {
  return Uint32Array.from({ length: size }, (_, at) => {
    const share = (2 * at) / (size - 1) - 1;
    return mixedPixel(palette.panel, share < 0 ? palette.negative : palette.positive, 0.9 * Math.abs(share));
  });
}

/**
 * Return the space that the names of inputs and of outputs need, at most about a quarter of the drawing each.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {LiveCard} card
 * @param {string[]} classes
 * @param {string[]} inputNames those that are drawn
 * @param {number} width
 * @returns {{left: number, right: number}}
 */
export function namesSpace(context, { facts }, classes, inputNames, width) {
  context.font = MAP_FONT;
  const widest = (/** @type {string[]} */ names) =>
    Math.max(...names.map((name) => context.measureText(name).width), 24);
  const last = facts.widths.length - 1;
  const titles = [0, last].map(
    (layer) => context.measureText(cardStrings.layerTitle(layer, last, facts.widths[layer])).width,
  );
  const shown = facts.widths[last] === 1 ? classes.slice(1, 2) : classes.slice(0, facts.widths[last]);
  return {
    left: Math.min(Math.max(widest(inputNames) + 12, titles[0]), width * 0.27),
    right: Math.min(Math.max(widest(shown.slice(0, 8)) + 18, titles[1] + 2), width * 0.27),
  };
}

/**
 * Draw weights: the wider the line, the larger; positive in one colour, negative in another and dashed.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {NetworkLayout} layout
 * @param {LiveCard} card
 * @param {Palette} palette
 * @param {NetworkNode | undefined} chosen
 */
export function drawLines(context, layout, { facts, arrays }, palette, chosen) {
  const weights = arrays.weights?.data;
  const offsets = weightOffsets(facts.widths);
  context.lineCap = "butt";
  layout.columns.slice(1).forEach(({ nodes }, at) => {
    const before = layout.columns[at];
    const lines = nodes.flatMap((to) =>
      before.nodes.map((from) => ({
        from,
        to,
        weight: weights ? weights[offsets[at].weights + to.unit * facts.widths[at] + from.unit] : 0,
      })),
    );
    const largest = Math.max(...lines.map(({ weight }) => Math.abs(weight)), 1e-9);
    lines.sort((one, other) => Math.abs(one.weight) - Math.abs(other.weight));
    for (const { from, to, weight } of lines.slice(-MAX_LINES)) {
      const strength = weights ? Math.abs(weight) / largest : 0.1;
      const touched = chosen === undefined || isNode(from, chosen) || isNode(to, chosen);
      const colour = weights ? (weight < 0 ? palette.negative : palette.positive) : palette.soft;
      context.strokeStyle = css(colour, touched ? 0.15 + 0.7 * strength : 0.05);
      context.lineWidth = 0.4 + 2.8 * strength ** 1.5;
      context.setLineDash(weight < 0 ? [6, 2] : []);
      drawLine(context, from.x + edgeOf(layout, from, 1), from.y, to.x - edgeOf(layout, to, -1), to.y);
    }
  });
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 */
function drawLine(context, x0, y0, x1, y1) {
  const bend = (x1 - x0) * 0.45;
  context.beginPath();
  context.moveTo(x0, y0);
  context.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
  context.stroke();
}

/**
 * @param {NetworkLayout} layout
 * @param {NetworkNode} node
 * @param {number} direction 1: to the right
 * @returns {number} how far a node reaches from its middle
 */
function edgeOf(layout, node, direction) {
  const outer = node.layer === 0 || node.layer === layout.columns.length - 1;
  return outer ? (direction > 0 ? 4 : 5) : layout.side / 2;
}

/**
 * Draw inputs by their names, hidden units as their maps and outputs as their classes, with what is left out in words.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {NetworkLayout} layout
 * @param {LiveCard} card
 * @param {Palette} palette
 * @param {HTMLCanvasElement} sheet
 * @param {NetworkNode | undefined} chosen
 * @param {string[]} classes
 * @param {{left: number, right: number}} names
 */
export function drawNodes(context, layout, card, palette, sheet, chosen, classes, names) {
  const { widths, inputs } = card.facts;
  const last = widths.length - 1;
  context.font = MAP_FONT;
  context.textBaseline = "middle";
  layout.columns.forEach(({ x, nodes, more }, layer) => {
    const [isInput, isOutput] = [layer === 0, layer === last];
    context.textAlign = isInput ? "right" : isOutput ? "left" : "center";
    context.fillStyle = css(palette.soft);
    const anchor = isInput ? x + 4 : isOutput ? x - 5 : x;
    context.fillText(cardStrings.layerTitle(layer, last, widths[layer]), anchor, 8);
    if (more > 0) context.fillText(cardStrings.more(more), anchor, layout.height - 9);
    for (const node of nodes) {
      if (isInput) drawInput(context, node, inputs[node.unit] ?? "", palette, names.left);
      else if (isOutput) drawOutput(context, node, widths[last], classes, palette, names.right);
      else drawUnit(context, node, layout.side, sheet, mapNumber(card, node), palette, chosen);
    }
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {NetworkNode} node
 * @param {string} name
 * @param {Palette} palette
 * @param {number} space
 */
function drawInput(context, { x, y }, name, palette, space) {
  context.fillStyle = css(palette.ink);
  context.fillText(fitted(context, name, space - 8), x - 4, y);
  context.beginPath();
  context.arc(x + 2, y, 2, 0, 2 * Math.PI);
  context.fill();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {NetworkNode} node
 * @param {number} outputs
 * @param {string[]} classes
 * @param {Palette} palette
 * @param {number} space
 */
function drawOutput(context, { x, y, unit }, outputs, classes, palette, space) {
  const code = outputs === 1 ? 1 : unit;
  context.fillStyle = css(classColour(palette, code));
  context.beginPath();
  traceShape(context, code, x + 2, y, 6);
  context.fill();
  context.fillStyle = css(palette.ink);
  context.fillText(fitted(context, classes[code] ?? "", space - 14), x + 12, y);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {NetworkNode} node
 * @param {number} side
 * @param {HTMLCanvasElement} sheet
 * @param {number} number of the unit's map
 * @param {Palette} palette
 * @param {NetworkNode | undefined} chosen
 */
function drawUnit(context, node, side, sheet, number, palette, chosen) {
  const [left, top] = [node.x - side / 2, node.y - side / 2];
  context.fillStyle = css(palette.panel);
  context.fillRect(left, top, side, side);
  if (sheet.height > 0 && (number + 1) * sheet.height <= sheet.width) {
    context.imageSmoothingQuality = "high";
    const inner = sheet.height - 1;
    context.drawImage(sheet, number * sheet.height + 0.5, 0.5, inner, inner, left, top, side, side);
  }
  const isChosen = chosen !== undefined && isNode(node, chosen);
  context.strokeStyle = css(isChosen ? palette.ink : palette.soft, isChosen ? 1 : 0.6);
  context.lineWidth = isChosen ? 2.5 : 1;
  context.strokeRect(left, top, side, side);
}

/**
 * Paint one hidden unit's map large: what it gives is interpolated, not its colours.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {LiveCard} card
 * @param {number} number of the unit's map
 * @param {Palette} palette
 */
export function drawEnlarged(canvas, { arrays }, number, palette) {
  const context = canvas.getContext("2d");
  const units = arrays.units;
  if (context === null || !units || number >= units.shape[0]) return;
  const [, height, width] = units.shape;
  const values = units.data.subarray(number * height * width, (number + 1) * height * width);
  const image = new ImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  const plane = Float32Array.from(values, (value) => (TABLE_REACH * value) / 127);
  paintOdds(pixels, canvas.width, canvas.height, { planes: [plane], width, height }, signPixels(palette, TABLE_SIZE));
  context.putImageData(image, 0, 0);
}

/**
 * @param {LiveCard} card
 * @param {NetworkNode} node
 * @returns {number} which of all maps is a hidden unit's
 */
export function mapNumber({ facts }, { layer, unit }) {
  return facts.units_shown.slice(0, layer - 1).reduce((sum, units) => sum + units, 0) + unit;
}

/**
 * @param {NetworkNode} one
 * @param {NetworkNode} other
 * @returns {boolean}
 */
function isNode(one, other) {
  return one.layer === other.layer && one.unit === other.unit;
}
