/**
 * Questions to the session, each with its own answer, progress and problem. An answer belongs to a card as it was asked
 * about: its settings and data. Another card may have its id by then.
 *
 * @module
 */
import { uniqueId } from "./dom.js";
import { askStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").CardState} CardState */
/** @typedef {import("./types.js").ProgressFacts} ProgressFacts */
/** @typedef {import("./types.js").State} State */

/**
 * A card as it was asked about.
 *
 * @typedef {object} AskedCard
 * @property {State["data"]} data
 * @property {State["split"]} split
 * @property {CardState} card
 * @property {number} revision
 */

/**
 * @typedef {object} Answered
 * @property {any} question
 * @property {any} answer
 * @property {AskedCard} asked
 */

/**
 * @typedef {object} Asker
 * @property {(answer: any, asked: AskedCard | null, arrays?: import("./types.js").Message["arrays"]) => void} onAnswer the
 *   facts of `answer` or `row`, and the card that they are of; null where it was changed before its turn came
 * @property {(problem: {fact: string, remedy: string}) => void} onProblem
 * @property {(progress: ProgressFacts) => void} [onProgress]
 */

/** @typedef {{asker: Asker, question: any, asked: AskedCard}} OpenQuestion */

/** @type {WeakMap<App, Map<string, OpenQuestion>>} */
const OPEN_QUESTIONS = new WeakMap();

/** @type {WeakMap<App, Set<(answered: Answered) => void>>} */
const ANSWER_LISTENERS = new WeakMap();

/**
 * Call a function with each answer, whoever asked, that is of a card whose settings and data are known.
 *
 * @param {App} app
 * @param {(answered: Answered) => void} listener
 */
export function onEachAnswer(app, listener) {
  const listeners = ANSWER_LISTENERS.get(app) ?? new Set();
  ANSWER_LISTENERS.set(app, listeners.add(listener));
}

/**
 * Return a card as it is now, for a question about it.
 *
 * @param {App} app
 * @param {string} id
 * @returns {AskedCard}
 */
function askedCard(app, id) {
  const { data, split, cards } = app.store.state();
  const card = cards.find((each) => each.id === id) ?? cards[0];
  return { data, split, card, revision: app.store.revision() };
}

/**
 * Return what makes a network another one: data, split and settings, whatever its name and place.
 *
 * @param {State["data"]} data
 * @param {State["split"]} split
 * @param {CardState} card
 */
export function signatureOf(data, split, card) {
  return JSON.stringify([data, split, { ...card, id: "", name: "" }]);
}

/**
 * Whether a card of the page is still the one that was asked about.
 *
 * @param {App} app
 * @param {AskedCard | null} asked
 */
export function isAsAsked(app, asked) {
  if (asked === null) return false;
  const { data, split, cards } = app.store.state();
  const before = signatureOf(asked.data, asked.split, asked.card);
  return cards.some((card) => card.id === asked.card.id && signatureOf(data, split, card) === before);
}

/**
 * Return the card that an answer is of: a question may have waited for its turn while the card was changed.
 *
 * @param {App} app
 * @param {AskedCard} asked
 * @param {number | undefined} revision that of the answer
 */
function cardOfAnswer(app, asked, revision) {
  if (revision === undefined || revision === asked.revision || isAsAsked(app, asked)) return asked;
  return revision === app.store.revision() ? askedCard(app, asked.card.id) : null;
}

/**
 * Send a question; returns what takes it back.
 *
 * @param {App} app
 * @param {{type: "ask" | "row", [fact: string]: any}} question without its id
 * @param {Asker} asker
 * @returns {() => void}
 */
export function askSession(app, question, asker) {
  if (app.live.isSetAside) {
    queueMicrotask(() => asker.onProblem(askStrings.noData));
    return () => undefined;
  }
  const open = openQuestions(app);
  const id = uniqueId(`${question.type}-${Date.now().toString(36)}`);
  open.set(id, { asker, question, asked: askedCard(app, question.card) });
  app.source.send({ ...question, id });
  return () => {
    if (open.delete(id) && question.type === "ask") app.source.send({ type: "cancel", id });
  };
}

/**
 * Return a page's open questions; the first time the page begins to listen for answers.
 *
 * @param {App} app
 */
function openQuestions(app) {
  const known = OPEN_QUESTIONS.get(app);
  if (known !== undefined) return known;
  /** @type {Map<string, OpenQuestion>} */ const open = new Map();
  OPEN_QUESTIONS.set(app, open);
  const close = (/** @type {string} */ id) => {
    const one = open.get(id);
    open.delete(id);
    return one;
  };
  const answer = (/** @type {any} */ { facts, arrays }) => {
    const one = close(facts.id);
    if (one === undefined) return;
    const asked = cardOfAnswer(app, one.asked, facts.revision);
    one.asker.onAnswer(facts, asked, arrays);
    if (asked === null) return;
    for (const listener of ANSWER_LISTENERS.get(app) ?? []) listener({ question: one.question, answer: facts, asked });
  };
  app.live.on("progress", (facts) => open.get(facts.id)?.asker.onProgress?.(facts));
  app.live.on("answer", answer);
  app.live.on("row", answer);
  app.live.on("problem", (facts) => (facts.id ? close(facts.id)?.asker.onProblem(facts) : undefined));
  app.live.on("status", (status) => {
    if (status !== "lost" && status !== "closed") return;
    for (const id of [...open.keys()]) close(id)?.asker.onProblem(askStrings.lost);
  });
  return open;
}
