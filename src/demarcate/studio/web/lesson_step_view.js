/**
 * One step of the lesson as it is read: idea, what to do and watch, feedback, question, further goals, and the claim.
 *
 * @module
 */
import { copyText } from "./actions.js";
import { button } from "./controls.js";
import { make, setText, show, uniqueId } from "./dom.js";
import { icon } from "./icons.js";
import { LESSON_STEPS, stateOfStep } from "./lesson_steps.js";
import { OUTPUT_TABLE, PART_TITLES, STEP_TEXTS } from "./lesson_strings.js";
import { toolTable } from "./interval_picture.js";
import { fragmentOf } from "./sharing.js";
import { headerStrings, lessonStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./lesson_steps.js").LessonStep} LessonStep */

/**
 * @typedef {object} StepActions
 * @property {App} app
 * @property {number | null} choice that was made before
 * @property {() => void} onSetUp
 * @property {(choice: number) => void} onChoice
 * @property {(by: number) => void} onMove
 */

/**
 * Return a step, and what shows its feedback.
 *
 * @param {LessonStep} step
 * @param {StepActions} actions
 */
export function stepView(step, actions) {
  const text = STEP_TEXTS[step.id];
  const position = LESSON_STEPS.indexOf(step);
  const isLast = position === LESSON_STEPS.length - 1;
  const says = make("div", { class: "feedback-lines" });
  const state = make("span", { class: "feedback-mark" });
  const done = make("p", { class: "step-done" }, icon("tick"), lessonStrings.both);
  const next = button({ label: lessonStrings.next, onClick: () => actions.onMove(1) });
  const back = button({ label: lessonStrings.back, kind: "quiet", onClick: () => actions.onMove(-1) });
  back.disabled = position === 0;
  show(next, !isLast);
  const link = button({
    title: lessonStrings.link,
    icon: "share",
    kind: "quiet",
    onClick: () => void copyStep(actions.app, step),
  });
  let shown = "";
  return {
    elements: [
      make("p", { class: "hint step-place" }, placeOf(step, position)),
      make("h2", { text: text.title }),
      ...text.idea.map((each) => make("p", { text: each })),
      step.id === "outputs" ? outputTable() : null,
      make(
        "div",
        { class: "button-row" },
        button({
          label: lessonStrings.setUp,
          kind: "primary",
          title: lessonStrings.setUpHint,
          onClick: actions.onSetUp,
        }),
        actions.app.source.name === "live" ? link : null,
      ),
      stepPart(lessonStrings.todo, make("ol", {}, ...text.todo.map((each) => make("li", { text: each })))),
      stepPart(lessonStrings.watch, make("p", { text: text.watch })),
      make("div", { class: "feedback" }, make("h3", {}, state, lessonStrings.yours), says),
      questionView(step, actions),
      text.claim ? claimView(text.claim) : null,
      stretchView(text.stretch),
      done,
      make("div", { class: "button-row step-moves" }, back, next),
    ].filter((each) => each !== null),
    /** @param {string[]} lines @param {{networks: boolean, all: boolean}} done */
    show(lines, { networks, all }) {
      const signature = JSON.stringify([lines, networks, all]);
      if (signature === shown) return;
      shown = signature;
      says.replaceChildren(...lines.map((line) => make("p", { text: line })));
      state.replaceChildren(...(networks ? [icon("tick")] : []));
      show(done, all);
      next.classList.toggle("primary", all);
    },
  };
}

/**
 * @param {LessonStep} step
 * @param {number} position
 */
function placeOf({ part: number, minutes }, position) {
  const words = [lessonStrings.step(position + 1, LESSON_STEPS.length), lessonStrings.minutes(minutes)];
  return `${PART_TITLES[number]} · ${words.join(" · ")}`;
}

/**
 * @param {string} heading
 * @param {HTMLElement} content
 */
function stepPart(heading, content) {
  return make("div", { class: "step-part" }, make("h3", { text: heading }), content);
}

function outputTable() {
  const table = toolTable(
    OUTPUT_TABLE.headings[0],
    OUTPUT_TABLE.headings,
    OUTPUT_TABLE.rows.map((cells) => ({ cells })),
  );
  table.classList.add("dense");
  return table;
}

/**
 * @param {LessonStep} step
 * @param {StepActions} actions
 */
function questionView(step, actions) {
  const text = STEP_TEXTS[step.id];
  const name = uniqueId("question");
  const verdict = make("p", { class: "verdict-line", "aria-live": "polite", hidden: true });
  const judge = (/** @type {number} */ choice) => {
    const isRight = choice === step.right;
    setText(verdict, isRight ? `${lessonStrings.right} ${text.why}` : lessonStrings.wrong);
    verdict.classList.toggle("is-right", isRight);
    show(verdict, true);
  };
  const choices = text.choices.map((label, choice) => {
    const input = make("input", { type: "radio", name, value: choice });
    input.checked = choice === actions.choice;
    input.addEventListener("change", () => {
      judge(choice);
      actions.onChoice(choice);
    });
    return make("label", { class: "answer-choice" }, input, make("span", { text: label }));
  });
  if (actions.choice !== null) judge(actions.choice);
  return make(
    "fieldset",
    { class: "step-question" },
    make("legend", {}, make("span", { class: "step-heading", text: lessonStrings.question }), text.question),
    ...choices,
    verdict,
  );
}

/** @param {[string, string]} claim */
function claimView([claimed, measured]) {
  return make(
    "details",
    { class: "step-fold" },
    make("summary", { text: lessonStrings.claim }),
    make(
      "dl",
      { class: "claim" },
      make("div", {}, make("dt", { text: lessonStrings.claimed }), make("dd", { text: claimed })),
      make("div", {}, make("dt", { text: lessonStrings.measured }), make("dd", { text: measured })),
    ),
  );
}

/** @param {[string, string][]} goals */
function stretchView(goals) {
  return make(
    "details",
    { class: "step-fold" },
    make("summary", { text: lessonStrings.stretch }),
    ...goals.map(([goal, found]) =>
      make(
        "details",
        { class: "goal" },
        make("summary", { text: goal }),
        make("p", {}, make("strong", { text: `${lessonStrings.answer}: ` }), found),
      ),
    ),
  );
}

/**
 * @param {App} app
 * @param {LessonStep} step
 */
async function copyStep(app, step) {
  const address = new URL(window.location.href);
  address.hash = await fragmentOf(stateOfStep(step));
  const isCopied = await copyText(address.href);
  app.notify(isCopied ? headerStrings.shared : address.href);
}
