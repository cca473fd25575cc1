import assert from "node:assert/strict";
import { test } from "node:test";
import { fragmentOf, readState, stateOfFragment } from "../../../src/demarcate/studio/web/sharing.js";

const CARD = {
  id: "a", name: "network 1", hidden: [16, 16], activation: "tanh", dropout: 0, head: "auto", optimizer: "adam", lr: 0.01,
  weight_decay: 0, batch_size: 32, schedule: "constant", epochs: 500, patience: null, seed: 0, seeds: 1,
};
const BEGIN = {
  data: {
    source: "moons", n_samples: 300, noise: 0.3, factor: 0.5, centers: 4, cluster_std: 1.5, random_state: 0, table: null,
    target: null, categorical: [], drop: [], added: [], standardise: true,
  },
  split: { validation: 0.2, test: 0.2, seed: 0 },
  view: {
    columns: null, held: {}, kind: "probability", probability_of: null,
    points: { train: true, validation: true, test: true }, spread: true,
  },
  cards: [CARD],
  decision: { threshold: null, false_negative: 1, false_positive: 1, positive: 1 },
};

/** The state with other values at some paths such as `data.noise`. */
function withValues(values) {
  const state = structuredClone(BEGIN);
  for (const [path, value] of Object.entries(values)) {
    const [part, field] = path.split(".");
    state[part][field] = value;
  }
  return state;
}

test("a shared address brings back the state, labels of any script included", async () => {
  const state = withValues({ "data.target": "größe 🫀", "view.held": { age: 54.5, sex: null, thal: "normal" } });
  state.cards.push({ ...CARD, id: "b", hidden: [], batch_size: null });
  const fragment = await fragmentOf(state);
  assert.match(fragment, /^#state=[\w-]+$/);
  assert.deepEqual(await stateOfFragment(fragment, BEGIN), state);
});

test("an address with a usual state is short enough for a chat", async () => {
  assert.ok((await fragmentOf(withValues({ "data.noise": 0.2 }))).length < 700);
});

test("a fragment that is none, is cut off or holds something else gives nothing", async () => {
  const whole = await fragmentOf(BEGIN);
  for (const fragment of ["", "#", "#section", "#state=", "#state=%%%", whole.slice(0, -20), `#state=${btoa("[1, 2]")}`]) {
    assert.equal(await stateOfFragment(fragment, BEGIN), null, fragment);
  }
});

test("a fragment that unpacks to more than an address holds gives nothing", async () => {
  const bomb = withValues({ "data.target": "a".repeat(500) });
  bomb.filler = "b".repeat(5_000_000);
  const fragment = await fragmentOf(bomb);
  assert.ok(fragment.length < 100_000);
  assert.equal(await stateOfFragment(fragment, BEGIN), null);
});

test("fields that do not fit are those that the page begins with, and unknown ones are left out", () => {
  const given = withValues({
    "data.source": "http://elsewhere", "data.noise": "<b>", "data.added": [[1, 2, 0], [1, 2]], "split.test": Infinity,
    "view.points": { train: true }, "view.columns": ["x1"], "view.held": { x: { y: 1 } }, "decision.threshold": 0.7,
  });
  given.data.extra = 1;
  given.more = {};
  assert.deepEqual(readState(given, BEGIN), withValues({ "decision.threshold": 0.7 }));
});

test("cards are at most four, each with an id of its own, and at least one", () => {
  const ids = (cards) => readState({ ...BEGIN, cards }, BEGIN).cards.map(({ id }) => id);
  assert.deepEqual(ids(["a", "b", "c", "d", "e"].map((id) => ({ ...CARD, id }))), ["a", "b", "c", "d"]);
  assert.deepEqual(ids([{ ...CARD }, { ...CARD }, null, 3]), ["a"]);
  assert.deepEqual(ids([]), ["a"]);
});

test("what is no state at all gives nothing", () => {
  for (const value of [null, undefined, 3, "state", [], {}, { data: {} }, { data: [], cards: [] }]) {
    assert.equal(readState(value, BEGIN), null);
  }
});
