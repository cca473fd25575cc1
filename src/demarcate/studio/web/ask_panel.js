/**
 * Questions about a network: does it underfit or overfit, which value of a setting is best, how good is it.
 *
 * @module
 */
import { diagnosisView, scoresView, sweepView } from "./answer_views.js";
import { newId } from "./cards_panel.js";
import { cardChoice, chosenCard } from "./chosen_card.js";
import { button, choice } from "./controls.js";
import { make, setText, show, uniqueId } from "./dom.js";
import { mostCards } from "./map_toolbar.js";
import { modelPart } from "./model_part.js";
import { askSession, isAsAsked } from "./questions.js";
import { askStrings } from "./strings.js";
import { SWEEP_EXAMPLES, sweptFault, sweptValues } from "./sweep_values.js";
import { noteTestLook, testLooks } from "./test_looks.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").CardState} CardState */
/** @typedef {import("./sweep_values.js").SweptSetting} SweptSetting */
/** @typedef {"diagnose" | "sweep" | "scores"} Question */

/**
 * Return the panel of questions.
 *
 * @param {App} app
 */
export function askPanel(app) {
  const element = make("div", { class: "tool-parts" });
  if (app.source.name === "recorded") {
    element.append(make("section", { class: "panel" }, make("p", { class: "hint", text: askStrings.recorded })));
    return element;
  }
  element.append(
    make(
      "div",
      { class: "panel tool-head" },
      cardChoice(app, askStrings.card, () => undefined),
    ),
    questionPart(app, "diagnose", () => ({})),
    sweepPart(app),
    scoresPart(app),
    modelPart(app),
  );
  const head = /** @type {HTMLElement} */ (element.firstElementChild);
  const refresh = () => show(head, app.store.state().cards.length > 1);
  app.store.watch(refresh);
  refresh();
  return element;
}

/**
 * Return one kind of question: its button, its progress and its last answer.
 *
 * @param {App} app
 * @param {Question} what
 * @param {() => object | null} details of the question; null where they are not right yet
 * @param {HTMLElement[]} form
 */
function questionPart(app, what, details, form = []) {
  const words = askStrings[what];
  const progress = make("progress", { max: 1, value: 0, "aria-label": words.title });
  const said = make("span", { class: "hint" });
  const answers = make("div", { class: "answer" });
  const problem = make("p", { class: "problem", role: "alert" });
  /** @type {(() => void) | null} */ let takeBack = null;
  /** @type {ReturnType<typeof answerHead> | null} */ let head = null;
  const ask = button({ label: words.ask, kind: "primary", onClick: begin });
  const cancel = button({ label: askStrings.cancel, onClick: () => end(true) });
  const waiting = make("div", { class: "waiting", hidden: true }, progress, said, cancel);

  /** @param {boolean} [cancelled] */
  function end(cancelled = false) {
    if (cancelled) takeBack?.();
    takeBack = null;
    show(waiting, false);
    show(ask, true);
  }

  function begin() {
    const more = details();
    if (more === null) return;
    const card = chosenCard(app);
    const { id, name } = card;
    setText(problem, "");
    setText(said, askStrings.asking);
    progress.removeAttribute("value");
    show(waiting, true);
    show(ask, false);
    takeBack = askSession(
      app,
      { type: "ask", what, card: id, ...more },
      {
        onProgress({ done, total, text, rows }) {
          if (total > 0) progress.value = done / total;
          setText(said, text);
          if (rows && what === "sweep") {
            answers.replaceChildren(...sweepView({ .../** @type {any} */ (more), rows }, takeSettings(app, card)));
          }
        },
        onAnswer(answer, asked) {
          end();
          if (what === "scores") noteTestLook(app, answer.looks);
          const parts = viewOf(what, answer, takeSettings(app, asked?.card ?? card));
          head?.end();
          head = answerHead(app, answer, asked, name, () => answers.replaceChildren());
          answers.replaceChildren(head.element, ...parts);
          app.announce.say(answer.headline ?? words.title);
        },
        onProblem({ fact, remedy }) {
          end();
          setText(problem, `${fact} ${remedy}`);
        },
      },
    );
  }

  return make(
    "section",
    { class: "panel question", "aria-label": words.title },
    make("h2", { text: words.title }),
    make("p", { class: "hint", text: words.hint }),
    ...form,
    make("div", { class: "button-row" }, ask),
    waiting,
    problem,
    answers,
  );
}

/**
 * @param {Question} what
 * @param {any} answer
 * @param {import("./answer_views.js").TakeSettings} take
 */
