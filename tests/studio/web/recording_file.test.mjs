import assert from "node:assert/strict";
import test from "node:test";
import { gzipSync } from "node:zlib";

import { addUp, readRecording } from "../../../src/demarcate/studio/web/recording_file.js";

function messageBytes(kind, facts, arrays = []) {
  const layout = [];
  let end = 0;
  for (const [name, dtype, shape, data] of arrays) {
    layout.push({ name, dtype, shape, start: end });
    end += Math.ceil(data.byteLength / 8) * 8;
  }
  let text = JSON.stringify({ kind, facts, arrays: layout });
  text = text.padEnd(text.length + ((8 - ((4 + text.length) % 8)) % 8));
  const bytes = Buffer.alloc(4 + text.length + end);
  bytes.writeUInt32LE(text.length);
  bytes.write(text, 4);
  arrays.forEach(([, , , data], position) => {
    Buffer.from(data.buffer).copy(bytes, 4 + text.length + layout[position].start);
  });
  return bytes;
}

function fileOf(...records) {
  const parts = records.flatMap(([seconds, bytes]) => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(bytes.length);
    head.writeUInt32LE(1000 * seconds, 4);
    return [head, bytes];
  });
  return new Uint8Array(gzipSync(Buffer.concat(parts)));
}

const HEAD = messageBytes("recording", { format: 1, title: "moons", seconds: 1.5, n_messages: 1 });

test("differences add up to the map, and wrap around as they were taken", () => {
  const map = { shape: [1, 2, 3], data: Int8Array.from([100, 0, 100, 0, 1, 0]) };
  addUp(map, 0);
  assert.deepEqual([...map.data], [100, 100, -56, 100, 101, -55]);
});

test("a file has a title and messages with their times; maps are whole again", async () => {
  const frame = messageBytes("frame", { stored: { "0.logits": 3 }, cards: [] }, [
    ["0.logits", "int16", [1, 2, 2], Int16Array.from([5, 1, 1, 0])],
    ["0.train_loss", "float32", [2], Float32Array.from([0.5, 0.25])],
  ]);
  const { title, moments } = await readRecording(fileOf([0, HEAD], [1.5, frame]));
  assert.equal(title, "moons");
  assert.deepEqual(moments.map(({ seconds, message }) => [seconds, message.kind]), [[1.5, "frame"]]);
  assert.deepEqual([...moments[0].message.arrays["0.logits"].data], [40, 48, 48, 56]);
  assert.deepEqual([...moments[0].message.arrays["0.train_loss"].data], [0.5, 0.25]);
});

test("what is no recording says what it takes", async () => {
  const other = messageBytes("recording", { format: 2, title: "moons" });
  for (const bytes of [new Uint8Array([1, 2, 3]), fileOf(), fileOf([0, other]), fileOf([0, messageBytes("notice", {})])]) {
    await assert.rejects(readRecording(bytes), /no recording of a studio/);
  }
});
