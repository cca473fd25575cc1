/**
 * A table of the person's own: dropped or opened, its target, and which of its columns are used, and how.
 *
 * @module
 */
import { button, choice } from "./controls.js";
import { make, setText, show } from "./dom.js";
import { problemText, problemsAt } from "./field_problems.js";
import { tableStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").TableFacts} TableFacts */

const ACCEPTED = ".csv,.tsv,.txt,.parquet,.arrow,.feather,.ipc,.jsonl,.ndjson,.gz,.safetensors";
const MOST_COLUMNS = 200;

/**
 * Return the form of the table. Files can be dropped anywhere on the page.
 *
 * @param {App} app
 */
export function tableForm(app) {
  const { store, live, source } = app;
  const reading = make("p", { class: "hint", role: "status", hidden: true });
  const refused = make("p", { class: "problem", role: "alert", hidden: true });
  const file = make("input", { type: "file", accept: ACCEPTED, class: "unseen", tabindex: "-1", "aria-hidden": "true" });
  const open = button({ label: tableStrings.open, icon: "open", onClick: () => file.click() });
  const zone = make("div", { class: "drop" }, make("p", { class: "hint", text: tableStrings.drop }), open, file);
  const cannot = make("p", { class: "hint", text: tableStrings.cannot });
  const table = choice({ label: tableStrings.table, onChange: (id) => take(live.tables.get(id)) });
  const target = choice({
    label: tableStrings.target,
    onChange: (name) => store.change("target", ({ data }) => Object.assign(data, { target: name, drop: data.drop.filter((each) => each !== name) })),
  });
  const columns = make("details", { class: "columns-form" });
  const form = make(
    "div",
    { class: "fields table-form" },
    source.upload === null ? cannot : zone,
    reading,
    refused,
    table.element,
    target.element,
    columns,
  );

  /** @param {string | null} text */
  function refuse(text) {
    setText(refused, text ?? "");
    show(refused, text !== null);
  }

  /** @param {TableFacts | undefined} facts */
  function take(facts) {
    if (facts === undefined) return;
    store.change("table", ({ data, view }) => {
      Object.assign(data, { source: "table", table: facts.id, target: facts.target, categorical: [], drop: [], added: [] });
      Object.assign(view, { columns: null, held: {}, probability_of: null });
    });
    store.settle();
  }

  /** @param {File} given */
  async function upload(given) {
    if (source.upload === null) return;
    setText(reading, tableStrings.reading(given.name));
    show(reading, true);
    refuse(null);
    try {
      const facts = /** @type {TableFacts} */ (await source.upload(given, "table"));
      live.tables.set(facts.id, facts);
      live.emit("tables", facts);
      if (facts.kind === "table") take(facts);
      for (const notice of facts.kind === "model" ? facts.notices : []) app.notify(notice);
      update();
    } catch (error) {
      const { fact = `${error}`, remedy } = /** @type {{fact?: string, remedy?: string}} */ (error);
      const text = problemText({ fact, remedy });
      refuse(text);
      if (store.state().data.source !== "table") app.notify(text, "problem");
    } finally {
      show(reading, false);
    }
  }

  file.addEventListener("change", () => {
    const [given] = file.files ?? [];
    if (given !== undefined) void upload(given);
    file.value = "";
  });
  acceptDrops(app.root, (given) => void upload(given));

  let made = "";
  function update() {
    const { data } = store.state();
    const facts = data.table === null ? undefined : live.tables.get(data.table);
    const tables = [...live.tables.values()].filter(({ kind }) => kind === "table");
    show(form, data.source === "table");
    table.offer(tables.map(({ id, name, n_rows: rows }) => ({ value: id, label: tableStrings.facts(name, rows) })));
    table.set(data.table ?? "");
    show(table.element, tables.length > 1);
    show(target.element, facts !== undefined);
    show(columns, facts !== undefined);
    if (facts === undefined) return;
    const options = facts.columns.map(({ name }) => ({ value: name, label: name }));
    target.offer(data.target === null ? [{ value: "", label: tableStrings.noTarget }, ...options] : options);
    target.set(data.target ?? "");
    const signature = JSON.stringify([data.table, data.target, data.drop, data.categorical]);
    if (signature === made) return;
    made = signature;
    const isOpen = columns.open;
    columns.replaceChildren(...columnRows(app, facts));
    columns.open = isOpen;
  }
  store.watch(update);
  live.on("welcome", update);
  problemsAt(app, "data", { table: { problem: refuse }, target, drop: { problem: refuse }, categorical: { problem: refuse } });
  update();
  return form;
}

/**
 * Return a table of a table's columns, each with what can be chosen about it.
 *
 * @param {App} app
 * @param {TableFacts} facts
 */
function columnRows({ store }, facts) {
  const { data } = store.state();
  const features = facts.columns.filter(({ name }) => name !== data.target);
  const rows = features.slice(0, MOST_COLUMNS).map((column) => {
    const { name, kind } = column;
    const toggled = (/** @type {"drop" | "categorical"} */ list, /** @type {boolean} */ on) =>
      store.change(`columns ${name}`, (draft) => {
        draft.data[list] = on ? [...draft.data[list], name] : draft.data[list].filter((each) => each !== name);
      });
    const use = check(tableStrings.useColumn(name), !data.drop.includes(name), (on) => toggled("drop", !on));
    const isNumber = kind === "numerical";
    const category = check(tableStrings.categoryColumn(name), data.categorical.includes(name), (on) => toggled("categorical", on));
    const known = tableStrings.kinds[/** @type {keyof typeof tableStrings.kinds} */ (kind)] ?? kind;
    const details = [known, tableStrings.values(column.n_distinct), column.missing > 0 ? tableStrings.missing(column.missing) : null];
    return make(
      "tr",
      {},
      make("td", {}, use),
      make("th", { scope: "row" }, name, make("span", { class: "hint", text: details.filter((each) => each !== null).join(", ") })),
      make("td", {}, isNumber ? category : null),
    );
  });
  const head = make(
    "tr",
    {},
    make("th", { scope: "col", text: tableStrings.use }),
    make("th", { scope: "col", text: tableStrings.column }),
    make("th", { scope: "col", text: tableStrings.asCategory }),
  );
  const used = features.filter(({ name }) => !data.drop.includes(name)).length;
  return [
    make("summary", { text: tableStrings.columns(used, features.length) }),
    make("div", { class: "columns-scroll", tabindex: "0" }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows))),
    features.length > rows.length ? make("p", { class: "hint", text: tableStrings.more(features.length - rows.length) }) : "",
  ];
}

/** @param {string} label @param {boolean} checked @param {(on: boolean) => void} onChange */
function check(label, checked, onChange) {
  const input = make("input", { type: "checkbox", "aria-label": label, on: { change: () => onChange(input.checked) } });
  input.checked = checked;
  return input;
}

/**
 * Take files that are dropped on an element.
 *
 * @param {HTMLElement} target
 * @param {(file: File) => void} take
 */
function acceptDrops(target, take) {
  const hasFile = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  target.addEventListener("dragover", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    target.classList.add("is-dropping");
  });
  target.addEventListener("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node && target.contains(event.relatedTarget))) target.classList.remove("is-dropping");
  });
  target.addEventListener("drop", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    target.classList.remove("is-dropping");
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined) take(file);
  });
}
