import assert from "node:assert/strict";
import { test } from "node:test";

import { LESSON_PARTS, LESSON_STEPS, stateOfStep } from "../../../src/demarcate/studio/web/lesson_steps.js";
import { PART_TITLES, STEP_TEXTS } from "../../../src/demarcate/studio/web/lesson_strings.js";
import { readState } from "../../../src/demarcate/studio/web/sharing.js";

test("the steps fill the plan's parts to the minute, three hours together", () => {
  const minutes = LESSON_PARTS.map((_, part) =>
    LESSON_STEPS.filter((step) => step.part === part).reduce((sum, step) => sum + step.minutes, 0),
  );
  assert.deepEqual(minutes, [...LESSON_PARTS]);
  assert.equal(
    minutes.reduce((sum, each) => sum + each),
    180,
  );
  assert.equal(PART_TITLES.length, LESSON_PARTS.length);
});

test("steps are in the order of their parts, and each id is there once", () => {
  const parts = LESSON_STEPS.map((step) => step.part);
  assert.deepEqual(parts, [...parts].sort());
  assert.equal(new Set(LESSON_STEPS.map((step) => step.id)).size, LESSON_STEPS.length);
});

test("every step has its texts, a right choice among several, and a stretch goal", () => {
  assert.deepEqual(
    Object.keys(STEP_TEXTS),
    LESSON_STEPS.map((step) => step.id),
  );
  for (const { id, right } of LESSON_STEPS) {
    const text = STEP_TEXTS[id];
    assert.ok(right < text.choices.length, id);
    assert.equal(new Set(text.choices).size, text.choices.length, id);
    assert.ok(text.stretch.length > 0 && text.todo.length > 0 && text.idea.length > 0, id);
    assert.ok(
      text.stretch.every((goal) => goal.length === 2),
      id,
    );
  }
});

test("the state of a step passes the page's own rules without a change", () => {
  const spoilt = stateOfStep(LESSON_STEPS[0]);
  for (const step of LESSON_STEPS) {
    const state = stateOfStep(step);
    assert.deepEqual(readState(structuredClone(state), spoilt), state, step.id);
    assert.ok(state.cards.length >= 1 && state.cards.length <= 4, step.id);
    assert.equal(new Set(state.cards.map((card) => card.id)).size, state.cards.length, step.id);
  }
});

test("a step is set up anew each time", () => {
  const [step] = LESSON_STEPS;
  stateOfStep(step).cards[0].hidden.push(3);
  assert.deepEqual(stateOfStep(step).cards[0].hidden, [8, 8]);
});
