/**
 * The tools as tabs, of which one is shown.
 *
 * @module
 */
import { make, setAttribute, show, uniqueId } from "./dom.js";
import { startStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./panels.js").Panel} Panel */

/**
 * Return tabs, of which one is shown; a panel is made when it is first opened.
 *
 * @param {App} app
 * @param {Panel[]} panels
 * @returns {{elements: HTMLElement[], selectors: Map<string, () => void>}}
 */
export function toolTabs(app, panels) {
  const parts = panels.map((panel) => {
    const tab = make("button", { type: "button", role: "tab", id: uniqueId("tab"), class: "tab", text: panel.title });
    const body = make("div", { role: "tabpanel", class: "tab-body", id: uniqueId("tab-body"), "aria-labelledby": tab.id });
    tab.setAttribute("aria-controls", body.id);
    return { panel, tab, body };
  });

  /** @param {number} chosen */
  function select(chosen) {
    parts.forEach(({ panel, tab, body }, position) => {
      const isChosen = position === chosen;
      setAttribute(tab, "aria-selected", `${isChosen}`);
      tab.tabIndex = isChosen ? 0 : -1;
      if (isChosen && body.childElementCount === 0) body.append(panel.create(app));
      show(body, isChosen);
    });
  }
  /** @param {KeyboardEvent} event */
  function move(event) {
    const current = parts.findIndex(({ tab }) => tab.getAttribute("aria-selected") === "true");
    const last = parts.length - 1;
    const next = { ArrowRight: current + 1, ArrowLeft: current - 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const chosen = next < 0 ? last : next > last ? 0 : next;
    select(chosen);
    parts[chosen].tab.focus();
  }
  parts.forEach(({ tab }, position) => tab.addEventListener("click", () => select(position)));
  if (parts.length > 0) select(0);
  const list = make("div", { role: "tablist", class: "tabs", "aria-label": startStrings.regions.tools, on: { keydown: move } });
  list.append(...parts.map(({ tab }) => tab));
  return {
    elements: [list, ...parts.map(({ body }) => body)],
    selectors: new Map(parts.map(({ panel }, position) => [panel.id, () => select(position)])),
  };
}
