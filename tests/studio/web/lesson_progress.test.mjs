import assert from "node:assert/strict";
import { test } from "node:test";

import { noProgress, readProgress } from "../../../src/demarcate/studio/web/lesson_progress.js";

test("progress is read as it was written", () => {
  const progress = { step: 3, done: ["outputs", "rates"], choices: { outputs: 2, rates: 0 }, record: 4 };
  assert.deepEqual(readProgress(JSON.stringify(progress)), progress);
});

test("what is no progress is none of it", () => {
  for (const text of [null, "", "{", "[]", "null", "7", '"x"', '{"step": 99, "done": 3, "choices": 5, "record": -1}']) {
    assert.deepEqual(readProgress(text), noProgress(), `${text}`);
  }
});

test("steps that are unknown are left out, and done ones stand in the lesson's order", () => {
  const text = '{"step": 1.5, "done": ["rates", "outputs", "gone"], "choices": {"gone": 1, "rates": "0", "heads": 77}}';
  assert.deepEqual(readProgress(text), { ...noProgress(), done: ["outputs", "rates"] });
});
