/**
 * Numbers that are typed: taken where they can be; otherwise the number in force is shown again, and a word says so.
 *
 * @module
 */
import { setAttribute } from "./dom.js";
import { numberStrings } from "./strings.js";

/**
 * Watch a box for a number; returns what shows the number in force.
 *
 * @param {HTMLInputElement} box
 * @param {object} rule
 * @param {number} rule.min
 * @param {number} rule.max
 * @param {boolean} [rule.isWhole] whether only whole numbers can be taken
 * @param {(value: number) => void} take
 * @param {(text: string | null) => void} say why a number is not taken, or nothing
 * @returns {(value: number) => void}
 */
export function typedNumber(box, { min, max, isWhole = false }, take, say) {
  let inForce = NaN;
  let isSaid = false;

  function end() {
    if (isSaid) say(null);
    isSaid = false;
  }

  /** @param {number} value */
  function show(value) {
    if (value !== inForce) end();
    inForce = value;
    if (box.valueAsNumber !== value) box.value = tidyNumber(value);
  }

  box.addEventListener("change", () => {
    const value = box.valueAsNumber;
    if (canBeTaken(value, { min, max, isWhole })) {
      end();
      take(value);
      return;
    }
    const typed = box.value;
    if (Number.isFinite(inForce)) box.value = tidyNumber(inForce);
    say(numberStrings.refused(typed, tidyNumber(min), tidyNumber(max), tidyNumber(inForce), isWhole));
    // What the box shows is in force again.
    setAttribute(box, "aria-invalid", null);
    isSaid = true;
  });
  return show;
}

/**
 * Whether a number is one that a rule allows.
 *
 * @param {number} value
 * @param {{min: number, max: number, isWhole?: boolean}} rule
 */
export function canBeTaken(value, { min, max, isWhole = false }) {
  return Number.isFinite(value) && value >= min && value <= max && (!isWhole || Number.isInteger(value));
}

/**
 * Return a number as a box shows it, without the digits that come from binary fractions.
 *
 * @param {number} value
 */
export function tidyNumber(value) {
  return `${Number(value.toPrecision(10))}`;
}
