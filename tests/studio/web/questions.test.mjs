import assert from "node:assert/strict";
import { test } from "node:test";

import { createLive } from "../../../src/demarcate/studio/web/live.js";
import { askSession, isAsAsked, onEachAnswer } from "../../../src/demarcate/studio/web/questions.js";
import { createStore } from "../../../src/demarcate/studio/web/store.js";

/** A page with a source that keeps what was sent, and what was said in answer. */
function page() {
  const sent = [];
  const said = [];
  const card = { id: "a", name: "one", hidden: [4] };
  const store = createStore({ data: { noise: 0.3 }, split: { seed: 0 }, cards: [card], view: {} });
  const app = { live: createLive(), store, source: { send: (command) => sent.push(command) } };
  const asker = {
    onAnswer: (facts) => said.push(["answer", facts.value]),
    onProgress: (facts) => said.push(["progress", facts.done]),
    onProblem: (problem) => said.push(["problem", problem.fact]),
  };
  const ask = (question) => askSession(app, question, asker);
  return { app, sent, said, ask };
}

test("an answer goes to the one who asked, once", () => {
  const { app, sent, said, ask } = page();
  ask({ type: "ask", what: "diagnose", card: "a" });
  ask({ type: "row", card: "a", cells: {} });
  const [first, second] = sent.map((command) => command.id);
  assert.notEqual(first, second);
  app.live.emit("progress", { id: first, done: 1 });
  app.live.emit("row", { facts: { id: second, value: "row" } });
  app.live.emit("answer", { facts: { id: first, value: "diagnosis" } });
  app.live.emit("answer", { facts: { id: first, value: "again" } });
  assert.deepEqual(said, [
    ["progress", 1],
    ["answer", "row"],
    ["answer", "diagnosis"],
  ]);
});

test("an answer knows the card as it was asked about, also when another has its id", () => {
  const { app, sent, ask } = page();
  const heard = [];
  onEachAnswer(app, (answered) => heard.push(answered));
  ask({ type: "ask", what: "diagnose", card: "a" });
  app.store.change("", (draft) => (draft.cards[0].hidden = [256]));
  app.live.emit("answer", { facts: { id: sent[0].id, revision: 1 } });
  assert.deepEqual(heard[0].asked.card.hidden, [4]);
  assert.equal(isAsAsked(app, heard[0].asked), false);
  app.store.undo();
  assert.equal(isAsAsked(app, heard[0].asked), true);
});

test("a question whose card was changed before its turn is of the card as the session has it", () => {
  const { app, sent, ask } = page();
  const heard = [];
  onEachAnswer(app, ({ asked }) => heard.push(asked.card.hidden));
  ask({ type: "ask", what: "diagnose", card: "a" });
  ask({ type: "ask", what: "sweep", card: "a" });
  app.store.change("", (draft) => (draft.cards[0].hidden = [256]));
  app.live.emit("answer", { facts: { id: sent[0].id, revision: 2 } });
  app.store.change("", (draft) => (draft.cards[0].hidden = [8]));
  app.live.emit("answer", { facts: { id: sent[1].id, revision: 2 } });
  assert.deepEqual(heard, [[256]]);
});

test("a problem of another question, or of none, is not this one's", () => {
  const { app, sent, said, ask } = page();
  ask({ type: "ask", what: "code", card: "a" });
  app.live.emit("problem", { where: "data", fact: "noise is -1" });
  app.live.emit("problem", { where: "ask", id: "other", fact: "other" });
  assert.deepEqual(said, []);
  app.live.emit("problem", { where: "ask", id: sent[0].id, fact: "no rows" });
  assert.deepEqual(said, [["problem", "no rows"]]);
});

test("a question that is taken back is cancelled, and a row is only forgotten", () => {
  const { app, sent, said, ask } = page();
  const cancel = ask({ type: "ask", what: "sweep", card: "a" });
  const forget = ask({ type: "row", card: "a", cells: {} });
  cancel();
  cancel();
  forget();
  assert.deepEqual(sent.slice(2), [{ type: "cancel", id: sent[0].id }]);
  app.live.emit("answer", { facts: { id: sent[0].id, value: "late" } });
  assert.deepEqual(said, []);
});

test("when the connection is lost, whoever waits hears of it", () => {
  const { app, said, ask } = page();
  ask({ type: "ask", what: "scores", card: "a" });
  app.live.emit("status", "open");
  assert.deepEqual(said, []);
  app.live.emit("status", "lost");
  assert.equal(said[0][0], "problem");
});
