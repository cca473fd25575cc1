/**
 * The points of the data and the axes around them: one picture that all maps of a size share, painted when data, view,
 * size or colours change.
 *
 * @module
 */
import { axisTicks } from "./axis_ticks.js";
import { fitted, MAP_FONT } from "./canvas_text.js";
import { make } from "./dom.js";
import { classColour, css, traceShape } from "./palette.js";
import { PART } from "./types.js";

/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {import("./types.js").ViewState} ViewState */
/** @typedef {NonNullable<import("./live.js").Live["dataset"]>} Dataset */
/** @typedef {{left: number, top: number, width: number, height: number}} PlotBox */

/**
 * @typedef {object} PointPicture
 * @property {HTMLCanvasElement} canvas
 * @property {Dataset | null} dataset what it shows
 * @property {Palette | null} palette
 * @property {string} points
 */

/**
 * @callback PointLayer
 * @param {Dataset} dataset
 * @param {ViewState["points"]} points
 * @param {Palette} palette
 * @param {number} width
 * @param {number} height
 * @param {number} ratio device pixels in a CSS pixel
 * @returns {HTMLCanvasElement}
 */

/** The space around a map's plot for the axes, in CSS pixels. */
export const MAP_MARGIN = Object.freeze({ left: 36, top: 20, right: 8, bottom: 34 });

/**
 * @param {number} width
 * @param {number} height
 * @returns {PlotBox} the plot within a map
 */
export function plotBoxOf(width, height) {
  const { left, top, right, bottom } = MAP_MARGIN;
  return { left, top, width: Math.max(width - left - right, 1), height: Math.max(height - top - bottom, 1) };
}

/**
 * Return what gives the picture of points and axes for a size.
 *
 * @returns {PointLayer}
 */
export function createPointLayer() {
  /** @type {Map<string, PointPicture>} */
  const pictures = new Map();
  return (dataset, points, palette, width, height, ratio) => {
    const size = `${Math.round(width * ratio)} ${Math.round(height * ratio)}`;
    if (pictures.size > 4 && !pictures.has(size)) pictures.clear();
    const picture = pictures.get(size) ?? { canvas: make("canvas"), dataset: null, palette: null, points: "" };
    pictures.set(size, picture);
    const shown = JSON.stringify(points);
    if (picture.dataset === dataset && picture.palette === palette && picture.points === shown) return picture.canvas;
    Object.assign(picture, { dataset, palette, points: shown });
    [picture.canvas.width, picture.canvas.height] = size.split(" ").map(Number);
    const context = /** @type {CanvasRenderingContext2D} */ (picture.canvas.getContext("2d"));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawAxes(context, dataset, palette, width, height);
    drawPoints(context, dataset, points, palette, plotBoxOf(width, height));
    return picture.canvas;
  };
}

/**
 * Draw the frame of a map, its ticks and the names of its columns.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Dataset} dataset
 * @param {Palette} palette
 * @param {number} width
 * @param {number} height
 */
export function drawAxes(context, dataset, palette, width, height) {
  const box = plotBoxOf(width, height);
  const [left, right, bottom, top] = dataset.facts.extent;
  context.font = MAP_FONT;
  context.strokeStyle = css(palette.line);
  context.lineWidth = 1;
  context.strokeRect(box.left - 0.5, box.top - 0.5, box.width + 1, box.height + 1);
  context.fillStyle = css(palette.soft);
  context.textAlign = "center";
  context.textBaseline = "top";
  const [acrossWords, upWords] = dataset.facts.axis_words ?? [[], []];
  const room = acrossWords.length > 0 ? box.width / acrossWords.length : box.width;
  for (const { at, text } of axisTicks(left, right, box.width, 70, acrossWords)) {
    const x = box.left + ((at - left) / (right - left)) * box.width;
    context.fillRect(Math.round(x) - 0.5, box.top + box.height, 1, 4);
    context.fillText(fitted(context, text, room - 4), x, box.top + box.height + 6);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { at, text } of axisTicks(bottom, top, box.height, 60, upWords)) {
    const y = box.top + box.height - ((at - bottom) / (top - bottom)) * box.height;
    context.fillRect(box.left - 4, Math.round(y) - 0.5, 4, 1);
    if (upWords.length > 0) drawUpright(context, text, box.left - 12, y, box.height / upWords.length - 4);
    else context.fillText(text, box.left - 6, y, box.left - 8);
  }
  context.fillStyle = css(palette.ink);
  context.textBaseline = "alphabetic";
  context.textAlign = "right";
  context.fillText(fitted(context, dataset.facts.axes[0], box.width), box.left + box.width, height - 4);
  context.textAlign = "left";
  context.fillText(fitted(context, dataset.facts.axes[1], width - 4), 2, 12);
}

/**
 * Draw a category beside its axis, from the bottom up.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x of its middle
 * @param {number} y
 * @param {number} space
 */
function drawUpright(context, text, x, y, space) {
  context.save();
  context.translate(x, y);
  context.rotate(-Math.PI / 2);
  context.textAlign = "center";
  context.fillText(fitted(context, text, space), 0, 0);
  context.restore();
}

/**
 * Draw the rows: filled where they are trained on, with a ring where they are validation rows, hollow where they are
 * test rows.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Dataset} dataset
 * @param {ViewState["points"]} shown
 * @param {Palette} palette
 * @param {PlotBox} box
 */
export function drawPoints(context, dataset, shown, palette, box) {
  const { points, codes, parts } = dataset.arrays;
  if (!points || !codes) return;
  const [left, right, bottom, top] = dataset.facts.extent;
  const radius = pointRadius(codes.data.length, box.width);
  const inks = palette.classes.map((_, code) => css(classColour(palette, code)));
  const [page, ink] = [css(palette.panel), css(palette.ink)];
  const drawn = [shown.train, shown.validation, shown.test];
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  context.lineJoin = "round";
  for (let row = 0; row < codes.data.length; row += 1) {
    const part = parts?.data[row] ?? PART.train;
    if (!drawn[part]) continue;
    const x = box.left + ((points.data[2 * row] - left) / (right - left)) * box.width;
    const y = box.top + ((top - points.data[2 * row + 1]) / (top - bottom)) * box.height;
    const colour = inks[codes.data[row] % inks.length];
    context.beginPath();
    traceShape(context, codes.data[row], x, y, part === PART.train ? radius : radius * 0.92);
    context.fillStyle = part === PART.test ? page : colour;
    context.strokeStyle = part === PART.train ? page : part === PART.test ? colour : ink;
    context.lineWidth = part === PART.train ? radius * 0.22 : radius * 0.42;
    context.fill();
    context.stroke();
  }
  context.restore();
}

/**
 * @param {number} count
 * @param {number} width of the plot
 * @returns {number} the radius of points: smaller the more there are
 */
export function pointRadius(count, width) {
  const byCount = 4.6 - 1.05 * Math.log10(Math.max(count, 10) / 10);
  return Math.max(1.5, byCount * Math.min(1.5, Math.max(0.75, width / 340)));
}
