import assert from "node:assert/strict";
import { test } from "node:test";
import { createPainter } from "../../../src/demarcate/studio/web/point_painter.js";
import { createStore } from "../../../src/demarcate/studio/web/store.js";

/** A painter over a map of 100 by 100 pixels, each 0.1 wide. */
function painted(added = []) {
  const store = createStore({ data: { added }, cards: [] });
  const painter = createPainter(store);
  const map = Object.assign(new EventTarget(), { setPointerCapture: () => undefined });
  painter.attach(map, (event) => (event.x < 0 ? null : [event.x / 10, event.y / 10]), () => [0.5, 0.5]);
  const point = (type, x, y) => map.dispatchEvent(Object.assign(new Event(type), { x, y, button: 0, pointerId: 1 }));
  return { store, painter, point, added: () => store.state().data.added };
}

test("while the painter is off a click adds nothing", () => {
  const { point, added } = painted();
  point("pointerdown", 10, 10);
  assert.deepEqual(added(), []);
});

test("a click adds a point of the chosen class", () => {
  const { painter, point, added } = painted();
  painter.choose("add", 2);
  point("pointerdown", 15, 20);
  point("pointerup", 15, 20);
  assert.deepEqual(added(), [[1.5, 2, 2]]);
});

test("a drag adds points a brush apart, and is undone in one step", () => {
  const { painter, point, added, store } = painted();
  painter.choose("add", 0);
  point("pointerdown", 10, 10);
  for (let x = 11; x <= 30; x += 1) point("pointermove", x, 10);
  point("pointerup", 30, 10);
  assert.deepEqual(added().map(([x]) => x), [1, 1.6, 2.2, 2.8]);
  store.undo();
  assert.deepEqual(added(), []);
});

test("moving without pressing, and outside the map, adds nothing", () => {
  const { painter, point, added } = painted();
  painter.choose("add", 0);
  point("pointermove", 10, 10);
  point("pointerdown", -1, 10);
  assert.deepEqual(added(), []);
});

test("the eraser takes what is under the brush", () => {
  const { painter, point, added } = painted([[1, 1, 0], [1.3, 1, 1], [3, 1, 0]]);
  painter.choose("erase");
  point("pointerdown", 11, 10);
  assert.deepEqual(added(), [[3, 1, 0]]);
});

test("keys add and erase where the cross is", () => {
  const { painter, added } = painted();
  painter.touch(1, 1);
  painter.choose("add", 1);
  painter.touch(1, 1);
  assert.deepEqual(added(), [[1, 1, 1]]);
  painter.choose("erase");
  painter.touch(1, 1);
  assert.deepEqual(added(), []);
});

test("no more points are added than a session takes", () => {
  const { painter, added } = painted(Array.from({ length: 1000 }, (_, x) => [x, 0, 0]));
  painter.choose("add", 1);
  painter.touch(1, 1);
  assert.equal(added().length, 1000);
});
