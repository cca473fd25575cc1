/**
 * A card's map as a picture to take away: as pixels, or as a drawing whose lines, points and words can be edited.
 *
 * @module
 */
import { axisTicks } from "./axis_ticks.js";
import { boundarySegments } from "./contours.js";
import { make, makeSvg } from "./dom.js";
import { drawNetwork, memberGrids, paintMap } from "./map_canvas.js";
import { cutOf, planesOf } from "./outputs.js";
import { classColour, css, shapeCorners, traceShape } from "./palette.js";
import { drawAxes, drawPoints, MAP_MARGIN, plotBoxOf, pointRadius } from "./point_layer.js";
import { cardStrings, wordStrings } from "./strings.js";
import { isMoved, thresholdInForce } from "./thresholds.js";
import { PART } from "./types.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./live.js").LiveCard} LiveCard */
/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {import("./point_layer.js").Dataset} Dataset */
/** @typedef {import("./point_layer.js").PlotBox} PlotBox */

/** Of the map and of the words above and below it, in CSS pixels; a PNG has PICTURE_RATIO pixels for each. */
const PICTURE_SIDE = 600;
const PICTURE_HEAD = 52;
const PICTURE_FOOT = 30;
const PICTURE_RATIO = 2;
const TITLE_FONT = '600 17px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const WORD_FONT = '13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/**
 * Return a card's map as a PNG file; null before there is one.
 *
 * @param {App} app
 * @param {string} id of the card
 * @returns {Promise<Blob | null>}
 */
