/**
 * The model as onnxruntime computes it.
 *
 * @module
 */

/** @typedef {import("./facts.js").ModelFacts} ModelFacts */
/** @typedef {{decision: number | null, probabilities: number[]}} Prediction a class's place, or none, and each class's share */
/** @typedef {(rows: (number | string)[][]) => Promise<Prediction[]>} Predict */

/**
 * Return the bytes in base64 of a gzip file.
 *
 * @param {string} text
 */
export async function unpacked(text) {
  const packed = Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * Return what predicts rows, whose values are in the order of the columns.
 *
 * @param {any} ort the module onnxruntime-web
 * @param {Uint8Array} graph
 * @param {ModelFacts} facts
 * @returns {Promise<Predict>}
 */
export async function openGraph(ort, graph, facts) {
  const session = await ort.InferenceSession.create(graph, { executionProviders: ["wasm"], logSeverityLevel: 3 });
  let before = Promise.resolve();
  return (rows) => {
    // A session computes one question at a time.
    const answer = before.then(() => run(ort, session, facts, rows));
    before = answer.then(
      () => undefined,
      () => undefined,
    );
    return answer;
  };
}

/**
 * @param {any} ort
 * @param {any} session
 * @param {ModelFacts} facts
 * @param {(number | string)[][]} rows
 * @returns {Promise<Prediction[]>}
 */
async function run(ort, session, { columns, classes, labels }, rows) {
  const shape = [rows.length, 1];
  /** @type {Object<string, any>} */ const feeds = {};
  columns.forEach((column, place) => {
    const cells = rows.map((row) => row[place]);
    feeds[column.name] = column.isText
      ? new ort.Tensor("string", cells, shape)
      : new ort.Tensor("float64", Float64Array.from(/** @type {number[]} */ (cells)), shape);
  });
  const outputs = await session.run(feeds);
  const [label, probabilities] = session.outputNames.map((/** @type {string} */ name) => outputs[name].data);
  const k = classes.length;
  return rows.map((_, row) => {
    // 64-bit whole numbers come as BigInt.
    const code = labels.indexOf(typeof label[row] === "bigint" ? `${label[row]}` : label[row]);
    return { decision: code < k ? code : null, probabilities: Array.from(probabilities.slice(row * k, row * k + k)) };
  });
}
