/**
 * What is shown while there is nothing to train on: points drawn by hand that are too few, or no table yet.
 *
 * @module
 */
import { dataStrings, paintStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").DatasetFacts} DatasetFacts */
/** @typedef {import("./types.js").ProblemFacts} ProblemFacts */
/** @typedef {import("./types.js").State} State */

/** The extent of a map of nothing, unless the session says another. */
const BLANK_EXTENT = Object.freeze(/** @type {const} */ ([-3, 3, -3, 3]));

/**
 * Show points that are too few to train on as they are, and nothing where no table is open.
 *
 * @param {App} app
 */
export function showWithoutData({ store, live }) {
  live.on("problem", (/** @type {ProblemFacts} */ { where, field, fact }) => {
    const state = store.state();
    const { source, added, table } = state.data;
    const isDrawn = source === "drawn" && field === "added";
    if (where !== "data" || !(isDrawn || (source === "table" && table === null))) return false;
    const title = isDrawn ? dataStrings.drawnTitle(paintStrings.count(added.length)) : fact;
    live.setAside(drawnDataset(state, live.welcome?.canvas ?? [...BLANK_EXTENT], title));
    return false;
  });
}

/**
 * Return a data set of the points drawn by hand.
 *
 * @param {State} state
 * @param {[number, number, number, number]} extent
 * @param {string} title
 * @returns {NonNullable<App["live"]["dataset"]>}
 */
export function drawnDataset({ data, split }, extent, title) {
  const { added } = data;
  const n = added.length;
  const most = Math.max(1, ...added.map(([, , code]) => code));
  const classes = Array.from({ length: most + 1 }, (_, code) => `${code}`);
  const shares = classes.map((label, code) => [label, n === 0 ? 0 : added.filter((point) => point[2] === code).length / n]);
  /** @type {[string, string]} */ const axes = ["x1", "x2"];
  /** @type {DatasetFacts} */
  const facts = {
    revision: 0,
    title,
    classes,
    columns: axes.map((name) => ({ name, kind: "numerical", categories: [], low: null, high: null, typical: null, is_axis: true })),
    axes,
    extent,
    held: {},
    caption: "",
    n_rows: { train: n, validation: 0, test: 0 },
    n_shown: n,
    monitored: split.validation > 0 ? "validation" : "test",
    target: "label",
    can_add: data.source === "drawn",
    notices: [],
    balance: { rows: n, shares: Object.fromEntries(shares) },
  };
  const arrays = {
    points: { shape: [n, 2], data: Float32Array.from(added.flatMap(([x, y]) => [x, y])) },
    codes: { shape: [n], data: Uint8Array.from(added, ([, , code]) => code) },
    parts: { shape: [n], data: new Uint8Array(n) },
    validation_codes: { shape: [0], data: new Uint8Array(0) },
  };
  return { facts, arrays };
}
