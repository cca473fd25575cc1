/**
 * The lesson beside the networks: one step at a time, with feedback from what the learner's networks did.
 *
 * @module
 */
import { beginWith } from "./actions.js";
import { isVisible } from "./chosen_card.js";
import { button } from "./controls.js";
import { decisionRows } from "./decision_panel.js";
import { make, setAttribute, setText, show } from "./dom.js";
import { icon } from "./icons.js";
import { checkStep } from "./lesson_checks.js";
import { noProgress, rememberProgress, rememberedProgress } from "./lesson_progress.js";
import { emptyRecord, recordAnswer, recordCards } from "./lesson_record.js";
import { LESSON_STEPS, stateOfStep } from "./lesson_steps.js";
import { FEEDBACK_TEXTS, STEP_TEXTS } from "./lesson_strings.js";
import { stepView } from "./lesson_step_view.js";
import { onEachAnswer } from "./questions.js";
import { readState } from "./sharing.js";
import { lessonStrings } from "./strings.js";
import { openTeacherPage } from "./teacher_page.js";
import { outcomeAt, cheapestThreshold, thresholdInForce } from "./thresholds.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./lesson_checks.js").CostFacts} CostFacts */
/** @typedef {import("./lesson_record.js").LessonRecord} LessonRecord */

/** Between two looks at what networks did, in milliseconds. */
const BETWEEN_CHECKS = 500;

/**
 * Return the panel of the lesson.
 *
 * @param {App} app
 */
