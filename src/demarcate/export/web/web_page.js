/**
 * A page that predicts: a form for one row, and a place for a table. Nothing leaves the browser.
 *
 * @module
 */
import { answerPlace } from "./answer.js";
import { openGraph, unpacked } from "./computed.js";
import { element } from "./elements.js";
import { oneAtATime } from "./one_at_a_time.js";
import { rowFieldOf } from "./row_fields.js";
import { tablePart } from "./table_part.js";

/** @typedef {import("./computed.js").Predict} Predict */
/** @typedef {import("./facts.js").ModelFacts} ModelFacts */

/**
 * Build the page from what its document carries.
 *
 * @param {HTMLElement} main
 * @param {any} ort the module onnxruntime-web
 * @param {{facts: string, graph: string, runtime: string}} carried
 */
export async function openPage(main, ort, carried) {
  /** @type {ModelFacts} */ const facts = JSON.parse(carried.facts);
  try {
    const [runtime, graph] = await Promise.all([unpacked(carried.runtime), unpacked(carried.graph)]);
    ort.env.wasm.wasmBinary = runtime;
    ort.env.wasm.numThreads = 1;
    const predict = await openGraph(ort, graph, facts);
    main.replaceChildren(rowPart(facts, predict), tablePart(facts, predict));
  } catch (error) {
    const reason = `The model could not be started here (${error instanceof Error ? error.message : error}). Use a browser of 2023 or newer.`;
    main.replaceChildren(element("p", { class: "panel problem", role: "alert", text: reason }));
    throw error;
  }
}

/**
 * @param {ModelFacts} facts
 * @param {Predict} predict
 */
function rowPart(facts, predict) {
  const answer = answerPlace(facts);
  const fields = facts.columns.map((column) => rowFieldOf(column, () => void ask()));
  const ask = oneAtATime(async () => {
    const cells = fields.map((field) => field.read());
    const bad = fields.filter((_, place) => cells[place].problem !== undefined).map((field) => field.column.name);
    if (bad.length > 0) answer.refuse(`Correct ${bad.join(", ")}`);
    else answer.show((await predict([cells.map((cell) => cell.value)]))[0]);
  });

  const fill = (/** @type {(column: import("./facts.js").ColumnFacts) => string} */ cell) => {
    for (const field of fields) field.set(cell(field.column));
    void ask();
  };
  const typical = element("button", { type: "button", class: "button", text: "Usual values" });
  const empty = element("button", { type: "button", class: "button", text: "All missing" });
  typical.addEventListener("click", () => fill((column) => column.example));
  empty.addEventListener("click", () => fill(() => ""));
  fill((column) => column.example);
  const form = element("form", { class: "fields" }, ...fields.map((field) => field.element));
  form.addEventListener("submit", (event) => event.preventDefault());
  const said = element("div", { class: "beside" }, answer.element, element("p", { class: "hint", text: `Decided for ${facts.rule}.` }));
  return element(
    "section",
    { class: "panel", "aria-label": "One row" },
    element("h2", { text: "One row" }),
    said,
    element("div", { class: "buttons" }, typical, empty, element("p", { class: "hint", text: "An empty field is a missing value." })),
    form,
  );
}
