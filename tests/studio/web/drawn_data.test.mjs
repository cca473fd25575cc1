import assert from "node:assert/strict";
import { test } from "node:test";
import { drawnDataset, showWithoutData } from "../../../src/demarcate/studio/web/drawn_data.js";

const EXTENT = [-3, 3, -3, 3];

function stateOf(data) {
  return { data: { source: "drawn", table: null, added: [], ...data }, split: { validation: 0.2, test: 0, seed: 0 } };
}

test("points drawn by hand are shown as they are, with the classes up to the largest", () => {
  const { facts, arrays } = drawnDataset(stateOf({ added: [[-1, 2, 0], [1, 0.5, 2]] }), EXTENT, "title");
  assert.deepEqual(facts.classes, ["0", "1", "2"]);
  assert.deepEqual(facts.balance, { rows: 2, shares: { 0: 0.5, 1: 0, 2: 0.5 } });
  assert.deepEqual([...arrays.points.data], [-1, 2, 1, 0.5]);
  assert.deepEqual([...arrays.codes.data], [0, 2]);
});

test("an empty map has two classes without rows", () => {
  const { facts, arrays } = drawnDataset(stateOf({}), EXTENT, "title");
  assert.deepEqual(facts.balance, { rows: 0, shares: { 0: 0, 1: 0 } });
  assert.equal(arrays.points.data.length, 0);
});

test("other points are set aside only while there is nothing else to show", () => {
  const shown = (data, problem) => {
    let title = null;
    let listener;
    const live = { welcome: null, on: (_, added) => (listener = added), setAside: ({ facts }) => (title = facts.title) };
    showWithoutData({ store: { state: () => stateOf(data) }, live });
    listener(problem);
    return title;
  };
  const few = { where: "data", field: "added", fact: "too few" };
  const closed = { where: "data", field: "table", fact: "No table is open" };
  assert.match(shown({}, few), /0 points/);
  assert.equal(shown({ source: "moons" }, few), null);
  assert.equal(shown({ source: "table" }, closed), "No table is open");
  assert.equal(shown({ source: "table", table: "t" }, closed), null);
  assert.equal(shown({}, { ...few, field: "noise" }), null);
});
