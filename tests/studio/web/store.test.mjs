import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../../../src/demarcate/studio/web/store.js";

/** A store whose clock stands still until it is moved. */
function stored(state = { data: { noise: 0.1, n_samples: 300 }, cards: [] }) {
  const clock = { time: 0 };
  return { store: createStore(state, () => clock.time), clock };
}

const noise = (value) => (draft) => (draft.data.noise = value);

test("a change makes a new state and leaves the old one as it was", () => {
  const { store } = stored();
  const before = store.state();
  store.change("noise", noise(0.3));
  assert.equal(before.data.noise, 0.1);
  assert.equal(store.state().data.noise, 0.3);
  assert.throws(() => (store.state().data.noise = 1), TypeError);
});

test("a slider that is dragged is undone in one step", () => {
  const { store, clock } = stored();
  for (const value of [0.2, 0.3, 0.4]) {
    clock.time += 50;
    store.change("noise", noise(value));
  }
  store.undo();
  assert.equal(store.state().data.noise, 0.1);
  store.redo();
  assert.equal(store.state().data.noise, 0.4);
});

test("changes of two sliders, two drags and long pauses are undone one by one", () => {
  const { store, clock } = stored();
  store.change("noise", noise(0.2));
  store.change("rows", (draft) => (draft.data.n_samples = 50));
  store.change("noise", noise(0.3));
  store.settle();
  store.change("noise", noise(0.4));
  clock.time += 5000;
  store.change("noise", noise(0.5));
  const seen = [];
  while (store.canUndo()) {
    store.undo();
    seen.push([store.state().data.noise, store.state().data.n_samples]);
  }
  assert.deepEqual(seen, [[0.4, 50], [0.3, 50], [0.2, 50], [0.2, 300], [0.1, 300]]);
});

test("a change after undo forgets what could be done again", () => {
  const { store } = stored();
  store.change("noise", noise(0.2));
  store.undo();
  assert.equal(store.canRedo(), true);
  store.change("noise", noise(0.7));
  assert.equal(store.canRedo(), false);
});

test("every change, undo and redo has a revision of its own; what changes nothing has none", () => {
  const { store } = stored();
  const revisions = [];
  store.watch(() => revisions.push(store.revision()));
  store.change("noise", noise(0.2));
  store.change("noise", noise(0.2));
  store.undo();
  store.redo();
  assert.deepEqual(revisions, [2, 3, 4]);
});

test("whoever stopped watching is not called", () => {
  const { store } = stored();
  let calls = 0;
  const stop = store.watch(() => (calls += 1));
  store.change("noise", noise(0.2));
  stop();
  store.change("noise", noise(0.3));
  assert.equal(calls, 1);
});