export function lessonPanel(app) {
  const { store, live } = app;
  /** What was done in each step: what was done in another one is none of it. @type {Map<string, LessonRecord>} */
  const records = new Map(LESSON_STEPS.map(({ id }) => [id, emptyRecord()]));
  const record = () => /** @type {LessonRecord} */ (records.get(LESSON_STEPS[progress.step].id));
  /** @type {Map<string, {begin: number, epoch: number}>} */ let before = new Map();
  const progress = rememberedProgress();
  const written = (/** @type {import("./types.js").State} */ state) => JSON.stringify(readState(state, store.state()));
  const opened = LESSON_STEPS.findIndex((step) => written(stateOfStep(step)) === written(store.state()));
  if (opened >= 0) progress.step = opened;

  const stepper = make("ol", { class: "stepper", "aria-label": lessonStrings.all });
  const place = make("div", { class: "lesson-step" });
  const done = make("span", { class: "hint" });
  const teacher = button({
    label: lessonStrings.teacher,
    kind: "quiet",
    onClick: () => openTeacherPage(app, (position) => go(position)),
  });
  const forget = button({ label: lessonStrings.forget, kind: "quiet", onClick: begin });
  const element = make(
    "section",
    { class: "panel lesson-panel", "aria-label": lessonStrings.title },
    stepper,
    place,
    make("div", { class: "lesson-foot" }, done, teacher, forget),
  );
  /** @type {ReturnType<typeof stepView> | null} */ let view = null;
  let checked = -Infinity;
  let spoken = "";
  let timer = 0;

  const dots = LESSON_STEPS.map((step, position) => {
    const title = STEP_TEXTS[step.id].title;
    return make("button", { type: "button", class: "step-dot", title, on: { click: () => go(position) } });
  });
  stepper.append(...dots.map((dot) => make("li", {}, dot)));

  function begin() {
    Object.assign(progress, noProgress());
    rememberProgress(null);
    app.announce.say(lessonStrings.forgotten);
    go(0);
  }

  /** @param {number} position */
  function go(position) {
    progress.step = position;
    before = new Map([...live.cards].map(([id, { facts }]) => [id, { begin: facts.begin, epoch: facts.epoch }]));
    const step = LESSON_STEPS[position];
    view = stepView(step, {
      choice: progress.choices[step.id] ?? null,
      onSetUp() {
        beginWith(app, stateOfStep(step));
        check();
      },
      onChoice(choice) {
        progress.choices[step.id] = choice;
        check();
      },
      onMove: (by) => go(progress.step + by),
      app,
    });
    place.replaceChildren(...view.elements);
    showDots();
    check();
  }

  function showDots() {
    dots.forEach((dot, position) => {
      const { id } = LESSON_STEPS[position];
      const isDone = progress.done.includes(id);
      setAttribute(dot, "aria-current", position === progress.step ? "step" : null);
      dot.classList.toggle("is-done", isDone);
      const label = `${lessonStrings.step(position + 1, LESSON_STEPS.length)}: ${STEP_TEXTS[id].title}`;
      setAttribute(dot, "aria-label", isDone ? `${label}, ${lessonStrings.done}` : label);
      const shown = isDone ? "tick" : `${position + 1}`;
      if (dot.dataset.shown !== shown) dot.replaceChildren(isDone ? icon("tick") : shown);
      dot.dataset.shown = shown;
    });
    const fewest = progress.record === null ? "" : `, ${lessonStrings.record(progress.record)}`;
    setText(done, lessonStrings.progress(progress.done.length, LESSON_STEPS.length) + fewest);
    show(forget, progress.done.length > 0);
  }

  function check() {
    clearTimeout(timer);
    timer = 0;
    checked = performance.now();
    if (view === null) return;
    const step = LESSON_STEPS[progress.step];
    const feedback = checkStep(step.id, {
      state: store.state(),
      record: record(),
      costs: step.id === "costs" ? costFacts(app) : null,
    });
    const isRight = progress.choices[step.id] === step.right;
    if (feedback.done && isRight && !progress.done.includes(step.id)) {
      progress.done.push(step.id);
      app.announce.say(lessonStrings.both);
    }
    for (const [name, units] of feedback.says) {
      if (name === "fewestReached") progress.record = Math.min(progress.record ?? Infinity, units);
    }
    rememberProgress(progress);
    const lines = feedback.says.map(([name, ...numbers]) => FEEDBACK_TEXTS[name](...numbers));
    view.show(lines, { networks: feedback.done, all: progress.done.includes(step.id) });
    // Numbers change with every epoch: only another thing to say is read aloud.
    const names = feedback.says.map(([name]) => name).join();
    if (names !== spoken) app.announce.report("lesson", lines.join(" "));
    spoken = names;
    showDots();
  }

  function checkSoon() {
    if (!isVisible(element) || timer !== 0) return;
    const wait = Math.max(0, checked + BETWEEN_CHECKS - performance.now());
    timer = window.setTimeout(check, wait);
  }

  live.on("frame", () => {
    const { dataset, frame } = live;
    if (dataset === null || frame === null || frame.revision !== store.revision()) return;
    const codes = dataset.arrays.validation_codes?.data ?? [];
    recordCards(record(), store.state(), dataset.facts, live.cards, codes, before);
    checkSoon();
  });
  onEachAnswer(app, (answered) => {
    recordAnswer(record(), answered);
    checkSoon();
  });
  store.watch(checkSoon);
  new IntersectionObserver(checkSoon).observe(element);
  go(progress.step);
  return element;
}

/**
 * Return what decisions of the first card cost, where there are two classes.
 *
 * @param {App} app
 * @returns {CostFacts | null}
 */
function costFacts(app) {
  const { cards, decision } = app.store.state();
  const rows = decisionRows(app, cards[0].id, decision.positive);
  if (rows === null || app.live.dataset?.facts.classes.length !== 2) return null;
  const { probabilities, codes, curve } = rows;
  const at = (/** @type {number} */ threshold) => {
    const outcome = outcomeAt(probabilities, codes, decision, threshold);
    return { ...outcome, cost: 100 * (outcome.cost ?? 0) };
  };
  const cheapest = cheapestThreshold(curve, decision);
  return {
    nRows: probabilities.length,
    epoch: app.live.cards.get(cards[0].id)?.facts.epoch ?? 0,
    threshold: thresholdInForce(decision),
    now: at(thresholdInForce(decision)),
    half: at(0.5),
    cheapest: { cost: at(cheapest).cost, threshold: cheapest },
  };
}
