/**
 * Over which two columns maps are drawn, and where the others are held.
 *
 * @module
 */
import { choice } from "./controls.js";
import { make, show } from "./dom.js";
import { problemsAt } from "./field_problems.js";
import { heldValues } from "./held_values.js";
import { axesStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").DatasetFacts} DatasetFacts */

/**
 * Return the form of the view, which is there for tables of more than two columns.
 *
 * @param {App} app
 */
export function axesForm(app) {
  const { store, live } = app;
  const axes = [
    choice({ label: axesStrings.horizontal, onChange: (name) => chooseAxis(0, name) }),
    choice({ label: axesStrings.vertical, onChange: (name) => chooseAxis(1, name) }),
  ];
  const form = make(
    "section",
    { class: "panel", "aria-label": axesStrings.title, hidden: true },
    make("h3", { class: "panel-title", text: axesStrings.title }),
    make("div", { class: "pair" }, axes[0].element, axes[1].element),
    heldValues(app),
  );

  /** @param {0 | 1} position @param {string} name */
  function chooseAxis(position, name) {
    store.change("axes", ({ view }) => {
      const before = view.columns ?? live.dataset?.facts.axes ?? [name, name];
      view.columns = withAxis(before, position, name);
      view.held = Object.fromEntries(Object.entries(view.held).filter(([column]) => !view.columns?.includes(column)));
    });
  }

  live.on("dataset", (/** @type {DatasetFacts} */ facts) => {
    show(form, facts.columns.length > 2);
    const offered = facts.columns.filter((column) => column.is_axis).map(({ name }) => ({ value: name, label: name }));
    axes.forEach((field, position) => {
      field.offer(offered);
      field.set(facts.axes[position]);
    });
  });
  problemsAt(app, "view", { columns: axes[0] });
  return form;
}

/**
 * Return two axes with another column as one of them; if that is the other one, both change places.
 *
 * @param {[string, string]} axes
 * @param {0 | 1} position
 * @param {string} name
 * @returns {[string, string]}
 */
export function withAxis(axes, position, name) {
  const other = axes[1 - position] === name ? axes[position] : axes[1 - position];
  return position === 0 ? [name, other] : [other, name];
}