export async function cardPng(app, id) {
  const [card, dataset] = [app.live.cards.get(id), app.live.dataset];
  if (!card?.arrays.logits || dataset === null) return null;
  const [width, height] = [PICTURE_SIDE, PICTURE_HEAD + PICTURE_SIDE + PICTURE_FOOT];
  const canvas = make("canvas", { width: width * PICTURE_RATIO, height: height * PICTURE_RATIO });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const [palette, state] = [app.theme.palette(), app.store.state()];
  context.scale(PICTURE_RATIO, PICTURE_RATIO);
  context.fillStyle = css(palette.panel);
  context.fillRect(0, 0, width, height);
  const words = pictureWords(app, id, card);
  context.fillStyle = css(palette.ink);
  context.font = TITLE_FONT;
  context.fillText(words.title, MAP_MARGIN.left, 24, width - MAP_MARGIN.left);
  context.font = WORD_FONT;
  context.fillStyle = css(palette.soft);
  context.fillText(words.numbers, MAP_MARGIN.left, 44, width - MAP_MARGIN.left);
  context.translate(0, PICTURE_HEAD);
  const box = plotBoxOf(width, PICTURE_SIDE);
  drawNetwork(context, make("canvas"), card, state, palette, box, PICTURE_RATIO);
  drawAxes(context, dataset, palette, width, PICTURE_SIDE);
  drawPoints(context, dataset, state.view.points, palette, box);
  drawLegend(context, dataset, palette, PICTURE_SIDE + 14);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/**
 * Return a card's map as the text of an SVG file; null before there is one.
 *
 * @param {App} app
 * @param {string} id of the card
 * @returns {string | null}
 */
export function cardSvg(app, id) {
  const [card, dataset] = [app.live.cards.get(id), app.live.dataset];
  if (!card?.arrays.logits || dataset === null) return null;
  const [width, height] = [PICTURE_SIDE, PICTURE_HEAD + PICTURE_SIDE + PICTURE_FOOT];
  const [palette, state] = [app.theme.palette(), app.store.state()];
  const box = plotBoxOf(width, PICTURE_SIDE);
  const words = pictureWords(app, id, card);
  const text = { "font-family": "system-ui, sans-serif", "font-size": 13, fill: css(palette.soft) };
  const drawing = makeSvg(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` },
    makeSvg("rect", { width, height, fill: css(palette.panel) }),
    makeSvg("text", {
      ...text,
      x: box.left,
      y: 24,
      "font-size": 17,
      "font-weight": 600,
      fill: css(palette.ink),
      text: words.title,
    }),
    makeSvg("text", { ...text, x: box.left, y: 44, text: words.numbers }),
    makeSvg(
      "g",
      { transform: `translate(0 ${PICTURE_HEAD})` },
      makeSvg("image", {
        href: paintMap(card, state, palette, 2 * Math.round(box.width)).toDataURL("image/png"),
        x: box.left,
        y: box.top,
        width: box.width,
        height: box.height,
        preserveAspectRatio: "none",
      }),
      ...(state.view.spread ? memberGrids(card) : []).map((grid) =>
        boundaryPath(grid, cutOf(state.decision), box, { stroke: css(palette.ink, 0.5), "stroke-width": 0.9 }),
      ),
      boundaryPath(planesOf(card.arrays.logits, card.facts.scale), cutOf(state.decision), box, {
        stroke: css(palette.ink),
        "stroke-width": 1.8,
      }),
      ...axisElements(dataset, box, palette),
      pointElements(dataset, state.view.points, box, palette),
      ...legendElements(dataset, palette, PICTURE_SIDE + 14),
    ),
  );
  return new XMLSerializer().serializeToString(drawing);
}

/**
 * @param {App} app
 * @param {string} id
 * @param {LiveCard} card
 * @returns {{title: string, numbers: string}}
 */
function pictureWords(app, id, { facts }) {
  const { dataset } = app.live;
  const part = dataset?.facts.monitored ?? "validation";
  const name = app.store.state().cards.find((each) => each.id === id)?.name ?? "";
  const rows = dataset?.facts.n_rows[part] ?? 0;
  const numbers = cardStrings.pictureNumbers(facts.epoch, wordStrings.parts[part], facts.monitored_accuracy, rows);
  const [{ decision }, classes] = [app.store.state(), dataset?.facts.classes ?? []];
  if (!isMoved(decision, classes.length)) return { title: name, numbers };
  const line = cardStrings.pictureLine(thresholdInForce(decision).toFixed(3), classes[decision.positive]);
  return { title: name, numbers: `${numbers} ${line}` };
}

/**
 * @param {ReturnType<typeof planesOf>} grid
 * @param {number} cut
 * @param {PlotBox} box
 * @param {object} look
 */
function boundaryPath(grid, cut, box, look) {
  const segments = boundarySegments(grid.planes, grid.width, grid.height, cut);
  const parts = [];
  for (let at = 0; at < segments.length; at += 4) {
    const [x0, y0, x1, y1] = [0, 1, 2, 3].map((offset) => {
      const share = segments[at + offset] / ((offset % 2 === 0 ? grid.width : grid.height) - 1);
      return (offset % 2 === 0 ? box.left + share * box.width : box.top + (1 - share) * box.height).toFixed(2);
    });
    parts.push(`M${x0} ${y0}L${x1} ${y1}`);
  }
  return makeSvg("path", { d: parts.join(""), fill: "none", "stroke-linecap": "round", ...look });
}

/**
 * @param {Dataset} dataset
 * @param {PlotBox} box
 * @param {Palette} palette
 * @returns {SVGElement[]}
 */
function axisElements({ facts }, box, palette) {
  const [left, right, bottom, top] = facts.extent;
  const look = { "font-family": "system-ui, sans-serif", "font-size": 11, fill: css(palette.soft) };
  const [acrossWords, upWords] = facts.axis_words ?? [[], []];
  const across = axisTicks(left, right, box.width, 70, acrossWords);
  const up = axisTicks(bottom, top, box.height, 60, upWords);
  const end = box.top + box.height;
  return [
    makeSvg("rect", {
      x: box.left,
      y: box.top,
      width: box.width,
      height: box.height,
      fill: "none",
      stroke: css(palette.line),
    }),
    ...across.map(({ at, text }) => {
      const x = box.left + ((at - left) / (right - left)) * box.width;
      return makeSvg("text", {
        ...look,
        x,
        y: end + 15,
        "text-anchor": "middle",
        text,
      });
    }),
    ...up.map(({ at, text }) => {
      const y = end - ((at - bottom) / (top - bottom)) * box.height + 4;
      return makeSvg("text", {
        ...look,
        x: box.left - 6,
        y,
        "text-anchor": "end",
        text,
      });
    }),
    makeSvg("text", { ...look, x: box.left + box.width, y: end + 30, "text-anchor": "end", text: facts.axes[0] }),
    makeSvg("text", { ...look, x: 2, y: 12, text: facts.axes[1] }),
  ];
}

/**
 * @param {Dataset} dataset
 * @param {import("./types.js").ViewState["points"]} shown
 * @param {PlotBox} box
 * @param {Palette} palette
 */
function pointElements({ arrays, facts }, shown, box, palette) {
  const [left, right, bottom, top] = facts.extent;
  const { points, codes, parts } = arrays;
  const radius = pointRadius(codes.data.length, box.width);
  const drawn = [shown.train, shown.validation, shown.test];
  const elements = [];
  for (let row = 0; row < codes.data.length; row += 1) {
    const part = parts?.data[row] ?? PART.train;
    const x = box.left + ((points.data[2 * row] - left) / (right - left)) * box.width;
    const y = box.top + ((top - points.data[2 * row + 1]) / (top - bottom)) * box.height;
    const inside = x >= box.left && x <= box.left + box.width && y >= box.top && y <= box.top + box.height;
    if (!drawn[part] || !inside) continue;
    const colour = css(classColour(palette, codes.data[row]));
    elements.push(
      markElement(codes.data[row], x, y, radius, {
        fill: part === PART.test ? css(palette.panel) : colour,
        stroke: part === PART.train ? css(palette.panel) : part === PART.test ? colour : css(palette.ink),
        "stroke-width": radius * (part === PART.train ? 0.22 : 0.42),
      }),
    );
  }
  return makeSvg("g", {}, ...elements);
}

/**
 * @param {number} code
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {object} look
 */
function markElement(code, x, y, radius, look) {
  const corners = shapeCorners(code);
  if (corners === null) return makeSvg("circle", { cx: x.toFixed(2), cy: y.toFixed(2), r: radius.toFixed(2), ...look });
  const points = corners.map(([dx, dy]) => `${(x + radius * dx).toFixed(2)},${(y + radius * dy).toFixed(2)}`).join(" ");
  return makeSvg("polygon", { points, ...look });
}

/**
 * @param {Dataset} dataset
 * @param {Palette} palette
 * @param {number} y
 * @returns {SVGElement[]}
 */
function legendElements({ facts }, palette, y) {
  return legendPlaces(facts.classes).flatMap(({ name, code, x }) => [
    markElement(code, x, y - 4, 5, { fill: css(classColour(palette, code)) }),
    makeSvg("text", {
      x: x + 11,
      y,
      "font-family": "system-ui, sans-serif",
      "font-size": 13,
      fill: css(palette.ink),
      text: name,
    }),
  ]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Dataset} dataset
 * @param {Palette} palette
 * @param {number} y
 */
function drawLegend(context, { facts }, palette, y) {
  context.font = WORD_FONT;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  for (const { name, code, x } of legendPlaces(facts.classes)) {
    context.fillStyle = css(classColour(palette, code));
    context.beginPath();
    traceShape(context, code, x, y - 4, 5);
    context.fill();
    context.fillStyle = css(palette.ink);
    context.fillText(name, x + 11, y);
  }
}

/**
 * @param {string[]} classes
 * @returns {{name: string, code: number, x: number}[]} as many as stand in one line
 */
function legendPlaces(classes) {
  let x = MAP_MARGIN.left + 6;
  return classes
    .map((name, code) => {
      const place = { name, code, x };
      x += 34 + 7.5 * name.length;
      return place;
    })
    .filter((place) => place.x + 11 + 7.5 * place.name.length < PICTURE_SIDE);
}
