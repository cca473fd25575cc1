import assert from "node:assert/strict";
import { test } from "node:test";

import {
  cheapestThreshold,
  outcomeAt,
  outcomeOfStep,
  positiveProbabilities,
  ruleThreshold,
  thresholdCurve,
  thresholdInForce,
} from "../../../src/demarcate/studio/web/thresholds.js";

const EQUAL = { threshold: null, false_negative: 1, false_positive: 1, positive: 1 };
const ILL = { ...EQUAL, false_negative: 2 };
const PROBABILITIES = [0.1, 0.2, 0.35, 0.4, 0.6, 0.9];
const CODES = [0, 0, 1, 0, 1, 1];

test("the threshold of two to one is a third, whichever unit the costs are in", () => {
  assert.equal(ruleThreshold({ false_negative: 2, false_positive: 1 }), 1 / 3);
  assert.equal(ruleThreshold({ false_negative: 10, false_positive: 5 }), 1 / 3);
});

test("without costs the threshold is one half", () => {
  assert.equal(ruleThreshold({ false_negative: 0, false_positive: 0 }), 0.5);
});

test("a threshold that is set takes the place of the costs'", () => {
  assert.equal(thresholdInForce({ ...ILL, threshold: 0.7 }), 0.7);
  assert.equal(thresholdInForce(ILL), 1 / 3);
  assert.equal(thresholdInForce({ ...ILL, threshold: 0 }), 0);
});

test("one logit is that of class 1", () => {
  const ofOne = positiveProbabilities([0, 20, -20], 1, 0.1, 1);
  assert.deepEqual(
    [...ofOne].map((p) => p.toFixed(6)),
    ["0.500000", "0.880797", "0.119203"],
  );
  const ofZero = positiveProbabilities([0, 20, -20], 1, 0.1, 0);
  ofOne.forEach((p, row) => assert.ok(Math.abs(p + ofZero[row] - 1) < 1e-15));
});

test("several logits go through softmax, however large they are", () => {
  const [p] = positiveProbabilities([1, 2, 3], 3, 1, 2);
  assert.ok(Math.abs(p - 0.66524095577) < 1e-10);
  const far = positiveProbabilities([32767, -32767, 0], 3, 1, 1);
  assert.deepEqual([...far], [0]);
  assert.deepEqual([...positiveProbabilities([32767, -32767, 0], 3, 1, 0)], [1]);
});

test("counts at every threshold are those of comparing each row with it", () => {
  const probabilities = Array.from({ length: 500 }, (_, row) => ((row * 7919) % 1001) / 1000);
  const codes = probabilities.map((_, row) => (row * 31) % 2);
  const curve = thresholdCurve(probabilities, codes, 1);
  for (let step = 0; step <= 1000; step += 1) {
    const { truePositives, falsePositives } = outcomeAt(probabilities, codes, EQUAL, step / 1000);
    assert.equal(curve.truePositives[step], truePositives, `true positives at ${step}`);
    assert.equal(curve.falsePositives[step], falsePositives, `false positives at ${step}`);
  }
});

test("outcomes have precision, recall, accuracy and the mean cost of a row", () => {
  const outcome = outcomeAt(PROBABILITIES, CODES, ILL, 0.5);
  assert.deepEqual(outcome, {
    truePositives: 2,
    falsePositives: 0,
    falseNegatives: 1,
    trueNegatives: 3,
    precision: 1,
    recall: 2 / 3,
    accuracy: 5 / 6,
    cost: 2 / 6,
  });
});

test("a share of no rows is not a number that could be read as one", () => {
  const nobody = outcomeAt([0.2, 0.3], [0, 1], EQUAL, 0.9);
  assert.equal(nobody.precision, null);
  assert.equal(outcomeAt([0.2], [0], EQUAL, 0.5).recall, null);
  assert.equal(outcomeAt([], [], EQUAL, 0.5).cost, null);
});

test("the cheapest threshold is the nearest to the costs' own among equals", () => {
  const curve = thresholdCurve(PROBABILITIES, CODES, 1);
  // One mistake is left, a false alarm, from above 0.2 to 0.35; a third lies in this stretch.
  assert.equal(cheapestThreshold(curve, ILL), 0.333);
  // From above 0.4 to 0.6 a false negative is left, and below a false alarm: equal at 1 to 1, and one half is inside.
  assert.equal(cheapestThreshold(curve, EQUAL), 0.5);
  assert.equal(outcomeOfStep(curve, 333, ILL).cost, 1 / 6);
});

test("the class that is positive can be either", () => {
  const ofZero = positiveProbabilities([10, -10], 1, 0.1, 0);
  const outcome = outcomeAt(ofZero, [1, 0], { ...EQUAL, positive: 0 });
  assert.deepEqual([outcome.truePositives, outcome.falsePositives, outcome.trueNegatives], [1, 0, 1]);
});
