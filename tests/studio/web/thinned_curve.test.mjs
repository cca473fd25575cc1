import assert from "node:assert/strict";
import test from "node:test";

import { thinnedCurve } from "../../../src/demarcate/studio/web/thinned_curve.js";

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
