/**
 * Sliders with their number beside them.
 *
 * @module
 */
import { fieldFrame } from "./controls.js";
import { make, setAttribute, uniqueId } from "./dom.js";
import { tidyNumber, typedNumber } from "./typed_number.js";

/**
 * @template Value
 * @typedef {import("./controls.js").Field<Value>} Field
 */

/**
 * Return a slider with its number beside it, which can be typed. With `stops` the slider moves over those numbers, evenly
 * spaced, and others can still be typed.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {number} options.min
 * @param {number} options.max
 * @param {number} [options.step]
 * @param {readonly number[]} [options.stops] in order
 * @param {boolean} [options.isWhole] whether only whole numbers can be typed
 * @param {string} [options.hint]
 * @param {(value: number) => void} options.onInput while it moves
 * @param {() => void} [options.onSettle] once it is let go
 * @returns {Field<number>}
 */
export function slider({ label, min, max, step = 1, stops, isWhole = false, hint, onInput, onSettle = () => undefined }) {
  const id = uniqueId("slider");
  const scale = stops === undefined ? { min, max, step } : { min: 0, max: stops.length - 1, step: "any" };
  const track = make("input", { type: "range", id, ...scale });
  const box = make("input", { type: "number", min, max, step: stops === undefined ? step : "any", "aria-label": label });
  const frame = fieldFrame(label, id, hint, [track, box], "slider");
  const fromTrack = () => (stops === undefined ? track.valueAsNumber : stops[Math.round(track.valueAsNumber)]);

  /** @param {number} value */
  function place(value) {
    const position = stops === undefined ? value : nearestPosition(stops, value);
    if (track.valueAsNumber !== position) track.value = `${position}`;
    const share = (track.valueAsNumber - Number(track.min)) / (Number(track.max) - Number(track.min) || 1);
    track.style.setProperty("--share", `${Math.min(Math.max(share, 0), 1)}`);
    setAttribute(track, "aria-valuetext", tidyNumber(value));
  }

  track.addEventListener("input", () => {
    const value = fromTrack();
    box.value = tidyNumber(value);
    place(value);
    onInput(value);
  });
  track.addEventListener("change", () => {
    place(fromTrack());
    onSettle();
  });
  const problem = (/** @type {string | null} */ text) => frame.problem(text, [track, box]);
  const showInBox = typedNumber(
    box,
    { min, max, isWhole },
    (value) => {
      onInput(value);
      onSettle();
    },
    problem,
  );
  if (stops !== undefined) track.addEventListener("keydown", (event) => stepByKey(event, track));
  return {
    element: frame.element,
    set(value) {
      place(value);
      showInBox(value);
    },
    disable(disabled) {
      track.disabled = disabled;
      box.disabled = disabled;
    },
    problem,
  };
}

/**
 * Arrow keys move a slider over stops by whole stops.
 *
 * @param {KeyboardEvent} event
 * @param {HTMLInputElement} track
 */
function stepByKey(event, track) {
  const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  const position = Math.round(track.valueAsNumber) + by;
  if (position < Number(track.min) || position > Number(track.max)) return;
  track.value = `${position}`;
  track.dispatchEvent(new Event("input", { bubbles: true }));
  track.dispatchEvent(new Event("change", { bubbles: true }));
}

/**
 * Return where among stops a number is: between two of them in proportion.
 *
 * @param {readonly number[]} stops
 * @param {number} value
 */
export function nearestPosition(stops, value) {
  const above = stops.findIndex((stop) => stop >= value);
  if (above === -1) return stops.length - 1;
  if (above === 0 || stops[above] === value) return above;
  return above - 1 + (value - stops[above - 1]) / (stops[above] - stops[above - 1]);
}
