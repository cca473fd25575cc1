/**
 * Questions to the session, each with its own answer, progress and problem.
 *
 * @module
 */
import { uniqueId } from "./dom.js";
import { askStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").ProgressFacts} ProgressFacts */

/**
 * @typedef {object} Asker
 * @property {(answer: any, arrays?: import("./types.js").Message["arrays"]) => void} onAnswer the facts of `answer` or `row`
 * @property {(problem: {fact: string, remedy: string}) => void} onProblem
 * @property {(progress: ProgressFacts) => void} [onProgress]
 */

/** @type {WeakMap<App, Map<string, Asker>>} */
const OPEN_QUESTIONS = new WeakMap();

/**
 * Send a question; returns what takes it back.
 *
 * @param {App} app
 * @param {{type: "ask" | "row", [fact: string]: any}} question without its id
 * @param {Asker} asker
 * @returns {() => void}
 */
export function askSession(app, question, asker) {
  const open = openQuestions(app);
  const id = uniqueId(`${question.type}-${Date.now().toString(36)}`);
  open.set(id, asker);
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
  /** @type {Map<string, Asker>} */ const open = new Map();
  OPEN_QUESTIONS.set(app, open);
  const close = (/** @type {string} */ id) => {
    const asker = open.get(id);
    open.delete(id);
    return asker;
  };
  app.live.on("progress", (facts) => open.get(facts.id)?.onProgress?.(facts));
  app.live.on("answer", ({ facts, arrays }) => close(facts.id)?.onAnswer(facts, arrays));
  app.live.on("row", ({ facts }) => close(facts.id)?.onAnswer(facts));
  app.live.on("problem", (facts) => (facts.id ? close(facts.id)?.onProblem(facts) : undefined));
  app.live.on("status", (status) => {
    if (status !== "lost" && status !== "closed") return;
    for (const id of [...open.keys()]) close(id)?.onProblem(askStrings.lost);
  });
  return open;
}
