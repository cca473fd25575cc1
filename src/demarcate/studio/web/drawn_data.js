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
 * Say that data are being read until the session has sent them. Where they cannot be trained on, show points that are too
 * few as they are, and of any other source nothing: what was found on other rows is not of these.
 *
 * @param {App} app
 */
export function showWithoutData({ store, live, source }) {
  /** @type {{revision: number, key: string}[]} the data of each revision that has others than the one before */
  let asked = [{ revision: store.revision(), key: dataKey(store.state()) }];
  let shown = "";

  function tell() {
    const { source: from, table } = store.state().data;
    const name = from === "table" ? live.tables.get(table ?? "")?.name : undefined;
    const isThere = from === "drawn" || dataKey(store.state()) === shown;
    const next = isThere ? null : (name ?? dataStrings.sources[from]);
    if (next === live.awaited) return;
    live.awaited = next;
    live.emit("awaited", next);
  }

  store.watch((state) => {
    const key = dataKey(state);
    if (key !== asked[asked.length - 1].key) asked.push({ revision: store.revision(), key });
    tell();
  });
  live.on("dataset", (/** @type {DatasetFacts} */ { revision }) => {
    if (live.isSetAside) return;
    asked = asked.slice(Math.max(0, asked.findLastIndex((each) => each.revision <= revision)));
    shown = asked[0].key;
    tell();
  });
  live.on("problem", (/** @type {ProblemFacts} */ { where, field, fact, revision }) => {
    const state = store.state();
    if (revision !== undefined && revision !== store.revision()) return false;
    const isDrawn = state.data.source === "drawn" && field === "added";
    const hasNone = where === "data" && (isDrawn || field === "table");
    if (!hasNone && (live.awaited === null || !["data", "view", "card", "connection"].includes(where))) return false;
    if (!live.isSetAside) source.send({ type: "pause" });
    const title = isDrawn ? dataStrings.drawnTitle(paintStrings.count(state.data.added.length)) : fact;
    live.setAside(drawnDataset(state, live.welcome?.canvas ?? [...BLANK_EXTENT], title));
    shown = dataKey(state);
    tell();
    shown = "";
    return false;
  });
  tell();
}

/**
 * Return what data are of, as text: of other knobs, splits and points the last ones are shown until the next are there.
 *
 * @param {State} state
 */
function dataKey({ data }) {
  return JSON.stringify([data.source, data.table, data.target, data.drop, data.categorical]);
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
  const isDrawn = data.source === "drawn";
  const classes = isDrawn ? Array.from({ length: most + 1 }, (_, code) => `${code}`) : [];
  const shares = classes.map((label, code) => [label, n === 0 ? 0 : added.filter((point) => point[2] === code).length / n]);
  /** @type {[string, string]} */ const axes = ["x1", "x2"];
  /** @type {DatasetFacts} */
  const facts = {
    revision: 0,
    title,
    classes,
    columns: (isDrawn ? axes : []).map((name) => ({ name, kind: "numerical", categories: [], low: null, high: null, typical: null, is_axis: true })),
    axes,
    extent,
    held: {},
    caption: "",
    n_rows: { train: n, validation: 0, test: 0 },
    n_shown: n,
    monitored: split.validation > 0 ? "validation" : "test",
    target: "label",
    can_add: isDrawn,
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
