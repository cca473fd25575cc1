import assert from "node:assert/strict";
import test from "node:test";

import { accuracyRange, lossRange, thinnedCurve } from "../../../src/demarcate/studio/web/thinned_curve.js";

test("a long curve is thinned, and its spikes and its end stay", () => {
  const values = new Float32Array(10_000).fill(1);
  [values[1234], values[7777], values[9999]] = [9, -9, 2];
  const points = thinnedCurve(Int32Array.from(values, (_, at) => at + 1), values, 100);
  assert.ok(points.length <= 201);
  for (const point of [[1235, 9], [7778, -9], [10_000, 2]]) {
    assert.ok(points.some((each) => each[0] === point[0] && each[1] === point[1]), String(point));
  }
  assert.ok(points.every((point, at) => at === 0 || point[0] >= points[at - 1][0]));
});

test("values that are not finite are left out", () => {
  assert.deepEqual(thinnedCurve([1, 2, 3], [1, NaN, 3], 100), [[1, 1], [3, 3]]);
});

test("the range of losses begins at 0, and a spike does not flatten the rest", () => {
  const points = Array.from({ length: 200 }, (_, at) => [at, 0.5]);
  assert.deepEqual(lossRange(points, false), [0, 0.53]);
  points[0] = [0, 80];
  assert.equal(lossRange(points, false)[1], 0.75 * 1.06);
  assert.deepEqual(lossRange([], false), [0, 1]);
});

test("a logarithmic range holds every positive loss", () => {
  const [low, high] = lossRange([[1, 2], [2, 0.01], [3, 0]], true);
  assert.ok(low > 0 && low < 0.01 && high > 2);
  assert.ok(lossRange([[1, 0.3]], true)[0] < 0.3);
});

test("the range of accuracies ends at 1 and begins below the lowest", () => {
  assert.deepEqual(accuracyRange([[1, 0.97]]), [0.9, 1]);
  assert.deepEqual(accuracyRange([[1, 0.43], [2, 1]]), [0.4, 1]);
});
