/**
 * A form for one row: what it holds is asked of the service whenever it changes.
 *
 * @module
 */
import { answerPlace } from "./answer.js";
import { element, freshId } from "./elements.js";
import { oneAtATime } from "./one_at_a_time.js";
import { rowFieldOf } from "./row_fields.js";
import { RefusedError, askService, startPage } from "./service.js";

/** @typedef {import("./facts.js").ModelFacts} ModelFacts */

/**
 * What the service says of a model for this form.
 *
 * @typedef {object} FormFacts
 * @property {string} name
 * @property {string} version
 * @property {ModelFacts} model
 * @property {(string | number | boolean)[]} labels as answers have them, in the order of the classes
 * @property {boolean} hasSets
 */

/** After a cell is changed, in milliseconds. */
const AFTER_CHANGE = 120;
const COVERAGE = 0.9;

const main = /** @type {HTMLElement} */ (document.querySelector("main"));

void startPage(main, async () => {
  /** @type {{models: {name: string}[]}} */ const { models } = await askService("models");
  await showModel(models.map((each) => each.name), models[0].name);
});

/**
 * @param {string[]} names
 * @param {string} name
 */
async function showModel(names, name) {
  /** @type {FormFacts} */ const facts = await askService(`models/${encodeURIComponent(name)}/form`);
  const title = `Predict ${facts.model.target}`;
  document.title = title;
  /** @type {HTMLElement} */ (document.querySelector("#title")).textContent = title;
  main.replaceChildren(rowPanel(facts, names));
}

/**
 * @param {FormFacts} facts
 * @param {string[]} names
 */
function rowPanel(facts, names) {
  const { model } = facts;
  const answer = answerPlace(model);
  const more = element("ul", { class: "more" });
  const problems = element("ul", { class: "problems", role: "alert", hidden: true });
  const fields = model.columns.map((column) => rowFieldOf(column, () => askSoon()));
  let timer = 0;

  function askSoon(wait = AFTER_CHANGE) {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), wait);
  }

  const ask = oneAtATime(async () => {
    for (const field of fields) field.read();
    const row = Object.fromEntries(fields.map((field) => [field.column.name, field.text()]));
    const asked = { rows: [row], spread: true, ...(facts.hasSets ? { set: COVERAGE } : {}) };
    try {
      show(await askService(`models/${encodeURIComponent(facts.name)}/predict`, asked));
    } catch (error) {
      refuse(error);
    }
  });

  /** @param {any} said */
  function show(said) {
    const [prediction] = said.predictions;
    const shares = model.classes.map((_, code) => /** @type {number} */ (prediction.probabilities[nameOf(code)]));
    const decision = prediction.label === null ? null : facts.labels.indexOf(prediction.label);
    answer.show({ decision, probabilities: shares });
    showProblems([]);
    const warnings = (prediction.warnings ?? []).map((/** @type {{text: string}} */ each) => each.text);
    const lines = [setLine(prediction), spreadLine(prediction), ...warnings, ...(warnings.length > 0 ? [] : said.warnings)];
    more.replaceChildren(...lines.filter((line) => line !== "").map((text) => element("li", { text })));
  }

  /** @param {unknown} error */
  function refuse(error) {
    answer.refuse(error instanceof RefusedError ? "This row is refused" : "The service does not answer");
    more.replaceChildren();
    const refusal = error instanceof RefusedError ? error.refusal : null;
    showProblems(refusal === null ? ["Is the service running? The next change asks again."] : refusal.problems.map((each) => `${each.fact}. ${each.remedy}`));
  }

  /** @param {string[]} texts */
  function showProblems(texts) {
    problems.hidden = texts.length === 0;
    problems.replaceChildren(...texts.map((text) => element("li", { text })));
  }

  /** @param {number} code */
  const nameOf = (code) => facts.model.classes[code];

  /** @param {{set?: unknown[]}} prediction */
  function setLine({ set }) {
    if (set === undefined) return "";
    if (set.length === 0) return `No label is as likely as true ones usually are (set for ${100 * COVERAGE}% of rows).`;
    return `Set that holds the true label for ${100 * COVERAGE}% of rows: ${set.map(String).join(", ")}.`;
  }

  /** @param {{spread?: Object<string, number>}} prediction */
  function spreadLine({ spread }) {
    const most = Math.max(0, ...Object.values(spread ?? {}));
    return most > 0 ? `The networks differ by ${most.toFixed(3)} (standard deviation).` : "";
  }

  const fill = (/** @type {(column: import("./facts.js").ColumnFacts) => string} */ cell) => {
    for (const field of fields) field.set(cell(field.column));
    askSoon(0);
  };
  const typical = element("button", { type: "button", class: "button", text: "Usual values" });
  const empty = element("button", { type: "button", class: "button", text: "All missing" });
  typical.addEventListener("click", () => fill((column) => column.example));
  empty.addEventListener("click", () => fill(() => ""));
  fill((column) => column.example);
  const form = element("form", { class: "fields" }, ...fields.map((field) => field.element));
  form.addEventListener("submit", (event) => event.preventDefault());
  const rule = `Decided for ${model.rule}. Model ${facts.name}, version ${facts.version}.`;
  return element(
    "section",
    { class: "panel", "aria-label": "One row" },
    ...(names.length > 1 ? [modelChoice(names, facts.name)] : []),
    element("div", { class: "beside" }, answer.element, more, problems, element("p", { class: "hint", text: rule })),
    element("div", { class: "buttons" }, typical, empty, element("p", { class: "hint", text: "An empty field is a missing value." })),
    form,
  );
}

/**
 * @param {string[]} names
 * @param {string} chosen
 */
function modelChoice(names, chosen) {
  const id = freshId("model");
  const list = element("select", { id }, ...names.map((name) => element("option", { value: name, text: name })));
  list.value = chosen;
  list.addEventListener("change", () => void startPage(main, () => showModel(names, list.value)));
  return element("div", { class: "field" }, element("label", { for: id, text: "Model" }), list);
}
