/**
 * What each step of the lesson asks of a learner's networks. A check reads the record of what they did, and returns
 * whether the step is done, and what to say about it as the names of sentences with their numbers; `lesson_strings.js`
 * has the sentences.
 *
 * @module
 */

import {
  accuracyOf,
  dropoutLine,
  epochsSinceBest,
  feedback,
  hiddenUnits,
  isConfident,
  isPatient,
  latestPair,
  meanOf,
  mostAccurate,
  rateLine,
  saidOf,
} from "./lesson_feedback.js";
import { runsWhere } from "./lesson_record.js";
import { signatureOf } from "./questions.js";
import { wilsonInterval } from "./wilson_interval.js";

/**
 * @typedef {import("./lesson_feedback.js").Feedback} Feedback
 * @typedef {import("./lesson_record.js").LessonRecord} LessonRecord
 * @typedef {import("./lesson_record.js").LessonRun} LessonRun
 * @typedef {import("./lesson_steps.js").LessonStepId} LessonStepId
 * @typedef {import("./types.js").State} State
 */

/**
 * What a check reads.
 *
 * @typedef {object} LessonFacts
 * @property {State} state
 * @property {LessonRecord} record
 * @property {CostFacts | null} costs of the first card, where there are two classes
 */

/**
 * The costs of decisions on the monitored rows, per 100 rows, with the mistakes that they are of.
 *
 * @typedef {object} CostFacts
 * @property {number} nRows
 * @property {number} epoch
 * @property {number} threshold that in force
 * @property {{cost: number, falseNegatives: number, falsePositives: number}} now
 * @property {{cost: number, falseNegatives: number, falsePositives: number}} half at 0.5
 * @property {{cost: number, threshold: number}} cheapest of these rows
 */

/**
 * Check a step.
 *
 * @param {LessonStepId} id
 * @param {LessonFacts} facts
 * @returns {Feedback}
 */
export function checkStep(id, facts) {
  return STEP_CHECKS[id](facts);
}

