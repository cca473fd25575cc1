import assert from "node:assert/strict";
import { test } from "node:test";
import { createLive } from "../../../src/demarcate/studio/web/live.js";

/** A frame of one card, with the epochs that it has. */
function frame(revision, { id = "a", begin = 1, epochs = [], logits } = {}) {
  const curve = { shape: [epochs.length], data: Float32Array.from(epochs, (epoch) => 1 / epoch) };
  const names = ["train_loss", "train_accuracy", "monitored_loss", "monitored_accuracy"];
  const arrays = Object.fromEntries(names.map((name) => [`0.${name}`, curve]));
  arrays["0.epochs"] = { shape: [epochs.length], data: Int32Array.from(epochs) };
  if (logits !== undefined) arrays["0.logits"] = { shape: [1], data: Int16Array.of(logits) };
  return { kind: "frame", facts: { revision, number: 1, running: true, cards: [{ id, begin, epoch: epochs.at(-1) ?? 0 }] }, arrays };
}

function dataset(revision) {
  return rowsOf(revision, ["0", "1"], 20);
}

/** A data set with its classes and validation rows. */
function rowsOf(revision, classes, validation) {
  const facts = { revision, classes, monitored: "validation", n_rows: { train: 9, validation, test: 0 } };
  return { kind: "dataset", facts, arrays: {} };
}

test("curves grow with each frame", () => {
  const live = createLive();
  live.receive(frame(1, { epochs: [1, 2] }));
  live.receive(frame(1, { epochs: [3] }));
  assert.deepEqual(live.cards.get("a").curves.epochs, [1, 2, 3]);
  assert.equal(live.cards.get("a").curves.train_loss.length, 3);
});

test("epochs that come again, as after a lost connection, replace those that are there", () => {
  const live = createLive();
  live.receive(frame(1, { epochs: [1, 2, 3] }));
  live.receive(frame(1, { epochs: [2, 3, 4] }));
  assert.deepEqual(live.cards.get("a").curves.epochs, [1, 2, 3, 4]);
});

test("a card that is built again begins with nothing of before", () => {
  const live = createLive();
  live.receive(frame(1, { epochs: [1, 2], logits: 5 }));
  live.receive(frame(2, { begin: 2, epochs: [1] }));
  assert.deepEqual(live.cards.get("a").curves.epochs, [1]);
  assert.equal(live.cards.get("a").arrays.logits, undefined);
});

test("an array that a frame leaves out is that of the frame before", () => {
  const live = createLive();
  live.receive(frame(1, { logits: 5 }));
  live.receive(frame(1, { epochs: [1] }));
  assert.deepEqual([...live.cards.get("a").arrays.logits.data], [5]);
});

test("a message older than the newest is not shown, but its epochs are kept", () => {
  const live = createLive();
  live.receive(frame(2, { epochs: [1], logits: 5 }));
  live.receive(dataset(3));
  assert.equal(live.receive(frame(2, { epochs: [2], logits: 7 })), false);
  assert.equal(live.receive(dataset(1)), false);
  assert.equal(live.dataset.facts.revision, 3);
  assert.deepEqual([...live.cards.get("a").arrays.logits.data], [5]);
  assert.deepEqual(live.cards.get("a").curves.epochs, [1, 2]);
});

test("a session that begins anew may count from the beginning", () => {
  const live = createLive();
  live.receive(dataset(9));
  live.receive({ kind: "welcome", facts: { tables: [{ id: "t" }] }, arrays: {} });
  assert.equal(live.receive(dataset(1)), true);
  assert.deepEqual([...live.tables.keys()], ["t"]);
});

test("a card that is no longer shown is forgotten", () => {
  const live = createLive();
  live.receive(frame(1, { id: "a", epochs: [1] }));
  live.receive(frame(2, { id: "b" }));
  assert.deepEqual([...live.cards.keys()], ["b"]);
});

test("a listener that fails keeps no other from listening", (context) => {
  const live = createLive();
  const reported = context.mock.method(console, "error", () => undefined);
  const heard = [];
  live.on("notice", () => {
    throw new Error("mine");
  });
  const stop = live.on("notice", (facts) => heard.push(facts));
  live.emit("notice", 1);
  stop();
  live.emit("notice", 2);
  assert.deepEqual(heard, [1]);
  assert.equal(reported.mock.callCount(), 2);
});

test("what networks make of other classes or other rows is not shown over the new ones", () => {
  const live = createLive();
  const held = () => Object.keys(live.cards.get("a").arrays);
  const sent = () => {
    const message = frame(1, { logits: 5 });
    message.arrays["0.monitored_logits"] = { shape: [1], data: Int16Array.of(1) };
    live.receive(message);
  };
  live.receive(rowsOf(1, ["0", "1"], 20));
  sent();
  live.receive(rowsOf(1, ["0", "1"], 20));
  assert.deepEqual(held(), ["logits", "monitored_logits"]);
  live.receive(rowsOf(1, ["0", "1"], 30));
  assert.deepEqual(held(), ["logits"]);
  sent();
  live.receive(rowsOf(1, ["0", "1", "2"], 30));
  assert.deepEqual(held(), []);
});

test("what is set aside for other points stays away until the session has rows again", () => {
  const live = createLive();
  live.receive(rowsOf(1, ["0", "1"], 20));
  live.receive(frame(1, { epochs: [1] }));
  live.setAside(rowsOf(0, ["0", "1"], 0));
  assert.equal(live.receive(frame(2, { epochs: [2] })), false);
  assert.equal(live.cards.size, 0);
  live.receive(rowsOf(3, ["0", "1"], 20));
  assert.equal(live.receive(frame(3, { epochs: [1, 2] })), true);
});
