import assert from "node:assert/strict";
import { test } from "node:test";

import { checkStep } from "../../../src/demarcate/studio/web/lesson_checks.js";
import { wilsonInterval } from "../../../src/demarcate/studio/web/wilson_interval.js";
import { emptyRecord, recordAnswer, recordCards } from "../../../src/demarcate/studio/web/lesson_record.js";
import { LESSON_PATIENT, LESSON_STEPS, stateOfStep } from "../../../src/demarcate/studio/web/lesson_steps.js";
import { FEEDBACK_TEXTS } from "../../../src/demarcate/studio/web/lesson_strings.js";

/** A learner who sets a step up, changes it, and trains. */
class Learner {
  constructor(id) {
    this.id = id;
    this.record = emptyRecord();
    this.costs = null;
    this.begin = 0;
    this.set(() => undefined);
  }

  set(change) {
    this.state = stateOfStep(LESSON_STEPS.find((step) => step.id === this.id));
    change(this.state);
    this.begin += 1;
    return this;
  }

  /** Train each card; a card's curve is a list of (epoch, train accuracy, accuracy, loss). */
  train(...curves) {
    const cards = new Map();
    this.state.cards.forEach((card, position) => {
      const rows = curves[position] ?? [];
      const [epochs, train_accuracy, monitored_accuracy, monitored_loss] = [0, 1, 2, 3].map((column) =>
        rows.map((row) => row[column]),
      );
      const epoch = epochs.at(-1) ?? 0;
      cards.set(card.id, {
        facts: {
          id: card.id,
          begin: this.begin,
          epoch,
          batch: 0,
          status: "paused",
          changed: this.changed ?? false,
          widths: this.widths(card),
          n_parameters: 9,
        },
        arrays: { monitored_logits: { shape: [2, 1], data: [1, -1] } },
        curves: { epochs, train_loss: epochs, train_accuracy, monitored_accuracy, monitored_loss },
      });
    });
    const dataset = {
      classes: Array.from({ length: this.nClasses() }, String),
      monitored: "validation",
      n_rows: { validation: 200 },
    };
    recordCards(this.record, this.state, dataset, cards, [1, 1], this.before);
    return this;
  }

  nClasses() {
    return this.state.data.source === "blobs" ? this.state.data.centers : 2;
  }

  widths(card) {
    const outputs = this.nClasses() > 2 ? this.nClasses() : card.head === "softmax" ? 2 : 1;
    return [2, ...card.hidden, outputs];
  }

  answer(facts) {
    const { data, split, cards } = this.state;
    const card = cards.find(({ id }) => id === facts.card) ?? cards[0];
    recordAnswer(this.record, { question: { type: "ask", what: facts.what }, answer: facts, asked: { data, split, card } });
    return this;
  }

  row(answer, cells) {
    const { data, split, cards } = this.state;
    recordAnswer(this.record, { question: { type: "row", cells }, answer, asked: { data, split, card: cards[0] } });
    return this;
  }

