/**
 * The data: where they come from, how they are split, which columns are seen.
 *
 * @module
 */
import { axesForm } from "./axes_form.js";
import { classBalance } from "./class_balance.js";
import { make, setText, show } from "./dom.js";
import { showWithoutData } from "./drawn_data.js";
import { paintForm } from "./paint_form.js";
import { sourceForm } from "./source_form.js";
import { splitForm } from "./split_form.js";
import { dataStrings } from "./strings.js";
import { tableForm } from "./table_form.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").DatasetFacts} DatasetFacts */

/**
 * Return the panels of the data, one below the other.
 *
 * @param {App} app
 */
export function dataPanel(app) {
  const title = make("p", { class: "hint data-title", role: "status" });
  const notices = make("details", { class: "data-notices", hidden: true });
  let about = "";
  const showTitle = () => setText(title, app.live.awaited === null ? about : dataStrings.reading(app.live.awaited));
  app.live.on("dataset", (/** @type {DatasetFacts} */ facts) => {
    const sampled = Object.values(facts.n_rows).reduce((sum, rows) => sum + rows, 0) > facts.n_shown;
    about = sampled ? `${facts.title}. ${dataStrings.sampled(facts.n_shown)}` : facts.title;
    showTitle();
    const lines = facts.notices.map((text) => make("li", { text }));
    notices.replaceChildren(make("summary", { text: dataStrings.notices(lines.length) }), make("ul", {}, ...lines));
    show(notices, lines.length > 0);
  });
  app.live.on("awaited", showTitle);
  showWithoutData(app);
  return make(
    "div",
    { class: "data-panels" },
    make(
      "div",
      { class: "panel" },
      make("div", { class: "panel-head" }, make("h3", { class: "panel-title", text: dataStrings.title }), title),
      sourceForm(app, tableForm(app)),
      notices,
      classBalance(app),
    ),
    paintForm(app),
    splitForm(app),
    axesForm(app),
  );
}
