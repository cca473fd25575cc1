/**
 * Decodes the bytes of one message, whatever carried them.
 *
 * @module
 */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").ArrayView} ArrayView */

const VIEWS = Object.freeze({
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
});

/**
 * Return the message that bytes hold. Arrays are views of the bytes, not copies, where the bytes begin at a multiple of 8.
 *
 * @param {ArrayBuffer | ArrayBufferView} bytes
 * @returns {Message}
 * @throws {Error} if the bytes are not a message
 */
export function decodeMessage(bytes) {
  const { buffer, start, length } = aligned(bytes);
  if (length < 4) throw new Error("a message has at least 4 bytes");
  const textLength = new DataView(buffer, start, 4).getUint32(0, true);
  if (4 + textLength > length) throw new Error("a message ends within its facts");
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, start + 4, textLength)));
  if (typeof head?.kind !== "string" || !Array.isArray(head.arrays)) throw new Error("a message has a kind and arrays");
  /** @type {Object<string, ArrayView>} */
  const arrays = {};
  for (const { name, dtype, shape, start: offset } of head.arrays) {
    const View = VIEWS[/** @type {keyof typeof VIEWS} */ (dtype)];
    if (View === undefined) throw new Error(`a message has no arrays of ${dtype}`);
    const count = shape.reduce((/** @type {number} */ product, /** @type {number} */ size) => product * size, 1);
    arrays[name] = { shape, data: new View(buffer, start + 4 + textLength + offset, count) };
  }
  return { kind: head.kind, facts: head.facts ?? {}, arrays };
}

/**
 * Return bytes where views of every type can begin.
 *
 * @param {ArrayBuffer | ArrayBufferView} bytes
 */
function aligned(bytes) {
  if (bytes instanceof ArrayBuffer) return { buffer: bytes, start: 0, length: bytes.byteLength };
  const { buffer, byteOffset, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && byteOffset % 8 === 0) return { buffer, start: byteOffset, length: byteLength };
  const copy = new Uint8Array(byteLength);
  copy.set(new Uint8Array(buffer, byteOffset, byteLength));
  return { buffer: copy.buffer, start: 0, length: byteLength };
}
