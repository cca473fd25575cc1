/**
 * The data: where they come from, how they are split, which columns are seen.
 *
 * @module
 */
import { make } from "./dom.js";
import { dataStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */

/**
 * Return the panel of the data.
 *
 * @param {App} app
 */
export function dataPanel(app) {
  const title = make("p", { class: "hint" });
  app.live.on("dataset", ({ title: text }) => (title.textContent = text));
  return make("div", { class: "panel" }, make("h2", { text: dataStrings.title }), title);
}