  check() {
    const { done, says } = checkStep(this.id, { state: this.state, record: this.record, costs: this.costs });
    // Every sentence that is named is there, and takes its numbers.
    const sentences = says.map(([name, ...numbers]) => FEEDBACK_TEXTS[name](...numbers));
    for (const sentence of sentences) assert.doesNotMatch(sentence, /undefined|NaN|\[object/);
    return { done, names: says.map(([name]) => name), text: sentences.join(" ") };
  }
}

const accuracy = (epoch, share, loss = 1 - share) => [epoch, share, share, loss];

test("the interval of a share is Wilson's", () => {
  const [low, high] = wilsonInterval(50 / 61, 61);
  assert.ok(Math.abs(low - 0.7053) < 1e-4 && Math.abs(high - 0.8962) < 1e-4, `${low} ${high}`);
  assert.ok(Math.abs(wilsonInterval(1, 10)[0] - 0.7225) < 1e-4);
  assert.ok(wilsonInterval(0, 5)[0] < 1e-9);
});

test("every step begins undone, and says what to do", () => {
  for (const { id } of LESSON_STEPS) {
    const { done, text } = new Learner(id).check();
    assert.equal(done, false, id);
    assert.notEqual(text, "", id);
  }
});

test("outputs follow the classes that a learner has shown", () => {
  const learner = new Learner("outputs").train();
  learner.set((state) => (state.data.centers = 6)).train();
  assert.equal(learner.check().done, false);
  learner.set((state) => (state.data.source = "moons")).train();
  const { done, text } = learner.check();
  assert.equal(done, true);
  assert.match(text, /2 classes, 1 output; 4 classes, 4 outputs; 6 classes, 6 outputs/);
});

test("guessing is measured on the learner's own untrained networks", () => {
  const learner = new Learner("guessing");
  for (const seed of [0, 1, 2]) learner.set((state) => (state.cards[0].seed = seed)).train();
  assert.match(learner.check().text, /one other seed/);
  learner.set((state) => (state.cards[0].seed = 3)).train();
  // Two rows of class 1, and logits above and below 0: one of two is right.
  assert.match(learner.check().text, /0.500, 0.500, 0.500, 0.500. Mean 0.500; one of 4 is 0.250/);
  assert.equal(learner.check().done, true);
});

test("clouds want 0.97 on narrow clouds, and two sizes on wide ones", () => {
  const learner = new Learner("clouds").train([accuracy(100, 0.96)]);
  assert.deepEqual(learner.check().names, ["cloudsBelow"]);
  learner.train([accuracy(100, 0.96), accuracy(140, 0.985)]);
  assert.deepEqual(learner.check().names, ["cloudsReached", "cloudsWiden"]);
  learner.set((state) => (state.data.cluster_std = 4)).train([accuracy(100, 0.8)]);
  assert.equal(learner.check().done, false);
  learner
    .set((state) => {
      state.data.cluster_std = 4;
      state.cards[0].hidden = [32, 32];
    })
    .train([accuracy(100, 0.81)]);
  assert.match(learner.check().text, /The difference is 2 rows of 200/);
  assert.equal(learner.check().done, true);
});

test("a loss that rises while accuracy stays is seen in the curve", () => {
  const learner = new Learner("confident").train([accuracy(40, 0.95, 0.2), accuracy(200, 0.94, 0.25)]);
  assert.deepEqual(learner.check().names, ["confidentNotYet"]);
  learner.train([accuracy(40, 0.95, 0.2), accuracy(200, 0.94, 0.25), accuracy(600, 0.94, 0.9)]);
  const { done, text } = learner.check();
  assert.equal(done, true);
  assert.match(text, /From epoch 40 to 600 the loss went from 0.200 to 0.900, 4.5 times as much/);
});

test("rates that were changed on the way do not count", () => {
  const slow = [accuracy(100, 0.4), accuracy(500, 0.7)];
  const learner = new Learner("rates");
  learner.changed = true;
  learner.train(slow, slow, slow);
  assert.equal(learner.check().done, false);
  const patient = new Learner("rates").train(slow, slow, [accuracy(100, 0.25), accuracy(500, 0.25)]);
  assert.equal(patient.check().done, true);
  assert.match(patient.check().text, /Rate 0.001: 0.400 after 100 epochs, 0.700 after 500. Rate 2: 0.250/);
});

test("a network without activations is compared with one that has them", () => {
  const learner = new Learner("straight").train([accuracy(150, 0.99)], [accuracy(150, 0.48)]);
  assert.equal(learner.check().done, true);
  assert.equal(new Learner("straight").train([accuracy(150, 0.9)], [accuracy(150, 0.48)]).check().done, false);
});

test("heads are counted by their outputs", () => {
  const learner = new Learner("heads").train([accuracy(300, 0.975)], [accuracy(300, 0.97)]);
  assert.equal(learner.check().done, true);
  assert.match(learner.check().text, /1 row apart/);
});

test("the fewest units are those of the smallest network that reached 0.95", () => {
  const learner = new Learner("fewest").train([accuracy(300, 1)]);
  assert.deepEqual([learner.check().done, learner.check().names], [false, ["fewestReached", "fewestMore"]]);
  learner.set((state) => (state.cards[0].hidden = [3])).train([accuracy(300, 0.83)]);
  learner.set((state) => (state.cards[0].hidden = [4])).train([accuracy(300, 0.965)]);
  const { done, text } = learner.check();
  assert.equal(done, true);
  assert.match(text, /Your record: 4 units.*1 smaller network did not get there.*of 20 seeds 16/);
});

test("easier rings are no way to a record", () => {
  const easy = new Learner("fewest").set((state) => {
    state.data.factor = 0.1;
    state.cards[0].hidden = [3];
  });
  assert.equal(easy.train([accuracy(300, 1)]).check().done, false);
});

test("heart's score carries its interval, and an early one does not count", () => {
  const score = (epoch) => ({
    what: "scores",
    rows: "test",
    epoch,
    n_rows: 61,
    scores: [{ name: "accuracy", mean: { value: 50 / 61, low: 0.705, high: 0.896 } }],
  });
  assert.equal(new Learner("heart").answer(score(3)).check().done, false);
  const { done, text } = new Learner("heart").answer(score(50)).check();
  assert.equal(done, true);
  assert.match(text, /50 of 61 test rows are right: 0.820, 95% interval \[0.7[01], 0.90\]/);
  assert.match(text, /agree with 0.80/);
});

test("the patient is the lesson's, and five networks speak", () => {
  const learner = new Learner("patient");
  const members = [0.2, 0.3, 0.25, 0.35, 0.3].map((p) => [1 - p, p]);
  const answer = { probabilities: [0.72, 0.28], members, epoch: 50 };
  learner.row(answer, { ...LESSON_PATIENT, age: 50 });
  assert.deepEqual(learner.check().names, ["patientOther"]);
  learner.row({ ...answer, members: null }, { ...LESSON_PATIENT });
  assert.deepEqual(learner.check().names, ["patientOne"]);
  learner.row(answer, { ...LESSON_PATIENT, age: "80" });
  assert.equal(learner.check().done, true);
  assert.match(learner.check().text, /0.280 on average, from 0.200 to 0.350. All are on one side/);
});

test("luck needs five splits of the same table", () => {
  const learner = new Learner("luck");
  [0.79, 0.82, 0.85, 0.84, 0.9].forEach((share, seed) => {
    learner.set((state) => (state.split.seed = seed)).train([accuracy(50, share)]);
  });
  assert.equal(learner.check().done, true);
  assert.match(learner.check().text, /5 splits: 0.790 to 0.900, mean 0.840. The best is 0.060 above/);
});

test("the threshold of the costs counts, not the one that these rows like best", () => {
  const learner = new Learner("costs");
  const outcome = { cost: 30, falseNegatives: 10, falsePositives: 16 };
  const costs = {
    nRows: 121,
    epoch: 50,
    threshold: 0.5,
    now: outcome,
    half: outcome,
    cheapest: { cost: 25, threshold: 0.41 },
  };
  learner.costs = costs;
  assert.deepEqual(learner.check().names, ["costsSet"]);
  learner.state.decision = { ...learner.state.decision, false_negative: 2, false_positive: 1 };
  learner.costs = { ...costs, threshold: 0.41 };
  assert.deepEqual(learner.check().names, ["costsThreshold"]);
  learner.costs = { ...costs, threshold: 1 / 3 };
  assert.equal(learner.check().done, true);
});

test("dropout is compared at epoch 50 and at epoch 300", () => {
  const none = [accuracy(50, 0.88), accuracy(300, 0.98)];
  const learner = new Learner("dropout").train(none, [accuracy(50, 0.86)]);
  assert.equal(learner.check().done, false);
  learner.train(none, [accuracy(50, 0.86), accuracy(300, 0.9)]);
  assert.equal(learner.check().done, true);
  assert.match(learner.check().text, /Without dropout: train 0.880 and fresh rows 0.880 at epoch 50/);
});

test("the three need training and two verdicts, and big is compared with tiny as it is", () => {
  const learner = new Learner("three").train([accuracy(300, 0.82, 0.36)], [accuracy(300, 0.93, 0.8)], []);
  learner.answer({ what: "diagnose", card: "a", verdict: "underfits" });
  assert.match(learner.check().text, /Ask of one other card/);
  learner.answer({ what: "diagnose", card: "b", verdict: "overfits" });
  assert.equal(learner.check().done, true);
  assert.match(
    learner.check().text,
    /right more often, and its loss is higher all the same. tiny underfits; big overfits/,
  );
});

test("an answer is of the network as it was asked about, and of no other with its id", () => {
  const learner = new Learner("three").answer({ what: "diagnose", card: "a", verdict: "underfits" });
  const { state } = learner;
  assert.match(learner.check().text, /tiny underfits/);
  learner.set(({ cards }) => (cards[0].hidden = [64]));
  assert.doesNotMatch(learner.check().text, /underfits\./);
  learner.set(({ data }) => (data.noise = 0.1));
  assert.doesNotMatch(learner.check().text, /underfits\./);
  learner.state = state;
  learner.state.cards[0].name = "other";
  assert.match(learner.check().text, /other underfits/);
});

test("networks on other rows are not compared", () => {
  const learner = new Learner("three").train([accuracy(300, 0.82, 0.36)]);
  learner.set(({ data }) => (data.noise = 0.1)).train([], [accuracy(300, 0.93, 0.8)]);
  assert.deepEqual(learner.check().names, ["threeTrain"]);
  learner.train([accuracy(300, 0.82, 0.36)], [accuracy(300, 0.93, 0.8)]);
  assert.deepEqual(learner.check().names, ["bigAgainstTiny", "threeAsk"]);
});

test("what was trained before a step counts when it is trained further", () => {
  const learner = new Learner("fewest");
  learner.before = new Map([["a", { begin: 1, epoch: 300 }]]);
  learner.train([accuracy(300, 1)]);
  assert.deepEqual(learner.check().names, ["notTrained"]);
  learner.train([accuracy(300, 1), accuracy(301, 1)]);
  assert.deepEqual(learner.check().names, ["fewestReached", "fewestMore"]);
});

test("a sweep's best value at its end is a direction", () => {
  const row = (label, value) => ({ label, n_parameters: 65, log_loss: { value }, accuracy: { value: 0.9 } });
  const rows = [row("2", 0.4), row("8", 0.3), row("32", 0.25), row("128", 0.2)];
  const learner = new Learner("sweep").answer({ what: "sweep", setting: "lr", rows });
  assert.deepEqual(learner.check().names, ["sweepHidden"]);
  learner.answer({ what: "sweep", setting: "hidden", rows, best: 3, smallest_near_best: 2 });
  assert.deepEqual(learner.check().names, ["sweepBest", "sweepSmallest", "sweepAtEnd"]);
  assert.equal(learner.check().done, true);
});

test("stopping needs a card that stopped, and one that went on", () => {
  const long = [accuracy(30, 0.95, 0.2), accuracy(300, 0.94, 0.9)];
  const learner = new Learner("stopping").train(long, [accuracy(30, 0.95, 0.2), accuracy(80, 0.95, 0.3)]);
  assert.equal(learner.check().done, true);
  assert.match(learner.check().text, /stopped at epoch 80. Its lowest loss on validation rows was 0.200, at epoch 30/);
});

test("a card that is reset begins its numbers again, and keeps what it reached", () => {
  const learner = new Learner("fewest").train([accuracy(1, 0.5), accuracy(300, 0.99)]);
  learner.begin += 1;
  learner.train([accuracy(1, 0.5)]);
  const [run] = learner.record.runs.values();
  assert.equal(run.now.epoch, 1);
  assert.equal(run.best.epoch, 300);
});
