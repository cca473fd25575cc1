/**
 * The steps of the lesson: their times, the states that they begin with, and which choice of their question is right.
 * Their texts are in `lesson_strings.js`, and what they ask of a learner's networks is in `lesson_checks.js`.
 *
 * @module
 */

/**
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").CardState} CardState
 */

/**
 * The settings of a state that are not those of {@link LESSON_BASE}.
 *
 * @typedef {object} Begin
 * @property {Partial<State["data"]>} data
 * @property {Partial<State["split"]>} [split]
 * @property {Partial<State["view"]>} [view]
 * @property {Partial<State["decision"]>} [decision]
 * @property {Partial<CardState>[]} cards
 */

/**
 * @typedef {object} LessonStep
 * @property {LessonStepId} id
 * @property {number} part the position in {@link LESSON_PARTS}
 * @property {number} minutes
 * @property {number} right the position of the right choice
 * @property {Begin} begin
 */

/**
 * @typedef {"outputs" | "guessing" | "clouds" | "confident" | "rates" | "straight" | "heads" | "fewest" | "heart" | "patient"
 *   | "luck" | "costs" | "dropout" | "three" | "sweep" | "stopping"} LessonStepId
 */

/** The minutes of the parts, in order: those of the plan of three hours. */
export const LESSON_PARTS = Object.freeze([15, 25, 25, 15, 55, 45]);

/** The patient of the lesson, by column. */
export const LESSON_PATIENT = Object.freeze({
  age: 80,
  sex: "0",
  cp: "1",
  trestbps: 124,
  chol: 300,
  fbs: "1",
  restecg: "2",
  thalach: 150,
  exang: "0",
  oldpeak: 2.3,
  slope: 3,
  ca: "0",
  thal: "fixed",
});

/** @type {State} */
const LESSON_BASE = {
  data: {
    source: "moons",
    n_samples: 300,
    noise: 0.3,
    factor: 0.5,
    centers: 4,
    cluster_std: 1.5,
    random_state: 0,
    table: null,
    target: null,
    categorical: [],
    drop: [],
    added: [],
    standardise: true,
  },
  split: { validation: 0.2, test: 0, seed: 0 },
  view: {
    columns: null,
    held: {},
    kind: "regions",
    probability_of: null,
    points: { train: true, validation: true, test: false },
    spread: true,
  },
  cards: [],
  decision: { threshold: null, false_negative: 1, false_positive: 1, positive: 1 },
};

/** @type {CardState} */
const LESSON_CARD = {
  id: "a",
  name: "network",
  hidden: [16, 16],
  activation: "relu",
  dropout: 0,
  head: "auto",
  optimizer: "adam",
  lr: 0.01,
  weight_decay: 0,
  batch_size: null,
  schedule: "constant",
  epochs: 300,
  patience: null,
  seed: 0,
  seeds: 1,
};

/** @type {Begin["data"]} */
const ON_BLOBS = { source: "blobs", n_samples: 1000, random_state: 42, standardise: false };
/** @type {Begin["data"]} */
const ON_CIRCLES = { source: "circles", n_samples: 1000, noise: 0.05, random_state: 42, standardise: false };
/** @type {Begin["data"]} */
const ON_MOONS = { source: "moons" };
/** @type {Begin["data"]} */
const ON_HEART = { source: "heart" };
/** @type {Begin["view"]} */
const HEART_VIEW = { columns: ["age", "thalach"], kind: "probability" };
const HELD_OUT_TWICE = { validation: 0.2, test: 0.2 };
const CLOUDS_CARD = { name: "8-8", hidden: [8, 8], optimizer: "sgd", lr: 0.1, epochs: 100 };
const HEART_CARD = { name: "32, dropout 0.5", hidden: [32], dropout: 0.5, lr: 0.001, batch_size: 32, epochs: 50 };
const BIG_CARD = { name: "big", hidden: [256, 256, 256], epochs: 300 };

