import assert from "node:assert/strict";
import test from "node:test";

import { inputOrder, layoutNetwork, nodeAfterKey, nodeAt, weightOffsets } from "../../../src/demarcate/studio/web/network_layout.js";

const NAMES = { left: 50, right: 60 };

test("each layer is a column from left to right, and no two nodes overlap", () => {
  for (const widths of [[2, 1], [2, 8, 4, 2], [13, 32, 1], [2, 4, 4, 4, 4, 4, 4, 3]]) {
    const shown = widths.slice(1, -1).map((units) => Math.min(units, 8));
    const { columns, side, height } = layoutNetwork(widths, shown, 320, NAMES);
    assert.equal(columns.length, widths.length);
    columns.forEach(({ x, nodes }, at) => {
      assert.ok(at === 0 || x > columns[at - 1].x);
      nodes.forEach(({ y }, unit) => assert.ok(unit === 0 || y - nodes[unit - 1].y >= side));
      assert.ok(nodes.every(({ y }) => y - side / 2 >= 0 && y + side / 2 <= height));
    });
  }
});

test("a wide layer is shortened, and the rest is counted", () => {
  const { columns } = layoutNetwork([30, 256, 256, 2], [8, 6], 400, NAMES);
  assert.deepEqual(columns.map(({ nodes, more }) => [nodes.length, more]), [[8, 22], [8, 248], [6, 250], [2, 0]]);
});

test("a hidden unit is found where it stands; inputs and outputs are not looked at", () => {
  const layout = layoutNetwork([2, 3, 1], [3], 320, NAMES);
  const [input, hidden] = [layout.columns[0].nodes[0], layout.columns[1].nodes[2]];
  assert.equal(nodeAt(layout, hidden.x + 2, hidden.y - 2), hidden);
  assert.equal(nodeAt(layout, input.x, input.y), undefined);
});

test("arrow keys go from unit to unit and stop at the edges", () => {
  const layout = layoutNetwork([2, 3, 1, 2], [3, 1], 320, NAMES);
  let node = nodeAfterKey(layout, undefined, "ArrowRight");
  assert.deepEqual([node.layer, node.unit], [1, 0]);
  for (const [key, layer, unit] of [
    ["ArrowDown", 1, 1], ["ArrowDown", 1, 2], ["ArrowDown", 1, 2], ["ArrowRight", 2, 0], ["ArrowRight", 2, 0],
    ["ArrowLeft", 1, 0], ["ArrowUp", 1, 0],
  ]) {
    node = nodeAfterKey(layout, node, key);
    assert.deepEqual([node.layer, node.unit], [layer, unit], key);
  }
  assert.equal(nodeAfterKey(layout, node, "x"), undefined);
  assert.equal(nodeAfterKey(layoutNetwork([2, 1], [], 320, NAMES), undefined, "ArrowUp"), undefined);
});

test("weights of a layer come before its biases, and layers follow one another", () => {
  assert.deepEqual(weightOffsets([2, 3, 1]), [{ weights: 0, biases: 6 }, { weights: 9, biases: 12 }]);
});

test("of many inputs those of the map's axes are drawn", () => {
  const inputs = ["age", "sex = 0", "sex = 1", "chol", "thalach"];
  assert.deepEqual(inputOrder(inputs, ["thalach", "chol"]), [3, 4, 0, 1, 2]);
  assert.deepEqual(inputOrder(inputs, ["sex", "se"]), [1, 2, 0, 3, 4]);
  const { columns } = layoutNetwork([5, 1], [], 320, NAMES, inputOrder(inputs, ["thalach", "chol"]));
  assert.deepEqual(columns[0].nodes.map((node) => node.unit), [3, 4, 0, 1, 2]);
});
