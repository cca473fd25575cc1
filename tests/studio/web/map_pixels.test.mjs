import assert from "node:assert/strict";
import test from "node:test";

import {
  mixedPixel,
  oddsTable,
  paintClasses,
  paintOdds,
  samplingOf,
} from "../../../src/demarcate/studio/web/map_pixels.js";

const classes = [[255, 0, 0], [0, 0, 255], [0, 255, 0]];
const page = [255, 255, 255];
const painted = (odds, look, cut = 0) => {
  const pixels = new Uint32Array(16);
  const grid = { planes: [Float32Array.from(odds)], width: 2, height: 2 };
  paintOdds(pixels, 4, 4, grid, oddsTable(look, classes, page, cut));
  return [...pixels];
};

test("a colour and a pixel hold the same red, green and blue", () => {
  assert.equal(mixedPixel(page, [10, 16, 255], 1), 0xffff100a);
  assert.equal(mixedPixel(page, [10, 16, 255], 0), 0xffffffff);
});

test("pixels lie between the nodes of the grid, whose outer ones are on the edges", () => {
  const { node, share } = samplingOf(4, 3);
  assert.deepEqual([...node], [0, 0, 1, 1]);
  assert.deepEqual([...share], [0.25, 0.75, 0.25, 0.75]);
});

test("regions have two colours, parted at the cut, and rows of the grid go up", () => {
  const look = { kind: "regions", probability_of: null };
  const pixels = painted([-4, -4, 4, 4], look);
  assert.equal(new Set(pixels).size, 2);
  assert.equal(pixels[0], pixels[3]);
  assert.notEqual(pixels[0], pixels[12]);
  assert.equal(new Set(painted([-4, -4, 4, 4], look, 7)).size, 1);
});

test("a probability map is the page's colour where two classes are equally likely", () => {
  const [pixel] = painted([0, 0, 0, 0], { kind: "probability", probability_of: null });
  assert.ok((pixel & 255) >= 253);
});

test("a map of one class is strongest where that class is certain", () => {
  const strengthOf = (odds, code) => 255 - ((painted([odds, odds, odds, odds], {
    kind: "probability", probability_of: code,
  })[0] >> 8) & 255);
  assert.ok(strengthOf(6, 1) > strengthOf(0, 1));
  assert.ok(strengthOf(-6, 0) > strengthOf(0, 0));
});

test("of three classes the likeliest gives the colour, and the page shows through where all are as likely", () => {
  const planes = (logits) => ({ planes: logits.map((each) => new Float32Array(4).fill(each)), width: 2, height: 2 });
  const look = (kind, code = null) => ({ kind, probability_of: code });
  const pixel = (logits, view) => {
    const pixels = new Uint32Array(4);
    paintClasses(pixels, 2, 2, planes(logits), view, classes, page);
    return pixels[0];
  };
  assert.equal(pixel([0, 9, 0], look("regions")), pixel([-5, -1, -2], look("regions")));
  assert.notEqual(pixel([0, 9, 0], look("regions")), pixel([9, 0, 0], look("regions")));
  assert.equal(pixel([1, 1, 1], look("probability")), 0xffffffff);
  assert.equal(pixel([-20, 5, 5], look("probability", 0)), 0xffffffff);
  assert.equal(pixel([20, -5, 5], look("probability", 0)), pixel([30, -5, 5], look("probability", 0)));
});
