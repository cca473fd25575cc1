/**
 * The teacher's page: the plan, answers and claims of all steps.
 *
 * @module
 */
import { button } from "./controls.js";
import { make } from "./dom.js";
import { toolTable } from "./interval_picture.js";
import { LESSON_PARTS, LESSON_STEPS } from "./lesson_steps.js";
import { CLAIMS_NOTE, PART_TITLES, STEP_TEXTS } from "./lesson_strings.js";
import { lessonStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */

/**
 * Open the page over the others.
 *
 * @param {App} app
 * @param {(position: number) => void} onStep
 */
export function openTeacherPage(app, onStep) {
  const close = () => dialog.close();
  const go = (/** @type {number} */ position) => {
    close();
    onStep(position);
  };
  const dialog = make(
    "dialog",
    { class: "dialog teacher-page", "aria-label": lessonStrings.teacher },
    make(
      "div",
      { class: "dialog-head" },
      make("h2", { text: lessonStrings.teacher }),
      button({ title: lessonStrings.close, icon: "close", kind: "quiet", onClick: close }),
    ),
    make("p", { text: lessonStrings.teacherIntro }),
    make("h3", { text: lessonStrings.plan }),
    planTable(go),
    make("h3", { text: lessonStrings.claims }),
    make("p", { class: "hint", text: CLAIMS_NOTE }),
    claimsTable(),
    make("h3", { text: lessonStrings.answers }),
    ...LESSON_STEPS.map(answersOf),
  );
  dialog.addEventListener("close", () => dialog.remove());
  app.root.append(dialog);
  dialog.showModal();
}

/** @param {(position: number) => void} go */
function planTable(go) {
  const { columns } = lessonStrings;
  return toolTable(
    lessonStrings.plan,
    [columns.part, columns.minutes, columns.steps],
    LESSON_PARTS.map((minutes, part) => {
      const steps = LESSON_STEPS.flatMap((step, position) => (step.part === part ? [{ step, position }] : []));
      const links = steps.map(({ step, position }) =>
        make(
          "li",
          {},
          button({
            label: `${position + 1}. ${STEP_TEXTS[step.id].title}`,
            kind: "quiet link",
            onClick: () => go(position),
          }),
          make("span", { class: "hint", text: lessonStrings.minutes(step.minutes) }),
        ),
      );
      return { cells: [PART_TITLES[part], `${minutes}`, make("ul", { class: "plain" }, ...links)] };
    }),
  );
}

function claimsTable() {
  const claims = LESSON_STEPS.flatMap((step) => STEP_TEXTS[step.id].claim ?? []);
  const rows = claims.flatMap((text, place) => (place % 2 === 0 ? [{ cells: [text, claims[place + 1]] }] : []));
  return toolTable(lessonStrings.claims, [lessonStrings.claimed, lessonStrings.measured], rows);
}

/**
 * @param {import("./lesson_steps.js").LessonStep} step
 * @param {number} position
 */
function answersOf(step, position) {
  const text = STEP_TEXTS[step.id];
  return make(
    "details",
    { class: "step-fold" },
    make("summary", { text: `${position + 1}. ${text.title}` }),
    make("p", { class: "hint", text: text.question }),
    make("p", {}, make("strong", { text: text.choices[step.right] }), ` – ${text.why}`),
    ...text.stretch.map(([goal, found]) => make("p", {}, make("em", { text: goal }), ` ${found}`)),
  );
}
