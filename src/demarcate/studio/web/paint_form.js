/**
 * The brush: which class's points are added to the maps, or erased from them.
 *
 * @module
 */
import { button } from "./controls.js";
import { make, setAttribute, setText, show } from "./dom.js";
import { problemsAt } from "./field_problems.js";
import { icon } from "./icons.js";
import { classMark } from "./palette.js";
import { paintStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */

/** So many classes can be drawn where there is no other data. */
const MOST_DRAWN = 10;

/**
 * Return the form of the brush, which is there where points can be added.
 *
 * @param {App} app
 */
export function paintForm(app) {
  const { store, live, painter } = app;
  const brushes = make("div", { class: "brushes", role: "group", "aria-label": paintStrings.title });
  const count = make("span", { class: "hint" });
  const clear = button({
    label: paintStrings.clear,
    kind: "quiet",
    onClick: () => store.change("clear points", ({ data }) => (data.added = [])),
  });
  const problem = make("p", { class: "problem", role: "status", hidden: true });
  const form = make(
    "section",
    { class: "panel", "aria-label": paintStrings.title, hidden: true },
    make("div", { class: "panel-head" }, make("h3", { class: "panel-title", text: paintStrings.title }), make("p", { class: "hint", text: paintStrings.hint })),
    brushes,
    problem,
    make("div", { class: "toggle-line" }, count, clear),
  );
  let made = "";

  /** @param {string} title @param {Node} picture @param {"add" | "erase"} mode @param {number} code */
  function brush(title, picture, mode, code) {
    const pressed = () => painter.mode() === mode && (mode === "erase" || painter.code() === code);
    const element = make("button", {
      type: "button",
      class: "button icon-only",
      title,
      "aria-label": title,
      on: { click: () => painter.choose(pressed() ? "off" : mode, code) },
    });
    element.append(picture);
    return { element, pressed };
  }

  /** @type {ReturnType<typeof brush>[]} */ let all = [];
  function update() {
    const { data } = store.state();
    const dataset = live.dataset?.facts;
    const isDrawn = data.source === "drawn";
    show(form, isDrawn || (dataset?.can_add ?? false));
    const labels = isDrawn ? drawnLabels(data.added) : (dataset?.classes ?? []);
    const signature = JSON.stringify(labels);
    if (signature !== made) {
      made = signature;
      all = labels.map((label, code) => brush(paintStrings.add(label), classMark(code), "add", code));
      all.push(brush(paintStrings.erase, icon("eraser"), "erase", 0));
      brushes.replaceChildren(...all.map(({ element }) => element));
    }
    for (const { element, pressed } of all) setAttribute(element, "aria-pressed", `${pressed()}`);
    setText(count, paintStrings.count(data.added.length));
    clear.disabled = data.added.length === 0;
  }
  const added = {
    /** @param {string | null} text */
    problem(text) {
      setText(problem, text ?? "");
      show(problem, text !== null);
    },
  };
  store.watch(update);
  live.on("dataset", () => {
    if (!live.dataset?.facts.can_add && store.state().data.source !== "drawn") painter.choose("off");
    update();
  });
  problemsAt(app, "data", { added });
  painter.watch(update);
  update();
  return form;
}

/**
 * Return names for the classes of points drawn by hand: those there are, at least two, and one more.
 *
 * @param {[number, number, number][]} added
 */
function drawnLabels(added) {
  const most = Math.max(1, ...added.map(([, , code]) => code));
  return Array.from({ length: Math.min(most + 2, MOST_DRAWN) }, (_, code) => paintStrings.newClass(code));
}
