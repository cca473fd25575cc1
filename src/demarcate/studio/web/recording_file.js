/**
 * Reads the file of a recording: a gzip stream of messages with their times.
 *
 * @module
 */

import { decodeMessage } from "./messages.js";
import { recordedStrings } from "./strings.js";

/**
 * A message and when it came.
 *
 * @typedef {{seconds: number, message: import("./types.js").Message}} Moment
 */

const RECORDING_FORMAT = 1;

/**
 * The title of a recording and its moments, from the bytes of its file.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<{title: string, moments: Moment[]}>}
 */
export async function readRecording(bytes) {
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const content = await new Response(unpacked).arrayBuffer().catch(() => new ArrayBuffer(0));
  const view = new DataView(content);
  const moments = [];
  for (let start = 0; start < content.byteLength; ) {
    const end = start + 8 + view.getUint32(start, true);
    const message = decodeMessage(content.slice(start + 8, end));
    for (const [name, bits] of Object.entries(message.facts.stored ?? {})) addUp(message.arrays[name], bits);
    moments.push({ seconds: view.getUint32(start + 4, true) / 1000, message });
    start = end;
  }
  const [first, ...rest] = moments;
  const known = first?.message.kind === "recording" && first.message.facts.format === RECORDING_FORMAT;
  if (!known) throw new Error(recordedStrings.unreadable);
  return { title: first.message.facts.title, moments: rest };
}

/**
 * Turn differences to the neighbours below and to the left into the map (..., height, width) itself, in place.
 *
 * @param {import("./types.js").ArrayView} map
 * @param {number} bits those that its numbers lost
 */
export function addUp({ shape, data }, bits) {
  const [height, width] = shape.slice(-2);
  const size = height * width;
  for (let start = 0; start < data.length; start += size) {
    for (let place = start + width; place < start + size; place += 1) data[place] += data[place - width];
    for (let place = start; place < start + size; place += 1) {
      if ((place - start) % width) data[place] += data[place - 1];
    }
  }
  for (let place = 0; place < data.length; place += 1) data[place] <<= bits;
}
