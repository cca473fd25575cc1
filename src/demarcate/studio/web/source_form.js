/**
 * Which rows there are, and the knobs of those that are generated.
 *
 * @module
 */
import { button, choice, numberBox, segments, toggle } from "./controls.js";
import { make, show } from "./dom.js";
import { problemsAt } from "./field_problems.js";
import { slider } from "./sliders.js";
import { sourcePicture } from "./source_pictures.js";
import { dataStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").DataState} DataState */
/** @typedef {DataState["source"]} SourceName */
/** @typedef {"n_samples" | "noise" | "factor" | "centers" | "cluster_std"} Knob */

/** @type {readonly SourceName[]} */
const SOURCE_NAMES = Object.freeze(["moons", "circles", "blobs", "heart", "table", "drawn"]);

/** The knobs of each generator. */
const SOURCE_KNOBS = Object.freeze({
  moons: ["n_samples", "noise"],
  circles: ["n_samples", "noise", "factor"],
  blobs: ["n_samples", "centers", "cluster_std"],
});
const ROW_STOPS = Object.freeze([50, 100, 150, 200, 300, 400, 500, 700, 1000, 1500, 2000, 3000, 5000, 10_000, 20_000]);
const LARGEST_SEED = 2 ** 31 - 1;
/** Other rows are drawn with a seed below this one, which is easy to remember. */
const SEEDS_DRAWN = 1000;

/**
 * Return the form of the source.
 *
 * @param {App} app
 * @param {HTMLElement} table the form of the person's own table
 */
export function sourceForm(app, table) {
  const { store, live } = app;
  const limits = live.welcome?.limits ?? {};
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
  const samples = limits.samples ?? ROW_STOPS[ROW_STOPS.length - 1];
  /** @type {Object<Knob, ReturnType<typeof slider>>} */
  const knobs = {
    n_samples: knob("n_samples", { min: 10, max: samples, stops: ROW_STOPS.filter((rows) => rows <= samples) }),
    noise: knob("noise", { min: 0, max: 1, step: 0.01 }),
    factor: knob("factor", { min: 0, max: 0.95, step: 0.01 }),
    centers: knob("centers", { min: 2, max: limits.centers ?? 10 }),
    cluster_std: knob("cluster_std", { min: 0, max: 5, step: 0.1 }),
  };
  const seed = numberBox({
    label: dataStrings.seed,
    min: 0,
    max: LARGEST_SEED,
    beside: button({
      title: dataStrings.draw,
      icon: "dice",
      onClick: () => setData("draw", (data) => (data.random_state = otherSeed(data.random_state))),
    }),
    onChange: (value) => setData("random_state", (data) => (data.random_state = value)),
  });
  const standardise = toggle({
    label: dataStrings.standardise,
    hint: dataStrings.standardiseHint,
    onChange: (on) => setData("standardise", (data) => (data.standardise = on)),
  });

  /** @param {string} label @param {(data: DataState) => void} edit */
  function setData(label, edit) {
    store.change(`data ${label}`, ({ data }) => edit(data));
  }

  /** @param {Knob} name @param {{min: number, max: number, step?: number, stops?: readonly number[]}} scale */
  function knob(name, scale) {
    return slider({
      label: dataStrings.knobs[name],
      ...scale,
      onInput: (value) => setData(name, (data) => (data[name] = value)),
      onSettle: store.settle,
    });
  }

  function update() {
    const { data } = store.state();
    const shown = SOURCE_KNOBS[/** @type {keyof typeof SOURCE_KNOBS} */ (data.source)] ?? [];
    sources.set(data.source);
    for (const [name, field] of /** @type {[Knob, ReturnType<typeof slider>][]} */ (Object.entries(knobs))) {
      show(field.element, shown.includes(name));
      field.set(data[name]);
    }
    show(seed.element, shown.length > 0);
    seed.set(data.random_state);
    standardise.set(data.standardise);
  }
  store.watch(update);
  problemsAt(app, "data", { ...knobs, random_state: seed, standardise });
  update();
  return make(
    "div",
    { class: "fields" },
    exampleChoice(app),
    sources.element,
    table,
    ...Object.values(knobs).map((field) => field.element),
    seed.element,
    standardise.element,
  );
}

/**
 * Whole pages to begin with: data, split and networks.
 *
 * @param {App} app
 */
function exampleChoice({ store, live }) {
  const presets = live.welcome?.presets ?? [];
  const examples = choice({
    label: dataStrings.examples,
    options: [
      { value: "", label: dataStrings.chooseExample },
      ...presets.map(({ name, title }) => ({ value: name, label: title })),
    ],
    onChange(name) {
      const preset = presets.find((each) => each.name === name);
      if (preset !== undefined) store.replace(preset.state);
      examples.set("");
    },
  });
  show(examples.element, presets.length > 0);
  return examples.element;
}

/**
 * Return a seed, other than the one there is.
 *
 * @param {number} seed
 */
export function otherSeed(seed) {
  const drawn = Math.floor(Math.random() * (SEEDS_DRAWN - 1));
  return drawn < seed ? drawn : drawn + 1;
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
  store.change("data source", ({ data, view }) => {
    Object.assign(data, begin, { source, added: [] });
    if (source === "table" && data.table === null && last !== undefined) Object.assign(data, { table: last.id, target: last.target });
    Object.assign(view, { columns: null, held: {}, probability_of: null });
  });
  store.settle();
  painter.choose(source === "drawn" ? "add" : "off", 0);
}
