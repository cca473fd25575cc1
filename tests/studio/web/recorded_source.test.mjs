import assert from "node:assert/strict";
import test from "node:test";

import { recordedSource, shownAt } from "../../../src/demarcate/studio/web/recorded_source.js";

const array = (...numbers) => ({ shape: [numbers.length], data: Float32Array.from(numbers) });
const map = (value) => ({ shape: [1, 1, 1], data: Int16Array.from([value]) });
const dataset = (title) => ({ kind: "dataset", facts: { revision: 7, title }, arrays: {} });

function frame(epoch, arrays, { begin = 1 } = {}) {
  const cards = [{ id: "a", begin, epoch, status: "paused" }];
  return { kind: "frame", facts: { revision: 7, number: epoch, running: true, cards }, arrays };
}

const MOMENTS = [
  { seconds: 0, message: { kind: "welcome", facts: { state: {} }, arrays: {} } },
  { seconds: 0, message: dataset("moons") },
  { seconds: 1, message: frame(1, { "0.logits": map(1), "0.train_loss": array(0.9) }) },
  { seconds: 2, message: frame(3, { "0.train_loss": array(0.8, 0.7) }) },
  { seconds: 3, message: frame(4, { "0.logits": map(4), "0.train_loss": array(0.6) }) },
];

function played() {
  const clock = { time: 0, tasks: [], now: () => clock.time, later: (task) => clock.tasks.push(task) };
  const messages = [];
  const source = recordedSource(MOMENTS, clock);
  source.listen((message) => messages.push(message));
  const pass = (seconds) => {
    clock.time += 1000 * seconds;
    clock.tasks.splice(0).forEach((task) => task());
  };
  pass(0);
  return { source, pass, messages, last: () => messages.at(-1) };
}

test("a moment has all epochs so far and the latest map ", () => {
  const [data, whole] = shownAt(MOMENTS, 3);
  assert.equal(data.facts.title, "moons");
  assert.deepEqual([...whole.arrays["0.train_loss"].data], [0.9, 0.8, 0.7].map(Math.fround));
  assert.equal(whole.arrays["0.logits"].data[0], 1);
  assert.equal(whole.facts.cards[0].epoch, 3);
});

test("epochs before a card was built anew are not among its curves", () => {
  const moments = [...MOMENTS, { seconds: 4, message: frame(1, { "0.train_loss": array(0.5) }, { begin: 2 }) }];
  const [, whole] = shownAt(moments, 5);
  assert.deepEqual([...whole.arrays["0.train_loss"].data], [0.5]);
  assert.equal(whole.arrays["0.logits"], undefined);
});

test("the page is welcomed, and sees the end when it has sent its state", () => {
  const { source, pass, messages } = played();
  assert.deepEqual(messages.map(({ kind }) => kind), ["welcome"]);
  source.send({ type: "state", revision: 3, state: {} });
  pass(0);
  assert.deepEqual(messages.map(({ kind }) => kind), ["welcome", "dataset", "frame"]);
  const { facts } = messages.at(-1);
  assert.deepEqual([facts.revision, facts.running, facts.cards[0].epoch], [3, false, 4]);
  assert.equal(facts.cards[0].status, "paused");
});

test("only the last of several states is answered", () => {
  const { source, pass, messages } = played();
  source.send({ type: "state", revision: 3, state: {} });
  source.send({ type: "state", revision: 4, state: {} });
  pass(0);
  assert.deepEqual(messages.slice(1).map(({ facts }) => facts.revision), [4, 4]);
});

test("it plays from the beginning in its own time, and pauses at the end", () => {
  const { source, pass, messages, last } = played();
  source.send({ type: "run" });
  assert.equal(last().kind, "dataset");
  pass(1.5);
  assert.deepEqual([last().facts.cards[0].epoch, last().facts.running], [1, true]);
  assert.equal(last().facts.cards[0].status, "running");
  const { begin } = last().facts.cards[0];
  pass(1);
  assert.deepEqual([last().facts.cards[0].epoch, last().facts.cards[0].begin], [3, begin]);
  assert.deepEqual([...last().arrays["0.train_loss"].data], [0.8, 0.7].map(Math.fround));
  pass(9);
  assert.deepEqual([last().facts.cards[0].epoch, last().facts.running], [4, false]);
  const count = messages.length;
  pass(9);
  assert.equal(messages.length, count);
  assert.deepEqual(source.player.status(), { playing: false, seconds: 3, duration: 3 });
});

test("a jump makes curves begin again, and they go on from there", () => {
  const { source, pass, last } = played();
  source.player.seek(2.2);
  const { begin } = last().facts.cards[0];
  assert.equal(last().arrays["0.train_loss"].data.length, 3);
  source.player.seek(1);
  assert.notEqual(last().facts.cards[0].begin, begin);
  assert.equal(last().arrays["0.train_loss"].data.length, 1);
  source.send({ type: "step", unit: "epoch" });
  assert.equal(last().facts.cards[0].epoch, 3);
  source.send({ type: "reset", card: null });
  assert.equal(last().kind, "dataset");
  pass(0);
});

test("questions are answered with what helps", () => {
  const { source, last } = played();
  source.send({ type: "ask", id: "q", what: "diagnose", card: "a" });
  assert.equal(last().kind, "problem");
  assert.equal(last().facts.id, "q");
  assert.ok(last().facts.fact && last().facts.remedy);
});
