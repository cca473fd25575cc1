import assert from "node:assert/strict";
import test from "node:test";

import { wilsonInterval } from "../../../src/demarcate/studio/web/wilson_interval.js";
import { freeName } from "../../../src/demarcate/studio/web/cards_panel.js";
import { confusionWords } from "../../../src/demarcate/studio/web/confusion_view.js";
import { steppedWidth } from "../../../src/demarcate/studio/web/layer_editor.js";
import { createMapPointer, placeAfterKey, valuesAt } from "../../../src/demarcate/studio/web/map_pointer.js";
import { plotBoxOf, pointRadius } from "../../../src/demarcate/studio/web/point_layer.js";

test("a copy has a name of its own", () => {
  const cards = ["good", "good 2", "tiny"].map((name) => ({ name }));
  assert.equal(freeName("good", cards), "good 3");
  assert.equal(freeName("good 2", cards), "good 3");
  assert.equal(freeName("tiny", cards), "tiny 2");
});

test("buttons go through widths, and come from any width that was typed", () => {
  assert.equal(steppedWidth(8, 1), 12);
  assert.equal(steppedWidth(8, -1), 6);
  assert.equal(steppedWidth(100, 1), 128);
  assert.equal(steppedWidth(100, -1), 96);
  assert.equal(steppedWidth(1, -1), 1);
});

test("the interval of an accuracy has width even where every row is right", () => {
  const [low, high] = wilsonInterval(1, 60);
  assert.ok(Math.abs(low - 0.9398) < 1e-3 && high > 1 - 1e-9);
  const [below, above] = wilsonInterval(0.5, 100);
  assert.ok(Math.abs(below - 0.4038) < 1e-3 && Math.abs(above - 0.5962) < 1e-3);
});

test("arrow keys move the place, stop at the edges, and Escape takes it away", () => {
  assert.deepEqual(placeAfterKey(null, "ArrowUp", false), { across: 0.5, up: 0.5 });
  assert.deepEqual(placeAfterKey({ across: 0.5, up: 0.5 }, "ArrowUp", true), { across: 0.5, up: 0.6 });
  assert.deepEqual(placeAfterKey({ across: 1, up: 0.5 }, "ArrowRight", true), { across: 1, up: 0.5 });
  assert.equal(placeAfterKey({ across: 1, up: 0.5 }, "Escape", false), null);
  assert.equal(placeAfterKey({ across: 1, up: 0.5 }, "x", false), undefined);
});

test("all maps look at the same place", () => {
  const pointer = createMapPointer();
  let moves = 0;
  const stop = pointer.watch(() => (moves += 1));
  pointer.move(null);
  pointer.move({ across: 0.25, up: 1 });
  assert.deepEqual(valuesAt(pointer.place(), [-2, 2, 0, 10]), [-1, 10]);
  stop();
  pointer.move(null);
  assert.equal(moves, 1);
});

test("points are smaller the more there are, and a plot never has a negative size", () => {
  assert.ok(pointRadius(100, 300) > pointRadius(1000, 300));
  assert.ok(pointRadius(1e6, 300) >= 1.5);
  assert.ok(plotBoxOf(10, 10).width >= 1);
});

test("a confusion matrix in words: right ones, easiest and hardest class, mistakes of the positive class", () => {
  const words = confusionWords([[45, 5], [20, 30]], ["healthy", "ill"], 1);
  assert.match(words, /75 of 100 right/);
  assert.match(words, /Easiest: healthy \(90% found\); hardest: ill \(60%\)/);
  assert.match(words, /For ill: 5 false positives, 20 false negatives/);
  assert.match(confusionWords([[45, 5], [20, 30]], ["healthy", "ill"], 0), /For healthy: 20 false positives, 5 false negatives/);
  assert.equal(confusionWords([[0, 0], [0, 0]], ["a", "b"], 1), "");
  assert.doesNotMatch(confusionWords([[1, 0, 0], [0, 1, 0], [0, 0, 1]], ["a", "b", "c"], 1), /positives/);
});
