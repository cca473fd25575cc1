import assert from "node:assert/strict";
import test from "node:test";

import {
  confusionCounts,
  cutOf,
  decisionOf,
  decisionOfProbabilities,
  logitsAt,
  logOddsOf,
  planesOf,
  probabilitiesOf,
  rowDecisions,
} from "../../../src/demarcate/studio/web/outputs.js";

const even = { threshold: null, false_negative: 1, false_positive: 1, positive: 1 };
const view = (shape, values) => ({ shape, data: Int16Array.from(values) });

test("probabilities of a row sum to 1, however large its logits", () => {
  for (const logits of [[0], [-4], [1, 2, 3], [900, 899, -900], [0.5, 0.5]]) {
    const probabilities = probabilitiesOf(logits);
    assert.ok(Math.abs(probabilities.reduce((sum, each) => sum + each) - 1) < 1e-12);
  }
});

test("one logit is the log odds of the second class, as two logits are by their difference", () => {
  assert.deepEqual(probabilitiesOf([0]), [0.5, 0.5]);
  const [one, two] = [probabilitiesOf([1.5])[1], probabilitiesOf([-0.25, 1.25])[1]];
  assert.ok(Math.abs(one - two) < 1e-12);
  assert.ok(Math.abs(logOddsOf(one) - 1.5) < 1e-12);
});

test("a decision is by the probability of the positive class, whichever that is", () => {
  for (const positive of [0, 1]) {
    for (const threshold of [0, 0.1, 0.5, 0.73, 1]) {
      for (const odds of [-3, -0.2, 0, 0.4, 5]) {
        const decision = { ...even, threshold, positive };
        const probability = probabilitiesOf([odds])[positive];
        const expected = probability >= threshold ? positive : 1 - positive;
        assert.equal(decisionOf([odds], decision), expected, JSON.stringify({ positive, threshold, odds }));
        assert.equal(decisionOf([0, odds], decision), expected);
      }
    }
  }
});

test("probabilities are decided by the threshold where there are two classes, else by the largest", () => {
  const decision = { ...even, threshold: 1 / 3 };
  assert.equal(decisionOfProbabilities([0.591, 0.409], decision), 1);
  assert.equal(decisionOfProbabilities([0.591, 0.409], { ...decision, threshold: 0.5 }), 0);
  assert.equal(decisionOfProbabilities([0.409, 0.591], { ...decision, positive: 0 }), 0);
  assert.equal(decisionOfProbabilities([0.3, 0.3, 0.4], decision), 2);
});

test("rows are decided as single places are", () => {
  const logits = view([4, 2], [100, -100, 0, 0, -50, 50, -300, 300]);
  for (const threshold of [0.2, 0.5, 0.9]) {
    const decision = { ...even, threshold };
    const one = [...Array(4).keys()].map((row) =>
      decisionOf([...logits.data.subarray(2 * row, 2 * row + 2)].map((each) => each * 0.01), decision),
    );
    assert.deepEqual([...rowDecisions(logits, 0.01, decision)], one);
  }
  const three = view([2, 3], [1, 5, 2, 9, 9, 0]);
  assert.deepEqual([...rowDecisions(three, 1, even)], [1, 0]);
});

test("confusion counts rows by class and prediction", () => {
  assert.deepEqual(confusionCounts([0, 0, 1, 1], [0, 1, 1, 1], 2), [[1, 1], [0, 2]]);
  assert.deepEqual(confusionCounts([], [], 3), [[0, 0, 0], [0, 0, 0], [0, 0, 0]]);
});

test("two logits become log odds, more stay planes", () => {
  const two = planesOf(view([2, 1, 2], [10, 20, 30, 25]), 0.1);
  assert.equal(two.planes.length, 1);
  assert.deepEqual([...two.planes[0]].map((each) => Math.round(each * 10)), [20, 5]);
  assert.equal(planesOf(view([3, 1, 2], [1, 2, 3, 4, 5, 6]), 1).planes.length, 3);
});

test("logits between nodes are interpolated and at nodes they are those of the grid", () => {
  const grid = view([1, 2, 3], [0, 10, 20, 100, 110, 120]);
  assert.deepEqual(logitsAt(grid, 1, 0, 0), [0]);
  assert.deepEqual(logitsAt(grid, 1, 1, 1), [120]);
  assert.deepEqual(logitsAt(grid, 0.5, 0.25, 0.5), [27.5]);
  assert.deepEqual(logitsAt(grid, 1, 7, -1), [20]);
});

test("the cut of the log odds changes its sign with the positive class", () => {
  const decision = { ...even, threshold: 0.8 };
  assert.ok(Math.abs(cutOf(decision) - Math.log(4)) < 1e-12);
  assert.ok(Math.abs(cutOf({ ...decision, positive: 0 }) + Math.log(4)) < 1e-12);
});
