import assert from "node:assert/strict";
import test from "node:test";

import { boundarySegments, leadersOf } from "../../../src/demarcate/studio/web/contours.js";

const plane = (width, height, value) =>
  Float32Array.from({ length: width * height }, (_, at) => value(at % width, Math.floor(at / width)));
const pairs = (segments) =>
  Array.from({ length: segments.length / 4 }, (_, at) => segments.slice(4 * at, 4 * at + 4));

test("a plane of one sign has no line", () => {
  assert.deepEqual(boundarySegments([plane(5, 4, () => 2)], 5, 4, 0), []);
});

test("the line of a linear plane is straight and where the plane takes the cut", () => {
  const segments = pairs(boundarySegments([plane(6, 5, (x) => x)], 6, 5, 2.25));
  assert.equal(segments.length, 4);
  for (const [x0, , x1] of segments) assert.deepEqual([x0, x1], [2.25, 2.25]);
});

test("a ring's line has its length and closes", () => {
  const segments = pairs(boundarySegments([plane(81, 81, (x, y) => Math.hypot(x - 40.3, y - 39.8))], 81, 81, 30));
  const length = segments.reduce((sum, [x0, y0, x1, y1]) => sum + Math.hypot(x1 - x0, y1 - y0), 0);
  assert.ok(Math.abs(length - 2 * Math.PI * 30) < 0.5);
  const ends = new Map();
  for (const [x0, y0, x1, y1] of segments) {
    for (const end of [`${x0.toFixed(6)} ${y0.toFixed(6)}`, `${x1.toFixed(6)} ${y1.toFixed(6)}`]) {
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
  }
  assert.ok([...ends.values()].every((count) => count === 2));
});

test("at a saddle the two lines do not cross", () => {
  const corners = Float32Array.from([-1, 1, 1, -1]);
  assert.equal(pairs(boundarySegments([corners], 2, 2, 0)).length, 2);
  const [first, second] = pairs(boundarySegments([Float32Array.from([-1, 3, 3, -1])], 2, 2, 0));
  assert.deepEqual(first, [0, 0.25, 0.25, 0]);
  assert.deepEqual(second, [0.75, 1, 1, 0.75]);
});

test("between two of three classes the line is drawn once, where their logits are equal", () => {
  const planes = [plane(4, 3, (x) => -x), plane(4, 3, (x) => x - 3), plane(4, 3, () => -50)];
  const segments = pairs(boundarySegments(planes, 4, 3, 0));
  assert.equal(segments.length, 2);
  for (const [x0, , x1] of segments) assert.deepEqual([x0, x1], [1.5, 1.5]);
});

test("three classes meet in a cell", () => {
  const planes = [plane(2, 2, (x, y) => 2 - 3 * (x + y)), plane(2, 2, (x) => 2 * x), plane(2, 2, (_, y) => 2 * y)];
  assert.ok(pairs(boundarySegments(planes, 2, 2, 0)).length >= 3);
  assert.deepEqual([...leadersOf(planes)].slice(0, 3), [0, 1, 2]);
});
