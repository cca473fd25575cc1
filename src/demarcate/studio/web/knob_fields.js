/**
 * The knobs of rows that are generated.
 *
 * @module
 */
import { button, numberBox } from "./controls.js";
import { show } from "./dom.js";
import { problemsAt } from "./field_problems.js";
import { slider } from "./sliders.js";
import { dataStrings } from "./strings.js";
import { EVEN_DECISION } from "./thresholds.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").DataState} DataState */
/** @typedef {"n_samples" | "noise" | "factor" | "centers" | "cluster_std"} Knob */

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
 * Return the knobs of all generators, of which those of the present one are shown.
 *
 * @param {App} app
 * @returns {HTMLElement[]}
 */
export function knobFields(app) {
  const { store } = app;
  const limits = app.live.welcome?.limits ?? {};
  const samples = limits.samples ?? ROW_STOPS[ROW_STOPS.length - 1];
  const knob = (/** @type {Knob} */ name, /** @type {{min: number, max: number, step?: number, stops?: number[], isWhole?: boolean}} */ scale) =>
    slider({
      label: dataStrings.knobs[name],
      ...scale,
      onInput: (value) => setData(name, (data) => (data[name] = value)),
      onSettle: store.settle,
    });
  const knobs = {
    n_samples: knob("n_samples", { min: 10, max: samples, stops: ROW_STOPS.filter((rows) => rows <= samples), isWhole: true }),
    noise: knob("noise", { min: 0, max: 1, step: 0.01 }),
    factor: knob("factor", { min: 0, max: 0.95, step: 0.01 }),
    centers: knob("centers", { min: 2, max: limits.centers ?? 10, isWhole: true }),
    cluster_std: knob("cluster_std", { min: 0, max: 5, step: 0.1 }),
  };
  const draw = () => setData("draw", (data) => (data.random_state = otherSeed(data.random_state)));
  const seed = numberBox({
    label: dataStrings.seed,
    min: 0,
    max: LARGEST_SEED,
    beside: button({ title: dataStrings.draw, icon: "dice", onClick: draw }),
    onChange: (value) => setData("random_state", (data) => (data.random_state = value)),
  });

  /** @param {string} label @param {(data: DataState) => void} edit */
  function setData(label, edit) {
    store.change(`data ${label}`, ({ data, view, decision }) => {
      edit(data);
      if (data.source !== "blobs") return;
      if (decision.positive >= data.centers) Object.assign(decision, EVEN_DECISION);
      if ((view.probability_of ?? 0) >= data.centers) view.probability_of = null;
    });
  }

  function update() {
    const { data } = store.state();
    const shown = SOURCE_KNOBS[/** @type {keyof typeof SOURCE_KNOBS} */ (data.source)] ?? [];
    for (const [name, field] of /** @type {[Knob, ReturnType<typeof slider>][]} */ (Object.entries(knobs))) {
      show(field.element, shown.includes(name));
      field.set(data[name]);
    }
    show(seed.element, shown.length > 0);
    seed.set(data.random_state);
  }
  store.watch(update);
  problemsAt(app, "data", { ...knobs, random_state: seed });
  update();
  return [...Object.values(knobs), seed].map((field) => field.element);
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
