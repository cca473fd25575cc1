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

/** A page with some data, as the module sees it: its listeners, what it sent and what it set aside. */
function pageOf(data) {
  const listeners = new Map();
  const page = { sent: [], title: null, data, revision: 1 };
  page.live = {
    welcome: null,
    awaited: null,
    isSetAside: false,
    tables: new Map([["t", { name: "plants.csv" }]]),
    on: (kind, listener) => listeners.set(kind, listener),
    emit: () => false,
    setAside({ facts }) {
      page.title = facts.title;
      page.live.isSetAside = true;
    },
  };
  let watcher;
  const state = () => stateOf(page.data);
  const store = { state, revision: () => page.revision, watch: (listener) => (watcher = listener) };
  showWithoutData({ store, live: page.live, source: { send: ({ type }) => page.sent.push(type) } });
  page.tell = (kind, facts) => listeners.get(kind)(facts);
  page.choose = (next) => {
    page.data = next;
    page.revision += 1;
    watcher(state());
  };
  return page;
}

test("other points are set aside only while there is nothing else to show", () => {
  const shown = (data, problem) => {
    const page = pageOf(data);
    page.tell("dataset", { revision: 1 });
    page.tell("problem", problem);
    return page.title;
  };
  const few = { where: "data", field: "added", fact: "too few" };
  const closed = { where: "data", field: "table", fact: "No table is open" };
  assert.match(shown({}, few), /0 points/);
  assert.equal(shown({ source: "moons" }, few), null);
  assert.equal(shown({ source: "table" }, closed), "No table is open");
  assert.equal(shown({}, { ...few, field: "noise" }), null);
});

test("data are awaited from the choice to their dataset, and older ones do not end the wait", () => {
  const page = pageOf({ source: "moons" });
  assert.equal(page.live.awaited, "Moons");
  page.tell("dataset", { revision: 1 });
  assert.equal(page.live.awaited, null);
  page.choose({ source: "moons", noise: 0.1 });
  assert.equal(page.live.awaited, null);
  page.choose({ source: "table", table: "t" });
  page.tell("dataset", { revision: 2 });
  assert.equal(page.live.awaited, "plants.csv");
  page.choose({ source: "table", table: "t", noise: 0.2 });
  page.tell("dataset", { revision: 3 });
  assert.equal(page.live.awaited, null);
});

test("awaited data that are refused leave nothing to train on, and training pauses", () => {
  const page = pageOf({ source: "moons" });
  page.tell("dataset", { revision: 1 });
  page.choose({ source: "table", table: "t" });
  const problem = { where: "data", field: "target", fact: "One class" };
  page.tell("problem", { ...problem, revision: 1 });
  assert.equal(page.title, null);
  page.tell("problem", { ...problem, revision: 2 });
  assert.deepEqual([page.title, page.sent, page.live.awaited], ["One class", ["pause"], null]);
});
