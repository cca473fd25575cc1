import assert from "node:assert/strict";
import { test } from "node:test";

import { SWEEP_EXAMPLES, sweptFault, sweptValues } from "../../../src/demarcate/studio/web/sweep_values.js";

test("every example is a list of values", () => {
  for (const [setting, text] of Object.entries(SWEEP_EXAMPLES)) assert.ok(sweptValues(setting, text), setting);
});

test("widths are layers, and none is a linear model", () => {
  assert.deepEqual(sweptValues("hidden", "none, 2, 16-16"), [[], [2], [16, 16]]);
});

test("numbers, words and all rows are read as the setting has them", () => {
  assert.deepEqual(sweptValues("weight_decay", "0; 1e-4 ; .1"), [0, 1e-4, 0.1]);
  assert.deepEqual(sweptValues("activation", "relu, none"), ["relu", "none"]);
  assert.deepEqual(sweptValues("batch_size", "32, all"), [32, null]);
});

test("what is wrong with a list is named", () => {
  assert.match(sweptFault("hidden", "2,2,2"), /^2 is there twice/);
  assert.match(sweptFault("hidden", "2, b"), /^b is no value/);
  assert.match(sweptFault("hidden", "2"), /^One value: give two to twelve/);
  assert.match(sweptFault("hidden", ""), /^No value/);
});

test("what is no list of two to twelve different values is none", () => {
  const refused = [
    ["lr", ""],
    ["lr", "0.1"],
    ["lr", "0.1, 0.1"],
    ["lr", "0.1, x"],
    ["lr", "0.1, -1"],
    ["epochs", "10, 2.5"],
    ["batch_size", "0, 32"],
    ["hidden", "16, 0"],
    ["hidden", "16, 4-x"],
    ["hidden", "16, 4-"],
    ["activation", "relu, <b>"],
    ["dropout", Array.from({ length: 13 }, (_, number) => number / 20).join()],
  ];
  for (const [setting, text] of refused) assert.equal(sweptValues(setting, text), null, `${setting} ${text}`);
});
