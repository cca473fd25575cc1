/**
 * A table of the reader's: read in the browser, predicted, shown, and saved with its predictions.
 *
 * @module
 */
import { readCell } from "./cells.js";
import { csvText, parseCsv } from "./csv_rows.js";
import { element, freshId } from "./elements.js";

/** @typedef {import("./computed.js").Predict} Predict */
/** @typedef {import("./computed.js").Prediction} Prediction */
/** @typedef {import("./facts.js").ModelFacts} ModelFacts */
/** @typedef {{names: string[], rows: string[][]}} Table */

const MAX_PROBLEMS = 10;
const MAX_SHOWN = 100;
const BLOCK_ROWS = 500;

/**
 * Return the part of the page for a table.
 *
 * @param {ModelFacts} facts
 * @param {Predict} predict
 */
export function tablePart(facts, predict) {
  const id = freshId("file");
  const file = element("input", { type: "file", id, accept: ".csv,.tsv,.txt,text/csv,text/tab-separated-values" });
  const drop = element("div", { class: "drop" }, element("label", { for: id, text: "A CSV file, chosen or dropped here" }), file);
  const status = element("p", { class: "status", role: "status" });
  const problems = element("ul", { class: "problems", hidden: true });
  const result = element("div", { class: "result", hidden: true });
  let newest = 0;

  /** @param {File} given */
  async function take(given) {
    newest += 1;
    const own = newest;
    result.hidden = problems.hidden = true;
    status.textContent = `Reading ${given.name} …`;
    try {
      const table = parseCsv(new TextDecoder("utf-8", { fatal: true }).decode(await given.arrayBuffer()));
      const { values, found, notes } = readTable(facts, table);
      if (found.length > 0) return refuse(found);
      /** @type {Prediction[]} */ const predictions = [];
      for (let start = 0; start < values.length; start += BLOCK_ROWS) {
        status.textContent = `Predicted ${start.toLocaleString("en")} of ${values.length.toLocaleString("en")} rows …`;
        predictions.push(...(await predict(values.slice(start, start + BLOCK_ROWS))));
        if (own !== newest) return undefined;
      }
      return show(given.name, table, predictions, notes);
    } catch (error) {
      const isText = !(error instanceof TypeError);
      return refuse([isText ? /** @type {Error} */ (error).message : "The file is no text in UTF-8. Save it as CSV in UTF-8."]);
    }
  }

  /** @param {string[]} found */
  function refuse(found) {
    status.textContent = found.length === 1 ? "There is a problem; nothing was predicted." : `There are ${found.length} problems; nothing was predicted.`;
    const more = found.length > MAX_PROBLEMS ? [`and ${found.length - MAX_PROBLEMS} more`] : [];
    problems.replaceChildren(...[...found.slice(0, MAX_PROBLEMS), ...more].map((text) => element("li", { text })));
    problems.hidden = false;
  }

  /**
   * @param {string} name
   * @param {Table} table
   * @param {Prediction[]} predictions
   * @param {string[]} notes
   */
  function show(name, { names, rows }, predictions, notes) {
    const own = ["prediction", ...facts.classes.map((each) => `probability_${each}`)];
    const cells = predictions.map(({ decision, probabilities }) => [decision === null ? "" : facts.classes[decision], ...probabilities]);
    const kept = names.map((each) => (own.includes(each) ? `input_${each}` : each));
    const text = csvText([[...kept, ...own], ...rows.map((row, place) => [...row, ...cells[place]])]);
    const link = element("a", { class: "button", download: `${name.replace(/\.[^.]*$/, "")}_predictions.csv`, text: "Save the predictions" });
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    const shown = cells.slice(0, MAX_SHOWN).map((each, place) => [place + 1, each[0], ...each.slice(1).map((share) => Number(share).toFixed(3))]);
    const head = element("tr", {}, ...["row", ...own].map((text) => element("th", { scope: "col", text })));
    const body = shown.map((each) => element("tr", {}, ...each.map((text) => element("td", { text }))));
    const view = element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
    const part = rows.length > MAX_SHOWN ? `The first ${MAX_SHOWN} of them are below. ` : "";
    status.textContent = `${rows.length.toLocaleString("en")} rows are predicted. ${part}${notes.join(" ")}`;
    result.replaceChildren(link, element("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": "Predictions" }, view));
    result.hidden = false;
  }

  file.addEventListener("change", () => file.files?.[0] && void take(file.files[0]));
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("is-over", kind === "dragenter" || kind === "dragover");
    });
  }
  drop.addEventListener("drop", (event) => {
    const given = event.dataTransfer?.files[0];
    if (given) void take(given);
  });
  return element("section", { class: "panel", "aria-label": "A table" }, element("h2", { text: "A table" }), drop, status, problems, result);
}

/**
 * Return the values of a table's rows in the order of the columns, all its problems, and notes.
 *
 * @param {ModelFacts} facts
 * @param {Table} table
 */
export function readTable({ columns }, { names, rows }) {
  const missing = columns.filter((column) => !names.includes(column.name)).map((column) => JSON.stringify(column.name));
  if (missing.length > 0) {
    const found = [`Missing ${missing.length === 1 ? "column" : "columns"}: ${missing.join(", ")}. Add ${missing.length === 1 ? "it" : "them"}; cells may be empty.`];
    return { values: [], found, notes: [] };
  }
  const places = columns.map((column) => names.indexOf(column.name));
  const unlike = columns.map(() => 0);
  /** @type {string[]} */ const found = [];
  const values = rows.map((row, number) =>
    columns.map((column, place) => {
      const { value, problem, note } = readCell(column, row[places[place]]);
      if (problem !== undefined) found.push(`Row ${number + 1}, column ${JSON.stringify(column.name)} ${problem}, and holds ${JSON.stringify(row[places[place]])}.`);
      if (note !== undefined) unlike[place] += 1;
      return value;
    }),
  );
  const notes = columns.flatMap(({ name }, place) => (unlike[place] > 0 ? [`${JSON.stringify(name)} is unlike the training rows in ${unlike[place]} of ${rows.length} rows.`] : []));
  return { values, found, notes };
}
