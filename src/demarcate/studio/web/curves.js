/**
 * A card's losses and accuracies by epoch, of the rows it is trained on and of the monitored ones.
 *
 * @module
 */
import { logTicks, roundTicks, tickText } from "./axis_ticks.js";
import { MAP_FONT } from "./canvas_text.js";
import { make, setText } from "./dom.js";
import { paintedCanvas } from "./painted_canvas.js";
import { css } from "./palette.js";
import { cardStrings, wordStrings } from "./strings.js";
import { accuracyRange, lossRange, thinnedCurve } from "./thinned_curve.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./live.js").LiveCard} LiveCard */
/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {import("./card_display.js").CardDisplay} CardDisplay */

/**
 * @typedef {object} Chart one of the two, in the pixels of the canvas
 * @property {string} title
 * @property {number} top
 * @property {number} height
 * @property {boolean} logarithmic
 * @property {[number, number]} range
 * @property {[number, number][][]} curves epochs and values, of training rows and of monitored rows
 */

const CURVE_MARGIN = Object.freeze({ left: 36, right: 66, bottom: 20 });
const CHART_GAP = 26;
const LABEL_HEIGHT = 13;

/**
 * Return the curves of a card.
 *
 * @param {App} app
 * @param {string} id of the card
 * @param {CardDisplay} display whether losses are on a logarithmic axis
 */
export function createCurves(app, id, display) {
  const view = paintedCanvas("curves-canvas", (context, width, height) => {
    const card = app.live.cards.get(id);
    if (!card) return;
    const logarithmic = display.get("logarithmic");
    const loss = thinned(card, width, "train_loss", "monitored_loss");
    const accuracy = thinned(card, width, "train_accuracy", "monitored_accuracy");
    const each = (height - CURVE_MARGIN.bottom - 2 * CHART_GAP) / 2;
    const names = [wordStrings.parts.train, wordStrings.parts[app.live.dataset?.facts.monitored ?? "validation"]];
    const charts = [
      {
        title: cardStrings.loss,
        top: CHART_GAP - 4,
        height: each,
        logarithmic,
        range: lossRange(loss.flat(), logarithmic),
        curves: loss,
      },
      {
        title: cardStrings.accuracy,
        top: 2 * CHART_GAP + each - 4,
        height: each,
        logarithmic: false,
        range: accuracyRange(accuracy.flat()),
        curves: accuracy,
      },
    ];
    for (const chart of charts) drawChart(context, chart, card, names, app.theme.palette(), width);
    drawEpochs(context, card, app.theme.palette(), width, height);
  });
  const words = make("p", { class: "hint" });
  return {
    element: make("div", { class: "curves-part" }, view.canvas, words),
    paint() {
      const card = app.live.cards.get(id);
      setText(words, card ? curveWords(app, card) : "");
      view.paint();
    },
    invalidate: view.invalidate,
    close: view.close,
  };
}

/**
 * @param {LiveCard} card
 * @param {number} width of the canvas
 * @param {...("train_loss" | "monitored_loss" | "train_accuracy" | "monitored_accuracy")} names
 * @returns {[number, number][][]} the points of curves that a picture of this width needs
 */
function thinned({ curves }, width, ...names) {
  const columns = Math.max(1, Math.round(width - CURVE_MARGIN.left - CURVE_MARGIN.right));
  return names.map((name) => thinnedCurve(curves.epochs, curves[name], columns));
}

/**
 * Draw one chart: grid, both curves with their names at the end, and the best epoch.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Chart} chart
 * @param {LiveCard} card
 * @param {string[]} names
 * @param {Palette} palette
 * @param {number} width
 */
function drawChart(context, chart, card, names, palette, width) {
  const { epochs } = card.curves;
  const [left, right] = [CURVE_MARGIN.left, width - CURVE_MARGIN.right];
  const span = epochSpan(epochs);
  const x = (/** @type {number} */ epoch) => left + ((epoch - span[0]) / (span[1] - span[0])) * (right - left);
  const y = (/** @type {number} */ value) => chart.top + chart.height * (1 - shareOfRange(value, chart));
  drawGrid(context, chart, palette, left, right, y);
  context.save();
  context.beginPath();
  context.rect(left, chart.top - 2, right - left + 3, chart.height + 4);
  context.clip();
  const best = card.facts.best_epoch;
  if (best > span[0] && epochs.length > 1) {
    context.strokeStyle = css(palette.soft);
    context.lineWidth = 1;
    context.setLineDash([2, 3]);
    context.beginPath();
    context.moveTo(x(best), chart.top);
    context.lineTo(x(best), chart.top + chart.height);
    context.stroke();
    context.setLineDash([]);
  }
  context.lineJoin = "round";
  chart.curves.forEach((points, number) => {
    context.strokeStyle = css(palette.series[number]);
    context.lineWidth = number === 0 ? 1.4 : 2.2;
    context.setLineDash(number === 0 ? [6, 2] : []);
    context.beginPath();
    points.forEach(([epoch, value], at) => {
      if (at === 0) context.moveTo(x(epoch), y(value));
      else context.lineTo(x(epoch), y(value));
    });
    context.stroke();
  });
  context.setLineDash([]);
  context.restore();
  drawEnds(context, chart, names, palette, right, y);
}

