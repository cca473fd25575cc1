/**
 * A card's map: regions or probabilities, the boundary, each seed's boundary, the points, and a cross at the place
 * looked at.
 *
 * @module
 */
import { boundarySegments, leadersOf } from "./contours.js";
import { make, setAttribute, setText, show } from "./dom.js";
import { oddsTable, paintClasses, paintOdds } from "./map_pixels.js";
import { placeAfterKey, valuesAt } from "./map_pointer.js";
import { cutOf, planesOf } from "./outputs.js";
import { paintedCanvas } from "./painted_canvas.js";
import { classColour, css } from "./palette.js";
import { MAP_MARGIN, plotBoxOf } from "./point_layer.js";
import { placeWords } from "./pointer_readout.js";
import { cardStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./live.js").LiveCard} LiveCard */
/** @typedef {import("./map_pointer.js").MapPointer} MapPointer */
/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {import("./point_layer.js").PlotBox} PlotBox */
/** @typedef {import("./types.js").State} State */

/** Pixels along a side of the regions: enlarged smoothly, with lines over them that are as sharp as the screen. */
const MAX_PIXELS = 384;

/** Half the width of the brush that adds points, in sides of the map. */
const BRUSH = 0.025;

/**
 * @typedef {object} MapView
 * @property {HTMLElement} element
 * @property {() => void} paint now
 * @property {() => void} invalidate
 * @property {() => void} close
 */

/**
 * Return a card's map.
 *
 * @param {App} app
 * @param {string} id of the card
 * @param {MapPointer} pointer
 * @param {import("./point_layer.js").PointLayer} pointLayer
 * @returns {MapView}
 */
export function createMap(app, id, pointer, pointLayer) {
  const image = make("canvas");
  const view = paintedCanvas("map-canvas", (context, width, height, ratio) => {
    const { dataset } = app.live;
    if (dataset === null) return;
    const [state, palette, card] = [app.store.state(), app.theme.palette(), app.live.cards.get(id)];
    const box = plotBoxOf(width, height);
    if (card?.arrays.logits) {
      const only = drawNetwork(context, image, card, state, palette, box, ratio);
      setText(note, only === null ? "" : cardStrings.oneClass(dataset.facts.classes[only] ?? ""));
    }
    context.drawImage(pointLayer(dataset, state.view.points, palette, width, height, ratio), 0, 0, width, height);
  });
  const cross = make("div", { class: "map-cross", hidden: true });
  const note = make("p", { class: "map-note" });
  const plot = make(
    "div",
    {
      class: "map-plot",
      tabindex: 0,
      role: "application",
      "aria-roledescription": cardStrings.map,
      "data-card": id,
      on: {
        pointermove: (event) => pointer.move(placeOfEvent(event, plot)),
        pointerdown: (event) => pointer.move(placeOfEvent(event, plot)),
        pointerleave: (event) => event.pointerType === "mouse" && pointer.move(null),
        keydown: (event) => {
          if (event.key === "Enter" && pointer.place() !== null) touchPlace(app, pointer);
          const next = placeAfterKey(pointer.place(), event.key, event.shiftKey);
          if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          pointer.move(next);
          app.announce.report("place", placeWords(app, id, pointer));
        },
        blur: () => pointer.move(null),
      },
    },
    cross,
  );
  for (const [side, space] of Object.entries(MAP_MARGIN)) plot.style.setProperty(side, `${space}px`);
  const stops = [
    pointer.watch(() => placeCross(cross, pointer)),
    app.painter.watch(() => plot.classList.toggle("is-painting", app.painter.mode() !== "off")),
  ];
  app.painter.attach(
    plot,
    (event) => {
      const { dataset } = app.live;
      return dataset?.facts.can_add ? valuesAt(placeOfEvent(event, plot), dataset.facts.extent) : null;
    },
    () => reachOf(app.live.dataset?.facts.extent),
  );
  return {
    element: make("div", { class: "map" }, view.canvas, plot, note),
    paint() {
      setAttribute(plot, "aria-label", cardStrings.mapLabel(nameOf(app, id)));
      view.paint();
    },
    invalidate: view.invalidate,
    close() {
      for (const stop of stops) stop();
      view.close();
    },
  };
}

/**
 * Draw what a card's networks decide: the colours, each seed's boundary and the boundary of their mean.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement} image is painted, and drawn into the plot
 * @param {LiveCard} card
 * @param {State} state
 * @param {Palette} palette
 * @param {PlotBox} box
 * @param {number} ratio
 * @returns {number | null} the class that is predicted everywhere, by number; null: there is a boundary
 */
export function drawNetwork(context, image, card, state, palette, box, ratio) {
  const grid = planesOf(card.arrays.logits, card.facts.scale);
  const cut = cutOf(state.decision);
  paintImage(image, Math.min(MAX_PIXELS, Math.round(box.width * ratio)), grid, state, palette, cut);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(image, box.left, box.top, box.width, box.height);
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  if (state.view.spread) {
    for (const member of memberGrids(card)) {
      strokeSegments(context, boundarySegments(member.planes, member.width, member.height, cut), member, box);
      context.strokeStyle = css(palette.ink, 0.5);
      context.lineWidth = 0.9;
      context.stroke();
    }
  }
  const boundary = boundarySegments(grid.planes, grid.width, grid.height, cut);
  strokeSegments(context, boundary, grid, box);
  context.strokeStyle = css(palette.panel, 0.55);
  context.lineWidth = 4;
  context.stroke();
  context.strokeStyle = css(palette.ink);
  context.lineWidth = 1.8;
  context.stroke();
  context.restore();
  if (boundary.length > 0) return null;
  return grid.planes.length === 1 ? Number(grid.planes[0][0] >= cut) : leadersOf(grid.planes)[0];
}

/**
 * Return the colours of a card's map alone, as a square picture.
 *
 * @param {LiveCard} card
 * @param {State} state
 * @param {Palette} palette
 * @param {number} size in pixels
 * @returns {HTMLCanvasElement}
 */
export function paintMap(card, state, palette, size) {
  const image = make("canvas");
  paintImage(image, size, planesOf(card.arrays.logits, card.facts.scale), state, palette, cutOf(state.decision));
  return image;
}

/**
 * Paint a square picture of a grid.
 *
 * @param {HTMLCanvasElement} image
 * @param {number} size in pixels
 * @param {ReturnType<typeof planesOf>} grid
 * @param {State} state
 * @param {Palette} palette
 * @param {number} cut
 */
function paintImage(image, size, grid, { view }, palette, cut) {
  if (image.width !== size) [image.width, image.height] = [size, size];
  const context = /** @type {CanvasRenderingContext2D} */ (image.getContext("2d"));
  const data = new ImageData(size, size);
  const pixels = new Uint32Array(data.data.buffer);
  const classes = Array.from({ length: Math.max(2, grid.planes.length) }, (_, code) => classColour(palette, code));
  if (grid.planes.length === 1) paintOdds(pixels, size, size, grid, keptTable(view, classes, palette.panel, cut));
  else paintClasses(pixels, size, size, grid, view, classes, palette.panel);
  context.putImageData(data, 0, 0);
}

/** @type {{key: string, table: Uint32Array}} the table of the last map: all cards of a frame have the same */
const lastTable = { key: "", table: new Uint32Array(0) };

/** @type {typeof oddsTable} */
function keptTable(view, classes, page, cut) {
  const key = JSON.stringify([view.kind, view.probability_of, classes, page, cut]);
  if (key !== lastTable.key) Object.assign(lastTable, { key, table: oddsTable(view, classes, page, cut) });
  return lastTable.table;
}

/**
 * Return the grid of each of several seeds.
 *
 * @param {LiveCard} card
 * @returns {ReturnType<typeof planesOf>[]}
 */
export function memberGrids({ arrays, facts }) {
  const members = arrays.member_logits;
  if (!members) return [];
  const [count, ...shape] = members.shape;
  const size = shape.reduce((product, each) => product * each, 1);
  return Array.from({ length: count }, (_, seed) =>
    planesOf({ shape, data: members.data.subarray(seed * size, (seed + 1) * size) }, facts.scale),
  );
}

/**
 * Begin a path of segments in a plot; the first and last nodes of a grid lie on the plot's edges.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {number[]} segments
 * @param {{width: number, height: number}} grid
 * @param {PlotBox} box
 */
function strokeSegments(context, segments, grid, box) {
  const [across, up] = [box.width / (grid.width - 1), box.height / (grid.height - 1)];
  const bottom = box.top + box.height;
  context.lineCap = "round";
  context.beginPath();
  for (let at = 0; at < segments.length; at += 4) {
    context.moveTo(box.left + segments[at] * across, bottom - segments[at + 1] * up);
    context.lineTo(box.left + segments[at + 2] * across, bottom - segments[at + 3] * up);
  }
}

/**
 * @param {PointerEvent} event
 * @param {HTMLElement} plot
 * @returns {import("./map_pointer.js").MapPlace}
 */
export function placeOfEvent(event, plot) {
  const box = plot.getBoundingClientRect();
  const within = (/** @type {number} */ share) => Math.min(1, Math.max(0, share));
  return {
    across: within((event.clientX - box.left) / (box.width || 1)),
    up: within(1 - (event.clientY - box.top) / (box.height || 1)),
  };
}

/**
 * Add a point at the cross, or erase those near it, as a pointer does.
 *
 * @param {App} app
 * @param {MapPointer} pointer
 */
function touchPlace({ live, painter }, pointer) {
  const place = pointer.place();
  if (place !== null && live.dataset?.facts.can_add) painter.touch(...valuesAt(place, live.dataset.facts.extent));
}

/**
 * @param {[number, number, number, number] | undefined} extent
 * @returns {[number, number]} half a brush's width and height in the columns' units
 */
function reachOf(extent) {
  if (extent === undefined) return [0.1, 0.1];
  return [BRUSH * (extent[1] - extent[0]), BRUSH * (extent[3] - extent[2])];
}

/**
 * @param {HTMLElement} cross
 * @param {MapPointer} pointer
 */
function placeCross(cross, pointer) {
  const place = pointer.place();
  show(cross, place !== null);
  if (place === null) return;
  cross.style.setProperty("--across", `${100 * place.across}%`);
  cross.style.setProperty("--down", `${100 - 100 * place.up}%`);
}

/**
 * @param {App} app
 * @param {string} id
 * @returns {string}
 */
function nameOf(app, id) {
  return app.store.state().cards.find((card) => card.id === id)?.name ?? "";
}
