/**
 * Problems of the state, each shown at the control that it is about.
 *
 * @module
 */
/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").ProblemFacts} ProblemFacts */

/**
 * Show problems of a part of the state at its fields until the state is taken.
 *
 * @param {App} app
 * @param {"data" | "view"} where
 * @param {Object<string, {problem: (text: string | null) => void}>} fields by their names in the state
 */
export function problemsAt({ live }, where, fields) {
  live.on("problem", (/** @type {ProblemFacts} */ problem) => {
    const field = problem.where === where && problem.field ? fields[problem.field] : undefined;
    field?.problem(problemText(problem));
    return field !== undefined;
  });
  live.on("dataset", () => Object.values(fields).forEach((field) => field.problem(null)));
}

/**
 * Return a problem's two lines as sentences.
 *
 * @param {{fact: string, remedy?: string}} problem
 */
export function problemText({ fact, remedy = "" }) {
  const lines = [fact, remedy].map((line) => line.trim()).filter((line) => line !== "");
  return lines.map((line) => (/[.!?…]$/.test(line) ? line : `${line}.`)).join(" ");
}
