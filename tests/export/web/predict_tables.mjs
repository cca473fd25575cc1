/**
 * Predicts tables as a page does: reads a JSON list of `{facts, graph, table}`, the last two paths, on standard input, and writes
 * for each the `decisions` and `probabilities`, or the `problems` that the page would show.
 */
import fs from "node:fs";
import * as ort from "onnxruntime-web";
import { openGraph } from "../../../src/demarcate/export/web/computed.js";
import { parseCsv } from "../../../src/demarcate/export/web/csv_rows.js";
import { readTable } from "../../../src/demarcate/export/web/table_part.js";

ort.env.wasm.numThreads = 1;
const answers = [];
for (const { facts, graph, table } of JSON.parse(fs.readFileSync(0, "utf-8"))) {
  const { values, found, notes } = readTable(facts, parseCsv(fs.readFileSync(table, "utf-8")));
  if (found.length > 0) {
    answers.push({ problems: found });
    continue;
  }
  const predict = await openGraph(ort, fs.readFileSync(graph), facts);
  const predictions = await predict(values);
  answers.push({ decisions: predictions.map((each) => each.decision), probabilities: predictions.map((each) => each.probabilities), notes });
}
console.log(JSON.stringify(answers));
