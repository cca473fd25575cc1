import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeMessage } from "../../../src/demarcate/studio/web/messages.js";

/** The bytes of a message, as the session writes them. */
function encoded(kind, facts, arrays = {}) {
  const layout = [];
  const blocks = [];
  let end = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(arrays)) {
    layout.push({ name, dtype, shape, start: end });
    const block = new Uint8Array(Math.ceil(data.byteLength / 8) * 8);
    block.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    blocks.push(block);
    end += block.length;
  }
  let text = Buffer.from(JSON.stringify({ kind, facts, arrays: layout }));
  text = Buffer.concat([text, Buffer.alloc((8 - ((4 + text.length) % 8)) % 8, " ")]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return new Uint8Array(Buffer.concat([length, text, ...blocks]));
}

const LOGITS = { dtype: "int16", shape: [1, 2, 2], data: Int16Array.of(-300, 2, 3, 32767) };
const CODES = { dtype: "uint8", shape: [3], data: Uint8Array.of(0, 1, 2) };
const LOSS = { dtype: "float32", shape: [2], data: Float32Array.of(0.5, NaN) };

test("facts and arrays of every type come back", () => {
  const message = decodeMessage(encoded("frame", { revision: 3, label: "größe" }, { logits: LOGITS, codes: CODES, loss: LOSS }).buffer);
  assert.equal(message.kind, "frame");
  assert.deepEqual(message.facts, { revision: 3, label: "größe" });
  assert.deepEqual(message.arrays.logits, { shape: [1, 2, 2], data: LOGITS.data });
  assert.deepEqual(message.arrays.codes.data, CODES.data);
  assert.deepEqual(message.arrays.loss.data, LOSS.data);
});

test("bytes that do not begin at a multiple of 8 are read too", () => {
  const bytes = encoded("frame", {}, { logits: LOGITS });
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  assert.deepEqual(decodeMessage(shifted.subarray(3)).arrays.logits.data, LOGITS.data);
  assert.deepEqual(decodeMessage(new DataView(shifted.buffer, 3)).arrays.logits.data, LOGITS.data);
});

test("a message without arrays has none", () => {
  assert.deepEqual(decodeMessage(encoded("notice", { text: "…" }).buffer), { kind: "notice", facts: { text: "…" }, arrays: {} });
});

test("bytes that are no message are refused, at every length", () => {
  const bytes = encoded("frame", { revision: 1 }, { logits: LOGITS });
  for (let length = 0; length < bytes.length; length += 1) {
    assert.throws(() => decodeMessage(bytes.slice(0, length).buffer), Error, `${length} bytes`);
  }
  assert.throws(() => decodeMessage(encoded("frame", {}, { logits: { ...LOGITS, dtype: "float64" } }).buffer), /float64/);
});
