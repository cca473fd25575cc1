/**
 * One cell of a new row: a number, a category of the table or another one, or nothing.
 *
 * @module
 */
import { make, setText, show, uniqueId } from "./dom.js";
import { rowStrings } from "./strings.js";
import { tidyNumber } from "./typed_number.js";

/** @typedef {import("./types.js").ColumnFacts} ColumnFacts */

const OTHER_CELL = "\u0000other";
const MISSING_CELL = "\u0000missing";

/**
 * @typedef {object} CellField
 * @property {HTMLElement} element
 * @property {() => number | string | null} value null is missing
 * @property {(value: number | string | null | undefined) => void} set
 */

/**
 * Return the field of a column.
 *
 * @param {ColumnFacts} column
 * @param {() => void} onChange
 * @returns {CellField}
 */
export function rowField(column, onChange) {
  return column.kind === "categorical" ? categoryField(column, onChange) : textField(column, onChange);
}

/**
 * @param {ColumnFacts} column
 * @param {() => void} onChange
 * @returns {CellField}
 */
function categoryField({ name, categories }, onChange) {
  const id = uniqueId("cell");
  const options = [...categories.map((each) => [each, each]), [OTHER_CELL, rowStrings.other], [MISSING_CELL, rowStrings.missing]];
  const list = make("select", { id }, ...options.map(([value, text]) => make("option", { value, text })));
  const other = make("input", { type: "text", "aria-label": rowStrings.otherLabel(name), hidden: true });
  list.addEventListener("change", () => {
    show(other, list.value === OTHER_CELL);
    if (list.value === OTHER_CELL) other.focus();
    onChange();
  });
  other.addEventListener("input", onChange);
  return {
    element: cellFrame(name, id, list, other),
    value() {
      if (list.value === MISSING_CELL) return null;
      return list.value === OTHER_CELL ? other.value : list.value;
    },
    set(value) {
      const text = value === null || value === undefined ? MISSING_CELL : `${value}`;
      const isKnown = text === MISSING_CELL || categories.includes(text);
      list.value = isKnown ? text : OTHER_CELL;
      other.value = isKnown ? "" : text;
      show(other, !isKnown);
    },
  };
}

/**
 * Numbers outside those of the training rows are allowed, and said to be.
 *
 * @param {ColumnFacts} column
 * @param {() => void} onChange
 * @returns {CellField}
 */
function textField({ name, kind, low, high }, onChange) {
  const id = uniqueId("cell");
  const isNumber = kind === "numerical";
  const box = make("input", { type: isNumber ? "number" : "text", id, step: "any", placeholder: rowStrings.missing });
  const hint = make("p", { class: "problem", hidden: true });
  const check = () => {
    const value = box.valueAsNumber;
    const isOutside = isNumber && low !== null && high !== null && (value < low || value > high);
    if (isOutside) setText(hint, rowStrings.outside(cellNumber(low), cellNumber(high)));
    if (box.validity.badInput) setText(hint, rowStrings.noNumber);
    show(hint, isOutside || box.validity.badInput);
  };
  box.addEventListener("input", () => {
    check();
    onChange();
  });
  return {
    element: cellFrame(name, id, box, hint),
    value() {
      if (box.value.trim() === "") return null;
      return isNumber ? box.valueAsNumber : box.value;
    },
    set(value) {
      const text = typeof value === "number" ? cellNumber(value) : `${value ?? ""}`;
      if (box.value !== text) box.value = text;
      check();
    },
  };
}

/** @param {number} value */
function cellNumber(value) {
  return tidyNumber(Number(value.toPrecision(5)));
}

/**
 * @param {string} name
 * @param {string} id
 * @param {...HTMLElement} controls
 */
function cellFrame(name, id, ...controls) {
  return make("div", { class: "field" }, make("label", { for: id, text: name }), ...controls);
}
