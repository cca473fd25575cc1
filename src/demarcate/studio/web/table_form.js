/**
 * A table of the person's own, the column to predict, and how its other columns are read.
 *
 * @module
 */
import { choice } from "./controls.js";
import { make, show } from "./dom.js";
import { problemsAt } from "./field_problems.js";
import { fileOpener } from "./file_opener.js";
import { tableStrings } from "./strings.js";
import { columnsForm } from "./table_columns.js";
import { EVEN_DECISION } from "./thresholds.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").TableFacts} TableFacts */

/**
 * Return the form of the table.
 *
 * @param {App} app
 */
export function tableForm(app) {
  const { store, live } = app;
  const opener = fileOpener(app, (facts) => {
    if (facts.kind === "table") take(facts);
    else facts.notices.forEach((notice) => app.notify(notice));
    update();
  });
  const table = choice({ label: tableStrings.table, onChange: (id) => take(live.tables.get(id)) });
  const target = choice({ label: tableStrings.target, onChange: predict });
  const columns = columnsForm(app);
  const form = make(
    "div",
    { class: "fields table-form" },
    ...opener.elements,
    table.element,
    target.element,
    columns.element,
  );

  /** @param {TableFacts | undefined} facts */
  function take(facts) {
    if (facts === undefined) return;
    store.change("table", ({ data, view, decision }) => {
      const own = { table: facts.id, target: facts.target, categorical: [], drop: [], added: [] };
      Object.assign(data, { source: "table", ...own });
      Object.assign(view, { columns: null, held: {}, probability_of: null });
      Object.assign(decision, EVEN_DECISION);
    });
    store.settle();
  }

  /** @param {string} name */
  function predict(name) {
    store.change("target", ({ data, view, decision }) => {
      data.target = name;
      view.probability_of = null;
      Object.assign(decision, EVEN_DECISION);
      for (const list of /** @type {const} */ (["drop", "categorical"])) data[list] = data[list].filter((each) => each !== name);
    });
  }

  function update() {
    const { data } = store.state();
    const facts = data.table === null ? undefined : live.tables.get(data.table);
    const tables = [...live.tables.values()].filter(({ kind }) => kind === "table");
    show(form, data.source === "table");
    table.offer(tables.map(({ id, name, n_rows: rows }) => ({ value: id, label: tableStrings.facts(name, rows) })));
    table.set(data.table ?? "");
    show(table.element, tables.length > 1);
    show(target.element, facts !== undefined);
    show(columns.element, facts !== undefined);
    if (facts === undefined) return;
    const options = facts.columns.map(({ name }) => ({ value: name, label: name }));
    target.offer(data.target === null ? [{ value: "", label: tableStrings.noTarget }, ...options] : options);
    target.set(data.target ?? "");
    columns.show(facts, data);
  }
  store.watch(update);
  live.on("welcome", update);
  const refused = { problem: opener.refuse };
  problemsAt(app, "data", { table: refused, target, drop: refused, categorical: refused });
  update();
  return form;
}
