/**
 * Which rows there are: of an example, a generator, the heart data, a table, or points set by hand.
 *
 * @module
 */
import { beginWith } from "./actions.js";
import { choice, segments, toggle } from "./controls.js";
import { make, show } from "./dom.js";
import { problemsAt } from "./field_problems.js";
import { knobFields } from "./knob_fields.js";
import { sourcePicture } from "./source_pictures.js";
import { dataStrings } from "./strings.js";
import { EVEN_DECISION } from "./thresholds.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").DataState} DataState */
/** @typedef {DataState["source"]} SourceName */

/** @type {readonly SourceName[]} */
const SOURCE_NAMES = Object.freeze(["moons", "circles", "blobs", "heart", "table", "drawn"]);

/**
 * Return the form of the source.
 *
 * @param {App} app
 * @param {HTMLElement} table the form of the person's own table
 */
export function sourceForm(app, table) {
  const { store } = app;
  const sources = segments({
    label: dataStrings.source,
    kind: "tiles",
    options: SOURCE_NAMES.map((value) => ({
      value,
      label: dataStrings.sources[value],
      title: dataStrings.sourceTitles[value],
      picture: sourcePicture(value),
    })),
    onChange: (value) => chooseSource(app, /** @type {SourceName} */ (value)),
  });
  const standardise = toggle({
    label: dataStrings.standardise,
    hint: dataStrings.standardiseHint,
    onChange: (on) => store.change("data standardise", ({ data }) => (data.standardise = on)),
  });

  function update() {
    const { data } = store.state();
    sources.set(data.source);
    standardise.set(data.standardise);
  }
  store.watch(update);
  problemsAt(app, "data", { standardise });
  update();
  const parts = [exampleChoice(app), sources.element, table, ...knobFields(app), standardise.element];
  return make("div", { class: "fields" }, ...parts);
}

/**
 * Whole pages to begin with: data, split and networks.
 *
 * @param {App} app
 */
function exampleChoice(app) {
  const presets = app.live.welcome?.presets ?? [];
  const examples = choice({
    label: dataStrings.examples,
    options: [
      { value: "", label: dataStrings.chooseExample },
      ...presets.map(({ name, title }) => ({ value: name, label: title })),
    ],
    onChange(name) {
      const preset = presets.find((each) => each.name === name);
      if (preset !== undefined) beginWith(app, preset.state);
      examples.set("");
    },
  });
  show(examples.element, presets.length > 0);
  return examples.element;
}

/**
 * Go over to another source, with the numbers that it begins with.
 *
 * @param {App} app
 * @param {SourceName} source
 */
function chooseSource({ store, live, painter }, source) {
  const begin = live.welcome?.sources?.[source] ?? {};
  const last = [...live.tables.values()].findLast(({ kind }) => kind === "table");
  store.change("data source", ({ data, view, decision }) => {
    Object.assign(data, begin, { source, added: [] });
    if (source === "table" && data.table === null && last !== undefined) Object.assign(data, { table: last.id, target: last.target });
    Object.assign(view, { columns: null, held: {}, probability_of: null });
    Object.assign(decision, EVEN_DECISION);
  });
  store.settle();
  painter.choose(source === "drawn" ? "add" : "off", 0);
}
