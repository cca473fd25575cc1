/**
 * What one takes away: model, report, picture, code of a card, and a link to the whole page.
 *
 * @module
 */
import { copyText, shareState } from "./actions.js";
import { cardPng, cardSvg } from "./card_picture.js";
import { cardChoice, chosenCard, isVisible } from "./chosen_card.js";
import { button, segments } from "./controls.js";
import { make, setText, show } from "./dom.js";
import { saveBlob } from "./live_source.js";
import { askSession, isAsAsked } from "./questions.js";
import { askStrings, takeAwayStrings } from "./strings.js";
import { noteTestLook } from "./test_looks.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").CodeAnswer} CodeAnswer */

/** After a setting is changed, in milliseconds. */
const BEFORE_CODE = 400;

/**
 * Return the panel of what can be taken away.
 *
 * @param {App} app
 */
export function takeAwayPanel(app) {
  const code = codePart(app);
  return make(
    "div",
    { class: "tool-parts" },
    make(
      "section",
      { class: "panel take-files", "aria-label": takeAwayStrings.files },
      cardChoice(app, takeAwayStrings.card, code.refresh),
      filesPart(app),
    ),
    code.element,
  );
}

/** @param {App} app */
function filesPart(app) {
  const problem = make("p", { class: "problem", role: "alert" });
  const { download } = app.source;
  const named = (/** @type {string} */ ending) =>
    `${chosenCard(app).name.replace(/[^\w.-]+/g, "-") || "network"}.${ending}`;

  /** @param {() => Promise<void> | void} save */
  async function attempt(save) {
    setText(problem, "");
    try {
      if (app.live.isSetAside) throw askStrings.noData;
      await save();
    } catch (error) {
      const { fact, remedy, message } = /** @type {any} */ (error);
      setText(problem, fact ? `${fact} ${remedy ?? ""}` : `${message}`);
    }
  }
  const file = (/** @type {string} */ what, /** @type {string} */ ending) =>
    button({
      label: takeAwayStrings[/** @type {"model" | "pytorch" | "report"} */ (what)],
      icon: "save",
      onClick: () =>
        void attempt(async () => {
          await download?.(chosenCard(app).id, what, named(ending));
          if (what === "report") noteTestLook(app);
        }),
    });
  const picture = (/** @type {"png" | "svg"} */ kind) =>
    button({
      label: takeAwayStrings[kind],
      icon: "save",
      onClick: () =>
        void attempt(async () => {
          const { id } = chosenCard(app);
          const svg = kind === "svg" ? cardSvg(app, id) : null;
          const blob = svg === null ? await cardPng(app, id) : new Blob([svg], { type: "image/svg+xml" });
          if (blob === null) throw new Error(takeAwayStrings.noMap);
          saveBlob(blob, named(kind));
        }),
    });
  const link = button({ label: takeAwayStrings.link, icon: "share", onClick: () => void shareState(app) });
  const reportLine = takeLine("", file("report", "html"));
  const reportHint = /** @type {HTMLElement} */ (reportLine.lastElementChild);
  const refresh = () =>
    setText(reportHint, app.store.state().split.test > 0 ? takeAwayStrings.reportHint : takeAwayStrings.reportValidation);
  app.store.watch(refresh);
  refresh();
  return make(
    "div",
    { class: "take-list" },
    ...(download === null
      ? [make("p", { class: "hint", text: takeAwayStrings.cannotSave })]
      : [
          takeLine(takeAwayStrings.modelHint, file("model", "safetensors"), file("pytorch", "zip")),
          reportLine,
        ]),
    takeLine(takeAwayStrings.picture, picture("png"), picture("svg")),
    app.source.name === "live" ? takeLine(takeAwayStrings.linkHint, link) : null,
    problem,
  );
}

/**
 * @param {string} hint
 * @param {...HTMLElement} buttons
 */
function takeLine(hint, ...buttons) {
  return make(
    "div",
    { class: "take-line" },
    make("div", { class: "button-row" }, ...buttons),
    make("p", { class: "hint", text: hint }),
  );
}

/**
 * Return the code of the chosen card, which is asked for whenever the panel is seen and the card has changed.
 *
 * @param {App} app
 */
function codePart(app) {
  /** @type {"demarcate" | "pytorch"} */ let kind = "demarcate";
  /** @type {CodeAnswer | null} */ let answer = null;
  let asked = "";
  let timer = 0;
  const text = make("code");
  const frame = make("pre", { class: "code", tabindex: "0", "aria-label": takeAwayStrings.code }, text);
  const notes = make("ul", { class: "row-lines" });
  const status = make("p", { class: "hint" });
  const problem = make("p", { class: "problem", role: "alert" });
  const kinds = segments({
    label: takeAwayStrings.codeHint,
    options: Object.entries(takeAwayStrings.kinds).map(([value, label]) => ({ value, label })),
    onChange(value) {
      kind = /** @type {typeof kind} */ (value);
      draw();
    },
  });
  kinds.set(kind);
  const copy = button({
    label: takeAwayStrings.copy,
    icon: "copy",
    onClick: async () => {
      const isCopied = await copyText(text.textContent ?? "");
      app.notify(isCopied ? takeAwayStrings.copied : takeAwayStrings.notCopied);
    },
  });
  const body = make("div", { class: "tool-parts" }, frame, make("div", { class: "button-row" }, copy), notes);
  const element = make(
    "section",
    { class: "panel take-code", "aria-label": takeAwayStrings.code },
    make("h2", { text: takeAwayStrings.code }),
    kinds.element,
    status,
    problem,
    body,
  );

  function draw() {
    show(body, answer !== null);
    show(status, answer === null);
    if (answer === null) return;
    setText(text, answer[kind]);
    notes.replaceChildren(...answer.notes.map((note) => make("li", { text: note })));
  }

  function ask() {
    if (!isVisible(element) || app.live.status !== "open") return;
    const { data, split, cards } = app.store.state();
    const card = cards.find((each) => each.id === chosenCard(app).id);
    const facts = app.live.cards.get(chosenCard(app).id)?.facts;
    const signature = JSON.stringify([data, split, card, facts?.changed, facts?.status]);
    if (signature === asked) return;
    asked = signature;
    setText(status, takeAwayStrings.loading);
    askSession(
      app,
      { type: "ask", what: "code", card: chosenCard(app).id },
      {
        onAnswer(/** @type {CodeAnswer} */ facts, owner) {
          if (!isAsAsked(app, owner)) return refresh();
          answer = facts;
          setText(problem, "");
          draw();
        },
        onProblem({ fact, remedy }) {
          answer = null;
          asked = "";
          draw();
          setText(status, "");
          setText(problem, `${fact} ${remedy}`);
        },
      },
    );
  }

  function refresh() {
    clearTimeout(timer);
    timer = window.setTimeout(ask, BEFORE_CODE);
  }
  app.store.watch(refresh);
  app.live.on("status", refresh);
  new IntersectionObserver(refresh).observe(element);
  draw();
  if (app.source.name === "recorded") show(element, false);
  return { element, refresh };
}
