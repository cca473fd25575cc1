/**
 * The cells of one row: a field for each column, with what is unlike the training rows said below it.
 *
 * @module
 */
import { readCell, shownQuantity } from "./cells.js";
import { element, freshId } from "./elements.js";

/** @typedef {import("./facts.js").ColumnFacts} ColumnFacts */

const OTHER_WORD = "\u0000other";
const MISSING_WORD = "\u0000missing";

/**
 * @typedef {object} RowField
 * @property {ColumnFacts} column
 * @property {HTMLElement} element
 * @property {() => string} text
 * @property {(text: string) => void} set
 * @property {() => import("./cells.js").ReadCell} read read the cell and show what is said of it
 */

/**
 * Return the field of a column.
 *
 * @param {ColumnFacts} column
 * @param {() => void} onChange
 * @returns {RowField}
 */
export function rowFieldOf(column, onChange) {
  const id = freshId("cell");
  const hint = element("p", { id: `${id}-hint`, class: "hint", text: hintOf(column) });
  const said = element("p", { id: `${id}-said`, class: "said", hidden: true });
  const words = wordsOf(column);
  const control = words.length > 0 ? choiceField(column, id, words, onChange) : typedField(column, id, onChange);
  control.box.setAttribute("aria-describedby", `${id}-hint ${id}-said`);
  return {
    column,
    element: element("div", { class: "field" }, element("label", { for: id, text: column.name }), ...control.parts, hint, said),
    text: control.text,
    set: control.set,
    read() {
      const cell = readCell(column, control.text());
      const words = cell.problem ?? cell.note;
      said.hidden = words === undefined;
      said.textContent = words === undefined ? "" : `${control.text().trim()} ${words}.`;
      said.classList.toggle("problem", cell.problem !== undefined);
      control.box.toggleAttribute("aria-invalid", false);
      if (cell.problem !== undefined) control.box.setAttribute("aria-invalid", "true");
      return cell;
    },
  };
}

/** @param {ColumnFacts} column */
function hintOf(column) {
  const { kind, low, high, number } = column;
  if (low === null || high === null) return kind === "date" ? "such as 2024-12-31" : "";
  return `${shownQuantity(column, low)} to ${shownQuantity(column, high)}${number.unit ? ` ${number.unit}` : ""} in training`;
}

/** @param {ColumnFacts} column */
function wordsOf({ kind, categories }) {
  return kind === "boolean" ? ["true", "false"] : kind === "categorical" ? categories : [];
}

/**
 * @param {ColumnFacts} column
 * @param {string} id
 * @param {string[]} words
 * @param {() => void} onChange
 */
function choiceField({ name, kind }, id, words, onChange) {
  const options = words.map((word) => element("option", { value: word, text: word }));
  if (kind === "categorical") options.push(element("option", { value: OTHER_WORD, text: "another value …" }));
  const list = element("select", { id }, ...options, element("option", { value: MISSING_WORD, text: "missing" }));
  const other = element("input", { type: "text", "aria-label": `${name}: another value`, hidden: true });
  list.addEventListener("change", () => {
    other.hidden = list.value !== OTHER_WORD;
    if (!other.hidden) other.focus();
    onChange();
  });
  other.addEventListener("input", onChange);
  return {
    box: list,
    parts: [list, other],
    text: () => (list.value === MISSING_WORD ? "" : list.value === OTHER_WORD ? other.value : list.value),
    set(/** @type {string} */ text) {
      const isKnown = words.includes(text);
      list.value = isKnown ? text : text === "" ? MISSING_WORD : OTHER_WORD;
      other.hidden = list.value !== OTHER_WORD;
      other.value = other.hidden ? "" : text;
    },
  };
}

/**
 * @param {ColumnFacts} column
 * @param {string} id
 * @param {() => void} onChange
 */
function typedField({ kind }, id, onChange) {
  const isNumber = kind === "numerical";
  const attributes = { id, placeholder: "missing", autocomplete: "off", spellcheck: "false" };
  // A box for text takes numbers as their column writes them, and dates in any format that it reads.
  const box =
    kind === "text"
      ? element("textarea", { ...attributes, rows: 3 })
      : element("input", { ...attributes, type: "text", inputmode: isNumber ? "decimal" : false });
  box.addEventListener("input", onChange);
  return {
    box,
    parts: [box],
    text: () => box.value,
    set(/** @type {string} */ text) {
      box.value = text;
    },
  };
}
