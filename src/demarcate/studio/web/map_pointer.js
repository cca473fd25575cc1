/**
 * The place that is looked at: one for all maps, so that what networks say of the same point stands side by side.
 *
 * @module
 */

/**
 * @typedef {object} MapPlace
 * @property {number} across 0 at the left edge, 1 at the right
 * @property {number} up 0 at the bottom, 1 at the top
 */

/**
 * @typedef {object} MapPointer
 * @property {() => MapPlace | null} place null: no place
 * @property {(place: MapPlace | null) => void} move
 * @property {(listener: () => void) => () => void} watch returns what ends it
 */

/** Of the map's side, for an arrow key, and with Shift. */
const SMALL_STEP = 0.01;
const LARGE_STEP = 0.1;

/** @returns {MapPointer} */
export function createMapPointer() {
  /** @type {Set<() => void>} */
  const listeners = new Set();
  /** @type {MapPlace | null} */
  let place = null;
  return {
    place: () => place,
    move(next) {
      if (next === null && place === null) return;
      place = next;
      for (const listener of [...listeners]) listener();
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * Return where a key moves a place, null where it takes it away, undefined for any other key.
 *
 * @param {MapPlace | null} place
 * @param {string} key
 * @param {boolean} shift
 * @returns {MapPlace | null | undefined}
 */
export function placeAfterKey(place, key, shift) {
  if (key === "Escape") return null;
  /** @type {Object<string, [number, number]>} */
  const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const direction = directions[key];
  if (direction === undefined) return key === "Home" ? { across: 0.5, up: 0.5 } : undefined;
  if (place === null) return { across: 0.5, up: 0.5 };
  const step = shift ? LARGE_STEP : SMALL_STEP;
  const within = (/** @type {number} */ at) => Math.min(1, Math.max(0, Math.round(at * 1000) / 1000));
  return { across: within(place.across + step * direction[0]), up: within(place.up + step * direction[1]) };
}

/**
 * Return the values of the two columns at a place.
 *
 * @param {MapPlace} place
 * @param {[number, number, number, number]} extent left, right, bottom, top
 * @returns {[number, number]}
 */
export function valuesAt(place, [left, right, bottom, top]) {
  return [left + place.across * (right - left), bottom + place.up * (top - bottom)];
}

/**
 * Return the values of a place as they are said: numbers, or the category that it is nearest to.
 *
 * @param {MapPlace} place
 * @param {import("./types.js").DatasetFacts} facts
 * @returns {[number | string, number | string]}
 */
export function saidAt(place, { extent, axis_words: words = [[], []] }) {
  const [across, up] = valuesAt(place, extent);
  const said = (/** @type {number} */ value, /** @type {string[]} */ own) =>
    own[Math.min(own.length - 1, Math.max(0, Math.round(value)))] ?? value;
  return [said(across, words[0]), said(up, words[1])];
}