/**
 * Draw a chart's title, its horizontal lines and their numbers.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Chart} chart
 * @param {Palette} palette
 * @param {number} left
 * @param {number} right
 * @param {(value: number) => number} y
 */
function drawGrid(context, chart, palette, left, right, y) {
  const ticks = chart.logarithmic ? logTicks(...chart.range) : roundTicks(...chart.range, chart.height / 28);
  context.font = MAP_FONT;
  context.textBaseline = "middle";
  context.textAlign = "right";
  context.lineWidth = 1;
  for (const tick of ticks) {
    const at = Math.round(y(tick)) + 0.5;
    context.strokeStyle = css(palette.line);
    context.beginPath();
    context.moveTo(left, at);
    context.lineTo(right, at);
    context.stroke();
    context.fillStyle = css(palette.soft);
    context.fillText(tickText(tick, chart.logarithmic ? tick : ticks[1] - ticks[0] || 1), left - 6, at);
  }
  context.fillStyle = css(palette.ink);
  context.textAlign = "left";
  context.fillText(chart.title, 2, chart.top - 12);
}

/**
 * Draw the names of curves at their ends, apart from each other.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Chart} chart
 * @param {string[]} names
 * @param {Palette} palette
 * @param {number} right
 * @param {(value: number) => number} y
 */
function drawEnds(context, chart, names, palette, right, y) {
  const ends = chart.curves.map((points) => points[points.length - 1]?.[1] ?? NaN);
  if (!ends.every((end) => Number.isFinite(end))) return;
  const within = (/** @type {number} */ at) => Math.min(chart.top + chart.height, Math.max(chart.top, at));
  const places = ends.map((end) => within(y(end)));
  const close = LABEL_HEIGHT - Math.abs(places[0] - places[1]);
  if (close > 0) {
    const first = places[0] <= places[1] ? -1 : 1;
    places[0] += (first * close) / 2;
    places[1] -= (first * close) / 2;
  }
  const beyond = Math.max(...places) - (chart.top + chart.height);
  if (beyond > 0) places.forEach((_, number) => (places[number] -= beyond));
  context.textAlign = "left";
  context.textBaseline = "middle";
  names.forEach((name, number) => {
    context.fillStyle = css(palette.series[number]);
    context.fillText(name, right + 5, places[number], CURVE_MARGIN.right - 6);
  });
}

/**
 * Draw the axis of epochs, and which one is best.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {LiveCard} card
 * @param {Palette} palette
 * @param {number} width
 * @param {number} height
 */
function drawEpochs(context, card, palette, width, height) {
  const [left, right] = [CURVE_MARGIN.left, width - CURVE_MARGIN.right];
  const span = epochSpan(card.curves.epochs);
  const ticks = roundTicks(...span, (right - left) / 60);
  context.font = MAP_FONT;
  context.fillStyle = css(palette.soft);
  context.textBaseline = "alphabetic";
  context.textAlign = "center";
  for (const tick of ticks) {
    const x = left + ((tick - span[0]) / (span[1] - span[0])) * (right - left);
    context.fillText(tickText(tick, Math.max(1, ticks[1] - ticks[0])), x, height - 4);
  }
  context.textAlign = "left";
  context.fillText(cardStrings.epochAxis, right + 18, height - 4);
}

/**
 * @param {number[]} epochs
 * @returns {[number, number]} the epochs of the axis
 */
function epochSpan(epochs) {
  const first = epochs.length > 0 ? Math.min(1, epochs[0]) : 0;
  return [first, Math.max(epochs[epochs.length - 1] ?? 0, first + 10)];
}

/**
 * @param {number} value
 * @param {Chart} chart
 * @returns {number} 0 at the lower end of the axis, 1 at the upper one
 */
function shareOfRange(value, { range: [low, high], logarithmic }) {
  if (!logarithmic) return (value - low) / (high - low);
  return (Math.log(Math.max(value, low / 10)) - Math.log(low)) / (Math.log(high) - Math.log(low));
}

/**
 * @param {App} app
 * @param {LiveCard} card
 * @returns {string} the best epoch in words
 */
function curveWords(app, { facts }) {
  const rows = wordStrings.parts[app.live.dataset?.facts.monitored ?? "validation"];
  if (facts.best_epoch === 0 || facts.best_loss === null) return cardStrings.notTrained;
  return cardStrings.bestEpoch(rows, facts.best_epoch, facts.best_loss, facts.epoch - facts.best_epoch);
}
