/**
 * A form for one new row, and what a network says of it.
 *
 * @module
 */
import { cardChoice, chosenCard, isVisible } from "./chosen_card.js";
import { button } from "./controls.js";
import { make, setText, show } from "./dom.js";
import { LESSON_PATIENT } from "./lesson_steps.js";
import { askSession, isAsAsked } from "./questions.js";
import { rowAnswer } from "./row_answer.js";
import { rowField } from "./row_field.js";
import { askStrings, rowStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").ColumnFacts} ColumnFacts */
/** @typedef {import("./types.js").RowAnswer} RowAnswer */
/** @typedef {Object<string, number | string | null>} Cells */

/** After a cell is changed, and between two answers while networks train, in milliseconds. */
const AFTER_CHANGE = 120;
const WHILE_TRAINING = 1000;

/**
 * Return the form of one new row.
 *
 * @param {App} app
 */
export function rowForm(app) {
  const { live } = app;
  const fields = make("div", { class: "row-fields" });
  const answer = rowAnswer();
  const problem = make("p", { class: "problem", role: "alert" });
  /** @type {Map<string, ReturnType<typeof rowField>>} */ const byColumn = new Map();
  let built = "";
  let timer = 0;
  let asked = 0;
  let isOpen = false;
  let again = false;
  let isChanged = false;
  /** @type {RowAnswer | null} */ let shown = null;
  let { decision } = app.store.state();

  /** @param {Cells} cells */
  function fill(cells) {
    for (const [name, field] of byColumn) if (name in cells) field.set(cells[name]);
    askSoon();
  }
  const typical = () =>
    fill(Object.fromEntries((live.dataset?.facts.columns ?? []).map((each) => [each.name, each.typical])));
  const caution = make("p", { class: "hint", text: rowStrings.noDiagnosis });
  const patient = button({ label: rowStrings.patient, onClick: () => fill(LESSON_PATIENT) });

  function build() {
    const columns = live.dataset?.facts.columns ?? [];
    const signature = JSON.stringify(columns);
    if (signature === built) return;
    built = signature;
    const kept = new Map([...byColumn].map(([name, field]) => [name, field.value()]));
    byColumn.clear();
    for (const column of columns) {
      const field = rowField(column, () => askSoon());
      field.set(kept.get(column.name) ?? column.typical);
      byColumn.set(column.name, field);
    }
    fields.replaceChildren(...[...byColumn.values()].map((field) => field.element));
    const isHeart = Object.keys(LESSON_PATIENT).every((name) => byColumn.has(name));
    show(patient, isHeart);
    show(caution, isHeart);
  }

  function askSoon(wait = AFTER_CHANGE) {
    isChanged ||= wait === AFTER_CHANGE;
    clearTimeout(timer);
    timer = window.setTimeout(ask, wait);
  }

  function ask() {
    if (!isVisible(element) || byColumn.size === 0 || live.isSetAside || live.status !== "open" || app.source.name === "recorded") return;
    // One question at a time: while a slow session answers, only the last change waits.
    if (isOpen) return void (again = true);
    isOpen = true;
    asked = performance.now();
    const cells = Object.fromEntries([...byColumn].map(([name, field]) => [name, field.value()]));
    const done = () => {
      isOpen = false;
      if (again) askSoon();
      again = false;
    };
    askSession(
      app,
      { type: "row", card: chosenCard(app).id, cells },
      {
        onAnswer(/** @type {RowAnswer} */ facts, asked) {
          done();
          if (!isAsAsked(app, asked)) return void askSoon(0);
          setText(problem, "");
          shown = facts;
          const said = showAnswer(facts);
          if (isChanged) app.announce.report("row", said);
          isChanged = false;
        },
        onProblem({ fact, remedy }) {
          setText(problem, `${fact} ${remedy}`);
          done();
        },
      },
    );
  }

  /** @param {RowAnswer} facts */
  function showAnswer(facts) {
    return answer.show(facts, live.dataset?.facts.classes ?? [], app.store.state().decision);
  }

  const element = make(
    "section",
    { class: "panel row-form", "aria-label": rowStrings.title },
    make("p", { class: "hint", text: app.source.name === "recorded" ? askStrings.recorded : rowStrings.intro }),
    cardChoice(app, rowStrings.card, () => askSoon(0)),
    make("div", { class: "button-row" }, button({ label: rowStrings.typical, onClick: typical }), patient),
    answer.element,
    caution,
    problem,
    fields,
  );
  app.store.watch((state) => {
    if (JSON.stringify(state.decision) === JSON.stringify(decision)) return;
    decision = state.decision;
    if (shown !== null) showAnswer(shown);
  });
  live.on("dataset", () => {
    shown = null;
    if (live.isSetAside) answer.clear();
    build();
    askSoon();
  });
  live.on("frame", () => {
    if (performance.now() - asked > WHILE_TRAINING) askSoon(0);
  });
  new IntersectionObserver(() => askSoon(0)).observe(element);
  build();
  return element;
}
