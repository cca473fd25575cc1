import assert from "node:assert/strict";
import { test } from "node:test";
import { withAxis } from "../../../src/demarcate/studio/web/axes_form.js";
import { problemText } from "../../../src/demarcate/studio/web/field_problems.js";
import { niceStep } from "../../../src/demarcate/studio/web/held_values.js";
import { otherSeed } from "../../../src/demarcate/studio/web/knob_fields.js";
import { nearestPosition } from "../../../src/demarcate/studio/web/sliders.js";
import { cardSummary } from "../../../src/demarcate/studio/web/summary.js";
import { canBeTaken, tidyNumber } from "../../../src/demarcate/studio/web/typed_number.js";

test("a slider over stops stands at a stop or between two of them", () => {
  const stops = [50, 100, 200, 1000];
  assert.deepEqual([50, 100, 150, 600, 1000, 5000, 1].map((value) => nearestPosition(stops, value)), [0, 1, 1.5, 2.5, 3, 3, 0]);
});

test("a number is shown without what binary fractions add to it", () => {
  assert.deepEqual([0.1 + 0.2, 1e-4, 300, 1 / 3].map(tidyNumber), ["0.3", "0.0001", "300", "0.3333333333"]);
});

test("the step of a held column is a round number, and whole for whole numbers", () => {
  assert.deepEqual([[0, 1], [29, 77], [0, 6.2], [126, 564], [0, 3]].map(([low, high]) => niceStep(low, high)), [0.01, 1, 0.1, 5, 0.05]);
});

test("another seed is never the one there is", () => {
  for (let seed = 0; seed < 200; seed += 1) assert.notEqual(otherSeed(seed), seed);
});

test("a problem reads as sentences", () => {
  assert.equal(problemText({ fact: "noise is -1", remedy: "Give a number from 0 to 10" }), "noise is -1. Give a number from 0 to 10.");
  assert.equal(problemText({ fact: "It is over." }), "It is over.");
});

test("a card's summary has its numbers, or why it has none", () => {
  const card = { status: "running", epoch: 20, train_accuracy: 0.951, monitored_accuracy: null, note: "" };
  assert.equal(cardSummary("small", card, "test"), "small: epoch 20, accuracy 0.95 on train rows and none on test rows.");
  assert.equal(cardSummary("small", { ...card, status: "diverged", note: "The loss is no number." }, "test"), "small: The loss is no number.");
});

test("an axis that is chosen twice changes places with the other", () => {
  assert.deepEqual(withAxis(["age", "chol"], 0, "thalach"), ["thalach", "chol"]);
  assert.deepEqual(withAxis(["age", "chol"], 1, "thalach"), ["age", "thalach"]);
  assert.deepEqual(withAxis(["age", "chol"], 0, "chol"), ["chol", "age"]);
});

test("a number is taken within its range, ends included, and whole where it has to be", () => {
  const rule = { min: 0, max: 2 };
  assert.deepEqual(
    [0, 2, 0.5, -0.1, 2.1, NaN, Infinity].map((value) => canBeTaken(value, rule)),
    [true, true, true, false, false, false, false],
  );
  assert.deepEqual(
    [0, 2, 0.5].map((value) => canBeTaken(value, { ...rule, isWhole: true })),
    [true, true, false],
  );
});