/** @type {Record<LessonStepId, (facts: LessonFacts) => Feedback>} */
const STEP_CHECKS = {
  outputs({ record }) {
    const seen = new Map(runsWhere(record, () => true).map((run) => [run.nClasses, run.nOutputs]));
    const pairs = [...seen].sort(([one], [other]) => one - other);
    return feedback(pairs.length >= 3, pairs.length > 0 && ["outputsSeen", pairs], pairs.length < 3 && ["outputsMore"]);
  },

  guessing({ record }) {
    const runs = runsWhere(record, (run) => run.data.source === "blobs" && run.untrained !== null);
    const seeds = new Map(runs.map((run) => [run.card.seed, run]));
    const shares = [...seeds.values()].map((run) => run.untrained ?? 0);
    const nClasses = runs.at(-1)?.nClasses ?? 4;
    return feedback(
      shares.length >= 4,
      shares.length > 0 && ["guessed", shares, meanOf(shares), nClasses],
      shares.length < 4 && ["guessMore", 4 - shares.length],
    );
  },

  clouds({ record }) {
    const trained = runsWhere(record, (run) => run.data.source === "blobs" && (run.now?.epoch ?? 0) >= 20);
    const near = mostAccurate(trained.filter((run) => run.data.cluster_std <= 2 && run.nClasses >= 4));
    const wide = trained.filter((run) => run.data.cluster_std >= 3);
    const few = wide.find((run) => hiddenUnits(run.card) <= 16);
    const many = wide.find((run) => hiddenUnits(run.card) >= 48);
    const reached = near !== null && near.now.accuracy >= 0.97;
    return feedback(
      reached && few !== undefined && many !== undefined,
      near && saidOf(reached ? "cloudsReached" : "cloudsBelow", near),
      !near && ["notTrained"],
      reached && !few && ["cloudsWiden"],
      few && !many && ["cloudsWiden2", accuracyOf(few)],
      few && many && ["cloudsWide", accuracyOf(few), accuracyOf(many), many.nMonitored],
    );
  },

  confident({ record }) {
    const run = runsWhere(record, isConfident).at(-1);
    if (run?.best && run.now) return feedback(true, ["confidentSeen", run.best, run.now, run.nMonitored]);
    const latest = runsWhere(record, (each) => each.now !== null).at(-1);
    return feedback(false, latest?.now && latest.best ? ["confidentNotYet", latest.best, latest.now] : ["notTrained"]);
  },

  rates({ record }) {
    const runs = runsWhere(record, (run) => run.data.source === "blobs" && !run.changed && run.now !== null);
    const [slow, fast] = latestPair(
      runs,
      (run) => run.card.lr <= 0.003,
      (run) => run.card.lr >= 1,
    );
    const long = [slow, fast].every((run) => (run?.now?.epoch ?? 0) >= 300);
    const lines = [slow, fast].flatMap((run) => (run?.now ? [rateLine(run)] : []));
    return feedback(long, ...lines, !long && ["ratesMore"]);
  },

  straight({ record }) {
    const runs = runsWhere(record, (run) => run.data.source === "circles" && (run.now?.epoch ?? 0) >= 50);
    const without = mostAccurate(runs.filter((run) => run.card.activation === "none" || run.card.hidden.length === 0));
    const bent = mostAccurate(runs.filter((run) => run.card.activation !== "none" && run.card.hidden.length > 0));
    const reached = bent !== null && bent.now.accuracy >= 0.97;
    return feedback(
      without !== null && reached,
      bent && ["straightBent", bent.card.activation, bent.now.accuracy],
      without && ["straightWithout", without.now.accuracy, without.now.epoch],
      (!without || !bent) && ["straightMore"],
    );
  },

  heads({ record }) {
    const runs = runsWhere(record, (run) => run.data.source === "moons" && (run.now?.epoch ?? 0) >= 100);
    const [one, two] = latestPair(
      runs,
      (run) => run.nOutputs === 1,
      (run) => run.nOutputs === 2,
    );
    if (!one?.now || !two?.now) return feedback(false, ["headsMore"]);
    const apart = Math.abs(one.now.accuracy - two.now.accuracy);
    const rows = Math.round(apart * one.nMonitored);
    return feedback(true, ["headsSeen", one.now.accuracy, two.now.accuracy, rows, one.nParameters, two.nParameters]);
  },

  fewest({ record }) {
    const trained = runsWhere(record, (run) => run.data.source === "circles" && run.now !== null);
    const rings = trained.filter((run) => run.data.noise >= 0.05 && run.data.factor >= 0.5 && run.nMonitored >= 100);
    const reached = rings.filter((run) => (run.now?.accuracy ?? 0) >= 0.95 && run.card.seeds === 1);
    const smallest = reached.sort((one, other) => hiddenUnits(one.card) - hiddenUnits(other.card)).at(0);
    const latest = rings.at(-1);
    if (!smallest?.now) return feedback(false, latest ? saidOf("fewestBelow", latest) : ["notTrained"]);
    const units = hiddenUnits(smallest.card);
    const failed = rings.filter((run) => hiddenUnits(run.card) < units && (run.now?.epoch ?? 0) >= 100);
    return feedback(
      units <= 5,
      ["fewestReached", units, smallest.now.accuracy, ...wilsonInterval(smallest.now.accuracy, smallest.nMonitored)],
      failed.length > 0 && ["fewestFailed", failed.length, Math.max(...failed.map((run) => run.now?.accuracy ?? 0))],
      units > 5 && ["fewestMore", units],
      units <= 5 && ["fewestMeasured", units],
    );
  },

  heart({ record }) {
    const answer = record.scores.filter(({ data }) => data.source === "heart").at(-1)?.answer;
    const accuracy = answer?.scores.find((/** @type {any} */ each) => each.name === "accuracy")?.mean;
    if (answer && answer.rows === "test" && accuracy) {
      return feedback(
        answer.epoch >= 30,
        ["heartScored", accuracy, answer.n_rows],
        answer.epoch < 30 && ["heartEarly"],
      );
    }
    const trained = runsWhere(record, (run) => run.data.source === "heart" && (run.now?.epoch ?? 0) >= 30).at(-1);
    return feedback(false, trained ? saidOf("heartTrained", trained) : ["notTrained"]);
  },

  patient({ record }) {
    const asked = record.rows.filter(({ cells, data }) => data.source === "heart" && isPatient(cells));
    const last = asked.at(-1);
    if (!last) return feedback(false, record.rows.length > 0 ? ["patientOther"] : ["patientMore"]);
    const members = last.answer.members?.map((/** @type {number[]} */ each) => each[1]);
    const p = last.answer.probabilities[1];
    if (!members) return feedback(false, ["patientOne", p]);
    const range = [Math.min(...members), Math.max(...members)];
    return feedback(last.answer.epoch >= 30, ["patientSeeds", p, ...range], last.answer.epoch < 30 && ["heartEarly"]);
  },

  luck({ record }) {
    const runs = runsWhere(record, (run) => run.data.source === "heart" && (run.now?.epoch ?? 0) >= 30);
    const seeds = new Map(runs.map((run) => [run.split.seed, run]));
    const shares = [...seeds.values()].map(accuracyOf);
    const enough = shares.length >= 5;
    const n = runs.at(-1)?.nMonitored ?? 61;
    return feedback(
      enough,
      shares.length > 1 && ["luckSeen", shares.length, Math.min(...shares), Math.max(...shares), meanOf(shares)],
      enough && ["luckInterval", n, ...wilsonInterval(meanOf(shares), n)],
      !enough && ["luckMore", 5 - shares.length],
    );
  },

  costs({ state, costs }) {
    const { false_negative: missed, false_positive: alarm } = state.decision;
    if (!costs || costs.epoch < 30) return feedback(false, ["notTrained"]);
    const twoToOne = Math.abs(missed - 2 * alarm) < 1e-9;
    const atRule = Math.abs(costs.threshold - 1 / 3) < 0.006;
    return feedback(
      twoToOne && atRule,
      !twoToOne && ["costsSet", missed, alarm],
      twoToOne && !atRule && ["costsThreshold", costs.threshold, costs.now, costs.nRows],
      twoToOne && atRule && ["costsRule", costs.half, costs.now, costs.nRows],
      twoToOne && atRule && ["costsCheapest", costs.cheapest],
    );
  },

  dropout({ record }) {
    const runs = runsWhere(
      record,
      (run) => run.data.source === "heart" && !run.changed && (run.now?.epoch ?? 0) >= 300,
    );
    const [without, dropped] = latestPair(
      runs,
      (run) => run.card.dropout === 0,
      (run) => run.card.dropout >= 0.3,
    );
    const lines = [without, dropped].flatMap((run) => (run?.now ? [dropoutLine(run)] : []));
    return feedback(without !== undefined && dropped !== undefined, ...lines, lines.length < 2 && ["dropoutMore"]);
  },

  three({ record, state }) {
    const runs = runsWhere(record, (run) => run.data.source === "moons" && (run.now?.epoch ?? 0) >= 200);
    const [tiny, big] = latestPair(
      runs,
      (run) => hiddenUnits(run.card) <= 3,
      (run) => hiddenUnits(run.card) >= 256,
    );
    const verdicts = state.cards.flatMap((card) => {
      const answer = record.diagnoses.get(signatureOf(state.data, state.split, card));
      return answer ? [[card.name, answer.verdict]] : [];
    });
    const names = [big?.card.name, tiny?.card.name];
    const enough = tiny?.now && big?.now ? ["bigAgainstTiny", big.now, tiny.now, big.nMonitored, ...names] : null;
    return feedback(
      enough !== null && verdicts.length >= 2,
      /** @type {any} */ (enough ?? ["threeTrain"]),
      verdicts.length > 0 && ["threeVerdicts", verdicts],
      enough !== null && verdicts.length < 2 && ["threeAsk", 2 - verdicts.length],
    );
  },

  sweep({ record }) {
    const answer = record.sweeps.filter((each) => each.setting === "hidden").at(-1);
    if (!answer) return feedback(false, record.sweeps.length > 0 ? ["sweepHidden"] : ["sweepMore"]);
    const wide = answer.rows.length >= 4;
    const best = answer.rows[answer.best];
    const smallest = answer.smallest_near_best === null ? null : answer.rows[answer.smallest_near_best];
    const isAtEnd = answer.best === answer.rows.length - 1 || answer.best === 0;
    return feedback(
      wide,
      ["sweepBest", best.label, best.log_loss, best.accuracy],
      smallest && ["sweepSmallest", smallest.label, smallest.n_parameters, best.n_parameters],
      isAtEnd && ["sweepAtEnd", best.label],
      !wide && ["sweepWider"],
    );
  },

  stopping({ record }) {
    const isStopped = (/** @type {LessonRun} */ run) =>
      run.card.patience !== null && run.now !== null && run.best !== null && run.now.epoch < run.card.epochs;
    const [stopped, long] = latestPair(
      runsWhere(record, () => true),
      (run) => isStopped(run) && epochsSinceBest(run) >= (run.card.patience ?? 0),
      (run) => run.card.patience === null && (run.now?.epoch ?? 0) >= 200,
    );
    return feedback(
      stopped !== undefined && long !== undefined,
      stopped && ["stoppedSeen", stopped.best, stopped.now],
      long && ["stoppedLong", long.best, long.now],
      (!stopped || !long) && ["stoppingMore"],
    );
  },
};
