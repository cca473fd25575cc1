/**
 * Over which two columns maps are drawn, and where the others are held.
 *
 * @module
 */
import { button, choice } from "./controls.js";
import { make, setText, show } from "./dom.js";
import { problemText, problemsAt } from "./field_problems.js";
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
 * Return the form of the view, which is there for tables of more than two columns.
 *
 * @param {App} app
 */
export function axesForm(app) {
  const { store, live } = app;
  const axis = (/** @type {0 | 1} */ position, /** @type {string} */ label) =>
    choice({ label, onChange: (name) => chooseAxis(position, name) });
  const axes = [axis(0, axesStrings.horizontal), axis(1, axesStrings.vertical)];
  const held = make("div", { class: "fields" });
  const heldTitle = make("summary");
  const typical = button({
    label: axesStrings.typical,
    icon: "reset",
    kind: "quiet",
    onClick: () => store.change("held", ({ view }) => (view.held = {})),
  });
  const details = make(
    "details",
    { class: "held" },
    heldTitle,
    make("p", { class: "hint", text: axesStrings.heldHint }),
    held,
    typical,
  );
  const form = make(
    "section",
    { class: "panel", "aria-label": axesStrings.title, hidden: true },
    make("h3", { class: "panel-title", text: axesStrings.title }),
    make("div", { class: "pair" }, axes[0].element, axes[1].element),
    details,
  );
  /** @type {Map<string, HeldField>} */ let fields = new Map();
  let made = "";

  /** @param {0 | 1} position @param {string} name */
  function chooseAxis(position, name) {
    store.change("axes", ({ view }) => {
      const [across, up] = view.columns ?? live.dataset?.facts.axes ?? [name, name];
      const other = position === 0 ? up : across;
      const mine = position === 0 ? across : up;
      const swapped = other === name ? mine : other;
      view.columns = position === 0 ? [name, swapped] : [swapped, name];
      view.held = Object.fromEntries(Object.entries(view.held).filter(([column]) => !view.columns?.includes(column)));
    });
  }

  /** @param {string} name @param {number | string | null} value */
  function hold(name, value) {
    store.change(`held ${name}`, ({ view }) => (view.held[name] = value));
  }

  live.on("dataset", (/** @type {DatasetFacts} */ facts) => {
    const others = facts.columns.filter(({ name }) => !facts.axes.includes(name));
    show(form, facts.columns.length > 2);
    const offered = facts.columns.filter((column) => column.is_axis).map(({ name }) => ({ value: name, label: name }));
    axes.forEach((field, position) => {
      field.offer(offered);
      field.set(facts.axes[position]);
    });
    const signature = JSON.stringify(others);
    if (signature !== made) {
      made = signature;
      const own = others.slice(0, MOST_HELD);
      fields = new Map(own.map((column) => [column.name, heldField(column, hold, store.settle)]));
      held.replaceChildren(...[...fields.values()].map((field) => field.element));
      if (others.length > own.length) held.append(make("p", { class: "hint", text: axesStrings.more(others.length - own.length) }));
      setText(heldTitle, axesStrings.held(others.length));
    }
    for (const [name, field] of fields) field.set(facts.held[name] ?? null);
  });
  live.on("problem", (/** @type {ProblemFacts} */ problem) => {
    const field = problem.where === "view" && problem.field ? fields.get(problem.field) : undefined;
    field?.problem(problemText(problem));
    return field !== undefined;
  });
  live.on("dataset", () => fields.forEach((field) => field.problem(null)));
  problemsAt(app, "view", { columns: axes[0] });
  return form;
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