function viewOf(what, answer, take) {
  if (what === "diagnose") return diagnosisView(answer, take);
  return what === "sweep" ? sweepView(answer, take) : scoresView(answer);
}

/**
 * Return whose answer it is, and whether the card has changed since.
 *
 * @param {App} app
 * @param {{epoch: number}} answer
 * @param {import("./questions.js").AskedCard | null} asked
 * @param {string} name
 * @param {() => void} onDismiss
 */
function answerHead(app, answer, asked, name, onDismiss) {
  const stale = make("span", { class: "stale", text: askStrings.stale, hidden: true });
  const refresh = () => show(stale, !isAsAsked(app, asked));
  const end = app.store.watch(refresh);
  refresh();
  const dismiss = () => {
    end();
    onDismiss();
  };
  const element = make(
    "div",
    { class: "answer-head" },
    make("p", { class: "hint" }, askStrings.of(name, answer.epoch), " ", stale),
    button({ title: askStrings.dismiss, icon: "close", kind: "quiet", onClick: dismiss }),
  );
  return { element, end };
}

/** @param {App} app */
function sweepPart(app) {
  const words = askStrings.sweep;
  const values = make("input", { type: "text", id: uniqueId("values"), autocomplete: "off", spellcheck: "false" });
  const hint = make("p", { class: "hint", id: uniqueId("hint"), text: words.valuesHint });
  values.setAttribute("aria-describedby", hint.id);
  /** @type {SweptSetting} */ let setting = "hidden";
  const settings = choice({
    label: words.setting,
    options: Object.entries(words.settings).map(([value, label]) => ({ value, label })),
    onChange(value) {
      setting = /** @type {SweptSetting} */ (value);
      values.value = SWEEP_EXAMPLES[setting];
      check();
    },
  });
  const seeds = choice({
    label: words.seeds,
    options: ["1", "2", "3", "5"].map((value) => ({ value, label: value })),
    onChange: (value) => (nSeeds = Number(value)),
  });
  let nSeeds = 3;
  values.value = SWEEP_EXAMPLES[setting];
  settings.set(setting);
  seeds.set("3");
  const check = () => {
    const read = sweptValues(setting, values.value);
    const fault = read === null ? sweptFault(setting, values.value) + words.suchAs(SWEEP_EXAMPLES[setting]) : "";
    setText(hint, fault || words.valuesHint);
    hint.className = read === null ? "problem" : "hint";
    return read;
  };
  values.addEventListener("input", check);
  const form = make(
    "div",
    { class: "sweep-form" },
    settings.element,
    seeds.element,
    make("div", { class: "field wide" }, make("label", { for: values.id, text: words.values }), values, hint),
  );
  return questionPart(
    app,
    "sweep",
    () => {
      const read = check();
      if (read === null) values.focus();
      return read && { setting, values: read, seeds: nSeeds };
    },
    [form],
  );
}

/** @param {App} app */
function scoresPart(app) {
  const note = make("p", { class: "problem", text: askStrings.scores.noTest });
  const looked = make("p", { class: "hint" });
  const part = questionPart(app, "scores", () => ({}), [note, looked]);
  const label = part.querySelector(".button.primary span");
  const refresh = () => {
    const hasTest = app.store.state().split.test > 0;
    show(note, !hasTest);
    if (label) setText(label, hasTest ? askStrings.scores.ask : askStrings.scores.askValidation);
    const looks = hasTest ? testLooks(app) : 0;
    setText(looked, looks > 0 ? askStrings.scores.looked(looks) : "");
    show(looked, looks > 0);
  };
  app.store.watch(refresh);
  app.live.on("look", refresh);
  refresh();
  return part;
}

/**
 * Return what makes a copy of a card as it was asked about, with other settings, beside it; where there is no place for one
 * more, the card itself takes them.
 *
 * @param {App} app
 * @param {CardState} asked
 * @returns {import("./answer_views.js").TakeSettings}
 */
function takeSettings(app, asked) {
  return (settings, label) => {
    const { cards } = app.store.state();
    const card = cards.find((each) => each.id === asked.id) ?? chosenCard(app);
    const most = mostCards(app);
    app.store.settle();
    app.store.change("", (draft) => {
      if (draft.cards.length < most) {
        const twin = /** @type {CardState} */ ({ ...structuredClone(asked), ...settings, id: newId(cards) });
        twin.name = label.slice(0, 60);
        draft.cards.splice(cards.indexOf(card) + 1, 0, twin);
      } else {
        const { id, name } = card;
        Object.assign(draft.cards[cards.indexOf(card)], structuredClone(asked), settings, { id, name });
      }
    });
    app.announce.say(label);
  };
}
