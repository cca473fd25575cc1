/**
 * Small pictures of where rows come from.
 *
 * @module
 */
import { makeSvg } from "./dom.js";

/** @typedef {import("./types.js").DataState} DataState */

/**
 * Return the picture of a source.
 *
 * @param {DataState["source"]} source
 */
export function sourcePicture(source) {
  return makeSvg("svg", { class: "source-picture", viewBox: "0 0 48 32", "aria-hidden": "true" }, ...SOURCE_DRAWINGS[source]());
}

/** @type {Readonly<Record<DataState["source"], () => SVGElement[]>>} */
const SOURCE_DRAWINGS = Object.freeze({
  moons: () => [...arc(19, 20, 11, Math.PI, 0), ...arc(29, 12, 11, Math.PI, 1, true)],
  circles: () => [...arc(24, 16, 13, 2 * Math.PI, 0), ...arc(24, 16, 6, 2 * Math.PI, 1)],
  blobs: () => [...cluster(11, 10, 0), ...cluster(35, 8, 1), ...cluster(15, 24, 2), ...cluster(36, 23, 3)],
  heart: () => [line("M24 27C10 18 12 6 19 6c3 0 4.5 2.5 5 4 .5-1.5 2-4 5-4 7 0 9 12-5 21z", "heart-line"), line("M12 17h7l2-4 4 8 2-4h9", "pulse")],
  table: () => [line("M9 6h30v20H9zM9 12.5h30M9 19.5h30M19 6v20M29 6v20", "grid")],
  drawn: () => [...trail(), line("M33 23l2-6 8-8 4 4-8 8zM41 11l4 4", "grid")],
});

/** @param {string} d @param {string} kind */
function line(d, kind) {
  return makeSvg("path", { d, class: kind });
}

/** @param {number} x @param {number} y @param {number} code */
function dot(x, y, code) {
  return makeSvg("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 1.5, class: `class-colour-${code}` });
}

/**
 * @param {number} x @param {number} y @param {number} radius @param {number} angle @param {number} code @param {boolean} [below]
 */
function arc(x, y, radius, angle, code, below = false) {
  const count = Math.round((angle * radius) / 3.6);
  return Array.from({ length: count + 1 }, (_, position) => {
    const turn = (angle * position) / count;
    const wobble = radius + 0.8 * Math.sin(7.3 * position + radius);
    return dot(x - wobble * Math.cos(turn), y + (below ? 1 : -1) * wobble * Math.sin(turn), code);
  });
}

/** @param {number} x @param {number} y @param {number} code */
function cluster(x, y, code) {
  return Array.from({ length: 7 }, (_, position) => {
    const radius = 1.9 * Math.sqrt(position);
    return dot(x + radius * Math.cos(2.4 * position), y + radius * Math.sin(2.4 * position), code);
  });
}

function trail() {
  return Array.from({ length: 8 }, (_, position) =>
    dot(6 + 3.7 * position, 17 + 7 * Math.sin(0.8 * position), position < 4 ? 0 : 1),
  );
}
