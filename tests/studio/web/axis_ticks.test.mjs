import assert from "node:assert/strict";
import test from "node:test";

import { axisTicks, logTicks, roundTicks, tickText } from "../../../src/demarcate/studio/web/axis_ticks.js";

test("ticks are round numbers within the range", () => {
  assert.deepEqual(roundTicks(-1.2, 2.3, 4), [-1, 0, 1, 2]);
  assert.deepEqual(roundTicks(0, 1, 5), [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
  assert.deepEqual(roundTicks(94, 564, 3), [200, 400]);
  assert.deepEqual(roundTicks(1, 1, 5), []);
  assert.deepEqual(roundTicks(0, NaN, 5), []);
});

test("ticks of a logarithm are powers of ten, or between them where there are few", () => {
  assert.deepEqual(logTicks(0.01, 1), [0.01, 0.1, 1]);
  assert.deepEqual(logTicks(0.15, 0.6), [0.2, 0.5]);
});

test("numbers are written in the digits that their step needs", () => {
  assert.equal(tickText(0.6000000000000001, 0.2), "0.6");
  assert.equal(tickText(-1, 1), "\u22121");
  assert.equal(tickText(-0, 0.5), "0.0");
  assert.equal(tickText(200000, 100000), "2e5");
});

test("an axis of categories has them at whole numbers, fewer where there is little room", () => {
  const words = ["fixed", "normal", "reversible"];
  assert.deepEqual(axisTicks(-0.5, 2.5, 300, 70, words), words.map((text, at) => ({ at, text })));
  assert.deepEqual(axisTicks(-0.5, 2.5, 40, 70, words), [{ at: 0, text: "fixed" }, { at: 2, text: "reversible" }]);
  assert.deepEqual(axisTicks(0, 1, 140, 70), [{ at: 0, text: "0.0" }, { at: 0.5, text: "0.5" }, { at: 1, text: "1.0" }]);
});
