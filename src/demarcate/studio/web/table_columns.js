/**
 * The columns of a table: which are used, and which numbers are names.
 *
 * @module
 */
import { make, setText } from "./dom.js";
import { tableStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").DataState} DataState */
/** @typedef {import("./types.js").TableFacts} TableFacts */
/** @typedef {TableFacts["columns"][number]} TableColumn */

/** So many columns have a line of their own. */
const MOST_COLUMNS = 200;

/**
 * Return the form of the columns, closed at first.
 *
 * @param {App} app
 */
export function columnsForm({ store }) {
  const summary = make("summary");
  const lines = make("tbody");
  const more = make("p", { class: "hint" });
  const head = [tableStrings.use, tableStrings.column, tableStrings.asCategory];
  const table = make(
    "table",
    {},
    make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col", text })))),
    lines,
  );
  const element = make(
    "details",
    { class: "columns-form" },
    summary,
    make("div", { class: "columns-scroll", tabindex: "0", role: "group", "aria-label": tableStrings.column }, table),
    more,
  );
  /** @type {ReturnType<typeof columnLine>[]} */ let shown = [];
  let made = "";

  /** @param {"drop" | "categorical"} list @param {string} name @param {boolean} on */
  function choose(list, name, on) {
    store.change(`columns ${list} ${name}`, ({ data }) => {
      data[list] = on ? [...data[list], name] : data[list].filter((each) => each !== name);
    });
  }

  return {
    element,
    /** @param {TableFacts} facts @param {DataState} data */
    show(facts, data) {
      const features = facts.columns.filter(({ name }) => name !== data.target);
      const signature = JSON.stringify([facts.id, data.target]);
      if (signature !== made) {
        made = signature;
        shown = features.slice(0, MOST_COLUMNS).map((column) => columnLine(column, choose));
        lines.replaceChildren(...shown.map((line) => line.element));
        setText(more, features.length > shown.length ? tableStrings.more(features.length - shown.length) : "");
      }
      for (const line of shown) line.set(data);
      const used = features.filter(({ name }) => !data.drop.includes(name)).length;
      setText(summary, tableStrings.columns(used, features.length));
    },
  };
}

/**
 * @param {TableColumn} column
 * @param {(list: "drop" | "categorical", name: string, on: boolean) => void} choose
 */
function columnLine({ name, kind, n_distinct: distinct, missing }, choose) {
  const use = make("input", {
    type: "checkbox",
    "aria-label": tableStrings.useColumn(name),
    on: { change: () => choose("drop", name, !use.checked) },
  });
  const category = make("input", {
    type: "checkbox",
    "aria-label": tableStrings.categoryColumn(name),
    on: { change: () => choose("categorical", name, category.checked) },
  });
  const known = tableStrings.kinds[/** @type {keyof typeof tableStrings.kinds} */ (kind)] ?? kind;
  const about = [known, tableStrings.values(distinct), ...(missing > 0 ? [tableStrings.missing(missing)] : [])];
  const element = make(
    "tr",
    {},
    make("td", {}, use),
    make("th", { scope: "row" }, name, make("span", { class: "hint", text: about.join(", ") })),
    make("td", {}, kind === "numerical" ? category : null),
  );
  return {
    element,
    /** @param {DataState} data */
    set(data) {
      use.checked = !data.drop.includes(name);
      category.checked = data.categorical.includes(name);
    },
  };
}
