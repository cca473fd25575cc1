/**
 * The colours and shapes of all pictures. The colours are those of `studio.css`, read from the page, light or dark.
 *
 * @module
 */
import { make, makeSvg } from "./dom.js";

/** @typedef {[number, number, number]} Rgb */

/**
 * @typedef {object} Palette
 * @property {Rgb[]} classes by code; beyond the last they begin again, with other shapes
 * @property {Rgb[]} series lines: training rows, monitored rows, and others
 * @property {Rgb} ink text and boundaries
 * @property {Rgb} soft captions and axes
 * @property {Rgb} line grid lines
 * @property {Rgb} page background of the page
 * @property {Rgb} panel background of cards and panels
 * @property {Rgb} positive weights and hidden units above 0
 * @property {Rgb} negative those below 0
 * @property {boolean} dark
 */

const N_CLASS_COLOURS = 12;
const N_SERIES_COLOURS = 5;

/** The shapes of the classes' points by code. */
export const SHAPES = Object.freeze([
  "circle", "square", "triangle", "diamond", "plus", "cross", "triangle down",
  "pentagon", "hexagon", "triangle left", "triangle right", "thin diamond", "star",
]);

/**
 * Return the colours that an element's page has now.
 *
 * @param {HTMLElement} root
 * @returns {Palette}
 */
export function readPalette(root) {
  const probe = make("span", { class: "probe", "aria-hidden": "true" });
  root.append(probe);
  const style = getComputedStyle(probe);
  /** @param {string} name @returns {Rgb} */
  const colour = (name) => {
    probe.style.setProperty("color", `var(--${name})`);
    return parseRgb(style.color);
  };
  const palette = {
    classes: Array.from({ length: N_CLASS_COLOURS }, (_, code) => colour(`class-${code}`)),
    series: Array.from({ length: N_SERIES_COLOURS }, (_, number) => colour(`series-${number}`)),
    ink: colour("ink"),
    soft: colour("soft"),
    line: colour("line"),
    page: colour("page"),
    panel: colour("panel"),
    positive: colour("positive"),
    negative: colour("negative"),
    dark: false,
  };
  palette.dark = palette.page[0] < 128;
  probe.remove();
  return palette;
}

/**
 * Return red, green and blue, 0 to 255, of a colour as a browser computes it.
 *
 * @param {string} text such as "rgb(0, 114, 178)"
 * @returns {Rgb}
 */
export function parseRgb(text) {
  const [red, green, blue] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return [red ?? 0, green ?? 0, blue ?? 0];
}

/**
 * Return a colour as CSS writes it.
 *
 * @param {Rgb} colour
 * @param {number} [opacity]
 */
export function css([red, green, blue], opacity = 1) {
  return opacity === 1 ? `rgb(${red}, ${green}, ${blue})` : `rgba(${red}, ${green}, ${blue}, ${opacity})`;
}

/**
 * Return the colour of a class.
 *
 * @param {Palette} palette
 * @param {number} code
 */
export function classColour(palette, code) {
  return palette.classes[code % palette.classes.length];
}

/**
 * Return the corners of a class's shape within the circle of radius 1, y downwards, or null for a circle.
 *
 * @param {number} code
 * @returns {[number, number][] | null}
 */
export function shapeCorners(code) {
  switch (SHAPES[code % SHAPES.length]) {
    case "circle": return null;
    case "square": return corners(4, 45, 1.15);
    case "triangle": return corners(3, -90, 1.2);
    case "diamond": return corners(4, 0, 1.2);
    case "plus": return cross(0);
    case "cross": return cross(45);
    case "triangle down": return corners(3, 90, 1.2);
    case "pentagon": return corners(5, -90, 1.1);
    case "hexagon": return corners(6, 0, 1.1);
    case "triangle left": return corners(3, 180, 1.2);
    case "triangle right": return corners(3, 0, 1.2);
    case "thin diamond": return corners(4, 0, 1.3).map(([x, y]) => [0.6 * x, y]);
    default: return star();
  }
}

/** @param {number} count @param {number} first in degrees @param {number} radius @returns {[number, number][]} */
function corners(count, first, radius) {
  return Array.from({ length: count }, (_, corner) => polar(first + (360 * corner) / count, radius));
}

/** @param {number} degrees @param {number} radius @returns {[number, number]} */
function polar(degrees, radius) {
  const angle = (degrees * Math.PI) / 180;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** @param {number} turned in degrees @returns {[number, number][]} */
function cross(turned) {
  const arms = [0, 90, 180, 270].map((arm) => arm + turned);
  return arms.flatMap((arm) => [polar(arm - 18, 1.15), polar(arm + 18, 1.15), polar(arm + 45, 0.5)]);
}

/** @returns {[number, number][]} */
function star() {
  return Array.from({ length: 10 }, (_, tip) => polar(36 * tip - 90, tip % 2 === 0 ? 1.25 : 0.55));
}

/**
 * Add a class's shape to a canvas's path, which the caller begins, fills and strokes.
 *
 * @param {CanvasRenderingContext2D | Path2D} path
 * @param {number} code
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
export function traceShape(path, code, x, y, radius) {
  const points = shapeCorners(code);
  if (points === null) {
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  points.forEach(([dx, dy], corner) => {
    if (corner === 0) path.moveTo(x + radius * dx, y + radius * dy);
    else path.lineTo(x + radius * dx, y + radius * dy);
  });
  path.closePath();
}

/**
 * Return a class's shape in its colour, for legends and labels.
 *
 * @param {number} code
 */
export function classMark(code) {
  const points = shapeCorners(code);
  const shape =
    points === null
      ? makeSvg("circle", { r: 1 })
      : makeSvg("polygon", { points: points.map(([x, y]) => `${x.toFixed(3)},${y.toFixed(3)}`).join(" ") });
  const classes = `class-mark class-colour-${code % N_CLASS_COLOURS}`;
  return makeSvg("svg", { class: classes, viewBox: "-1.4 -1.4 2.8 2.8", "aria-hidden": "true" }, shape);
}
