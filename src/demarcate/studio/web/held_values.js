/**
 * The values at which columns are held that are no axis of the maps.
 *
 * @module
 */
import { button, choice } from "./controls.js";
import { make, setText } from "./dom.js";
import { problemText } from "./field_problems.js";
import { slider } from "./sliders.js";
import { axesStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").ColumnFacts} ColumnFacts */
/** @typedef {import("./types.js").DatasetFacts} DatasetFacts */
/** @typedef {import("./types.js").ProblemFacts} ProblemFacts */
/** @typedef {{element: HTMLElement, set: (value: any) => void, problem: (text: string | null) => void}} HeldField */

/** So many columns have a control of their own. */
const MOST_HELD = 40;
/** The value of the choice that stands for no value. */
const MISSING = "\u0000";

/**
 * Return the values as a form, closed at first.
 *
 * @param {App} app
 */
export function heldValues({ store, live }) {
  const summary = make("summary");
  const list = make("div", { class: "fields" });
  const typical = button({
    label: axesStrings.typical,
    icon: "reset",
    kind: "quiet",
    onClick: () => store.change("held", ({ view }) => (view.held = {})),
  });
  const hint = make("p", { class: "hint", text: axesStrings.heldHint });
  /** @type {Map<string, HeldField>} */ let fields = new Map();
  let made = "";

  /** @param {string} name @param {number | string | null} value */
  function hold(name, value) {
    store.change(`held ${name}`, ({ view }) => (view.held[name] = value));
  }

  /** @param {ColumnFacts[]} columns */
  function makeFields(columns) {
    const own = columns.slice(0, MOST_HELD);
    fields = new Map(own.map((column) => [column.name, heldField(column, hold, store.settle)]));
    list.replaceChildren(...[...fields.values()].map((field) => field.element));
    if (columns.length > own.length) list.append(make("p", { class: "hint", text: axesStrings.more(columns.length - own.length) }));
    setText(summary, axesStrings.held(columns.length));
  }

  live.on("dataset", (/** @type {DatasetFacts} */ facts) => {
    const columns = facts.columns.filter(({ name }) => !facts.axes.includes(name));
    const signature = JSON.stringify(columns);
    if (signature !== made) makeFields(columns);
    made = signature;
    for (const [name, field] of fields) {
      field.set(facts.held[name] ?? null);
      field.problem(null);
    }
  });
  live.on("problem", (/** @type {ProblemFacts} */ problem) => {
    const field = problem.where === "view" && problem.field ? fields.get(problem.field) : undefined;
    field?.problem(problemText(problem));
    return field !== undefined;
  });
  return make("details", { class: "held" }, summary, hint, list, typical);
}

/**
 * Return the control of a column's value: a slider for numbers, a list for categories, its value for the rest.
 *
 * @param {ColumnFacts} column
 * @param {(name: string, value: number | string | null) => void} hold
 * @param {() => void} onSettle
 * @returns {HeldField}
 */
function heldField(column, hold, onSettle) {
  const { name, kind, low, high } = column;
  if (kind === "numerical" && low !== null && high !== null && low < high) {
    const field = slider({ label: name, min: low, max: high, step: niceStep(low, high), onInput: (value) => hold(name, value), onSettle });
    return { ...field, set: (value) => field.set(typeof value === "number" ? value : low) };
  }
  if (kind === "categorical") {
    const options = column.categories.map((value) => ({ value, label: value }));
    options.push({ value: MISSING, label: axesStrings.missing });
    const field = choice({ label: name, options, onChange: (value) => hold(name, value === MISSING ? null : value) });
    return { ...field, set: (value) => field.set(value === null ? MISSING : `${value}`) };
  }
  const text = make("span");
  const element = make("div", { class: "field" }, make("span", { class: "label", text: name }), text);
  return { element, set: (value) => setText(text, `${value ?? axesStrings.missing}`), problem: () => undefined };
}

/**
 * Return the step of a slider between two numbers: 1, 2 or 5 times a power of ten, about a hundredth of the way.
 *
 * @param {number} low
 * @param {number} high
 */
export function niceStep(low, high) {
  const raw = (high - low) / 100;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) ?? 10;
  const nice = Number((step * power).toPrecision(6));
  return Number.isInteger(low) && Number.isInteger(high) && high - low >= 4 ? Math.max(1, nice) : nice;
}