/** @type {readonly LessonStep[]} */
export const LESSON_STEPS = Object.freeze(
  /** @type {LessonStep[]} */ ([
    { id: "outputs", part: 0, minutes: 7, right: 2, begin: { data: ON_BLOBS, cards: [CLOUDS_CARD] } },
    { id: "guessing", part: 0, minutes: 8, right: 1, begin: { data: ON_BLOBS, cards: [CLOUDS_CARD] } },
    { id: "clouds", part: 1, minutes: 13, right: 1, begin: { data: ON_BLOBS, cards: [CLOUDS_CARD] } },
    {
      id: "confident",
      part: 1,
      minutes: 12,
      right: 2,
      begin: {
        data: ON_MOONS,
        split: { validation: 0.3 },
        view: { kind: "probability" },
        cards: [{ name: "64-64", hidden: [64, 64], epochs: 600 }],
      },
    },
    {
      id: "rates",
      part: 2,
      minutes: 13,
      right: 0,
      begin: {
        data: ON_BLOBS,
        cards: [
          { ...CLOUDS_CARD, name: "rate 0.001", lr: 0.001, epochs: 500 },
          { ...CLOUDS_CARD, name: "rate 0.1", epochs: 500 },
          { ...CLOUDS_CARD, name: "rate 2", lr: 2, epochs: 500 },
        ],
      },
    },
    {
      id: "straight",
      part: 2,
      minutes: 12,
      right: 0,
      begin: {
        data: ON_CIRCLES,
        cards: [
          { name: "ReLU", lr: 0.05, epochs: 150 },
          { name: "no activations", activation: "none", lr: 0.05, epochs: 150 },
        ],
      },
    },
    {
      id: "heads",
      part: 3,
      minutes: 7,
      right: 0,
      begin: {
        data: { ...ON_MOONS, n_samples: 1000, noise: 0.2, random_state: 42 },
        view: { kind: "probability", probability_of: 1 },
        cards: [
          { name: "one logit", head: "logit" },
          { name: "two logits", head: "softmax" },
        ],
      },
    },
    {
      id: "fewest",
      part: 3,
      minutes: 8,
      right: 1,
      begin: { data: ON_CIRCLES, cards: [{ name: "16-16", epochs: 500 }] },
    },
    {
      id: "heart",
      part: 4,
      minutes: 13,
      right: 1,
      begin: { data: ON_HEART, split: HELD_OUT_TWICE, view: HEART_VIEW, cards: [HEART_CARD] },
    },
    {
      id: "patient",
      part: 4,
      minutes: 10,
      right: 2,
      begin: {
        data: ON_HEART,
        split: HELD_OUT_TWICE,
        view: HEART_VIEW,
        cards: [{ ...HEART_CARD, name: "five seeds", seeds: 5 }],
      },
    },
    { id: "luck", part: 4, minutes: 12, right: 1, begin: { data: ON_HEART, view: HEART_VIEW, cards: [HEART_CARD] } },
    {
      id: "costs",
      part: 4,
      minutes: 12,
      right: 0,
      begin: {
        data: ON_HEART,
        split: { validation: 0.4 },
        view: { ...HEART_VIEW, probability_of: 1 },
        cards: [HEART_CARD],
      },
    },
    {
      id: "dropout",
      part: 4,
      minutes: 8,
      right: 1,
      begin: {
        data: ON_HEART,
        view: HEART_VIEW,
        cards: [
          { ...HEART_CARD, name: "no dropout", dropout: 0, epochs: 300 },
          { ...HEART_CARD, name: "dropout 0.5", epochs: 300 },
        ],
      },
    },
    {
      id: "three",
      part: 5,
      minutes: 20,
      right: 1,
      begin: {
        data: ON_MOONS,
        split: { validation: 0.3 },
        cards: [
          { name: "tiny", hidden: [2], activation: "tanh" },
          BIG_CARD,
          { name: "good", dropout: 0.2, weight_decay: 1e-4 },
        ],
      },
    },
    { id: "sweep", part: 5, minutes: 13, right: 2, begin: { data: ON_MOONS, cards: [{ name: "16", hidden: [16] }] } },
    {
      id: "stopping",
      part: 5,
      minutes: 12,
      right: 1,
      begin: {
        data: ON_MOONS,
        split: HELD_OUT_TWICE,
        cards: [BIG_CARD, { ...BIG_CARD, name: "big, stopped", patience: 50 }],
      },
    },
  ]),
);

/**
 * Return the state that a step begins with.
 *
 * @param {LessonStep} step
 * @returns {State}
 */
export function stateOfStep({ begin }) {
  const base = structuredClone(LESSON_BASE);
  return {
    data: { ...base.data, ...structuredClone(begin.data) },
    split: { ...base.split, ...begin.split },
    view: {
      ...base.view,
      ...structuredClone(begin.view),
      points: { ...base.view.points, test: (begin.split?.test ?? 0) > 0 },
    },
    cards: begin.cards.map((each, position) => ({
      ...structuredClone(LESSON_CARD),
      ...structuredClone(each),
      id: "abcd"[position],
    })),
    decision: { ...base.decision, ...begin.decision },
  };
}
