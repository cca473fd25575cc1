/**
 * Form controls with a label and a place for what is wrong with them; sliders are in sliders.js.
 *
 * @module
 */
import { make, setAttribute, setText, show, uniqueId } from "./dom.js";
import { icon } from "./icons.js";
import { typedNumber } from "./typed_number.js";

/** @typedef {import("./icons.js").IconName} IconName */

/**
 * @template Value
 * @typedef {object} Field
 * @property {HTMLElement} element
 * @property {(value: Value) => void} set shows a value; a control that has the focus and shows it already is left alone
 * @property {(disabled: boolean) => void} disable
 * @property {(text: string | null) => void} problem shows what is wrong with it, or nothing
 */

/**
 * Return a button.
 *
 * @param {object} options
 * @param {string} [options.label] its text; without it only the icon is shown
 * @param {string} [options.title] what it does, where the text does not say it
 * @param {IconName} [options.icon]
 * @param {string} [options.kind] further classes such as "primary" or "quiet"
 * @param {string} [options.keys] the key that does the same
 * @param {() => void} options.onClick
 */
export function button({ label, title, icon: name, kind = "", keys, onClick }) {
  return make(
    "button",
    {
      type: "button",
      class: `button ${label === undefined ? "icon-only" : ""} ${kind}`.replace(/\s+/g, " ").trim(),
      title: title === undefined ? null : keys === undefined ? title : `${title} (${keys})`,
      "aria-label": label === undefined ? title : null,
      "aria-keyshortcuts": keys,
      on: { click: onClick },
    },
    name === undefined ? null : icon(name),
    label === undefined ? null : make("span", { text: label }),
  );
}

/**
 * Return a box for a whole number.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {number} options.min
 * @param {number} options.max
 * @param {string} [options.hint]
 * @param {HTMLElement} [options.beside] such as a button
 * @param {(value: number) => void} options.onChange
 * @returns {Field<number>}
 */
export function numberBox({ label, min, max, hint, beside, onChange }) {
  const id = uniqueId("number");
  const box = make("input", { type: "number", id, min, max, step: 1 });
  const frame = fieldFrame(label, id, hint, beside === undefined ? [box] : [box, beside], "number");
  const problem = (/** @type {string | null} */ text) => frame.problem(text, [box]);
  return {
    element: frame.element,
    set: typedNumber(box, { min, max, isWhole: true }, onChange, problem),
    disable: (disabled) => void (box.disabled = disabled),
    problem,
  };
}

/**
 * @typedef {object} Option
 * @property {string} value
 * @property {string} label
 * @property {string} [title]
 */

/**
 * Return a list to choose from.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {readonly Option[]} [options.options]
 * @param {string} [options.hint]
 * @param {(value: string) => void} options.onChange
 * @returns {Field<string> & {offer: (options: readonly Option[]) => void}}
 */
export function choice({ label, options = [], hint, onChange }) {
  const id = uniqueId("choice");
  const list = make("select", { id, on: { change: () => onChange(list.value) } });
  const frame = fieldFrame(label, id, hint, [list], "choice");
  let offered = "";

  /** @param {readonly Option[]} next */
  function offer(next) {
    const signature = JSON.stringify(next);
    if (signature === offered) return;
    offered = signature;
    const { value } = list;
    list.replaceChildren(...next.map((each) => make("option", { value: each.value, title: each.title, text: each.label })));
    list.value = value;
  }

  offer(options);
  return {
    element: frame.element,
    offer,
    set(value) {
      if (list.value !== value) list.value = value;
    },
    disable: (disabled) => void (list.disabled = disabled),
    problem: (text) => frame.problem(text, [list]),
  };
}

/**
 * Return a few alternatives side by side, of which one holds.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {readonly (Option & {picture?: Node})[]} options.options
 * @param {string} [options.kind] a further class
 * @param {(value: string) => void} options.onChange
 * @returns {Field<string>}
 */
export function segments({ label, options, kind = "", onChange }) {
  const name = uniqueId("segments");
  const inputs = options.map(({ value }) => make("input", { type: "radio", name, value, class: "unseen" }));
  const parts = options.map((each, position) =>
    make("label", { class: "segment", title: each.title }, inputs[position], each.picture, make("span", { text: each.label })),
  );
  const element = make(
    "fieldset",
    { class: `field segments ${kind}`.trim(), on: { change: (event) => onChange(event.target.value) } },
    make("legend", { text: label }),
    make("div", { class: "segment-row" }, ...parts),
  );
  return {
    element,
    set(value) {
      for (const input of inputs) if (input.checked !== (input.value === value)) input.checked = input.value === value;
    },
    disable: (disabled) => void (element.disabled = disabled),
    problem: () => undefined,
  };
}

/**
 * Return a switch.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {string} [options.hint]
 * @param {(on: boolean) => void} options.onChange
 * @returns {Field<boolean>}
 */
export function toggle({ label, hint, onChange }) {
  const id = uniqueId("toggle");
  const input = make("input", { type: "checkbox", id, class: "switch", on: { change: () => onChange(input.checked) } });
  const described = hint === undefined ? null : make("p", { class: "hint", id: uniqueId("hint"), text: hint });
  if (described !== null) input.setAttribute("aria-describedby", described.id);
  const line = make("div", { class: "toggle-line" }, make("label", { for: id, text: label }), input);
  return {
    element: make("div", { class: "field toggle" }, line, described),
    set(on) {
      if (input.checked !== on) input.checked = on;
    },
    disable: (disabled) => void (input.disabled = disabled),
    problem: () => undefined,
  };
}

/**
 * Return a label above controls, with places for a hint and a problem.
 *
 * @param {string} label
 * @param {string} id of the control that is labelled
 * @param {string | undefined} hint
 * @param {HTMLElement[]} controls
 * @param {string} kind
 */
export function fieldFrame(label, id, hint, controls, kind) {
  const problemText = make("p", { class: "problem", id: uniqueId("problem"), role: "alert", hidden: true });
  const hintText = hint === undefined ? null : make("p", { class: "hint", id: uniqueId("hint"), text: hint });
  if (hintText !== null) controls[0].setAttribute("aria-describedby", hintText.id);
  const element = make(
    "div",
    { class: `field ${kind}` },
    make("label", { for: id, text: label }),
    make("div", { class: "field-line" }, ...controls),
    hintText,
    problemText,
  );
  return {
    element,
    /** @param {string | null} text @param {HTMLElement[]} inputs */
    problem(text, inputs) {
      setText(problemText, text ?? "");
      show(problemText, text !== null);
      for (const input of inputs) {
        setAttribute(input, "aria-invalid", text === null ? null : "true");
        setAttribute(input, "aria-describedby", text === null ? (hintText?.id ?? null) : problemText.id);
      }
    },
  };
}
