/**
 * Where the panels are: data, networks and tools side by side, or on a narrow page one of them at a time.
 *
 * @module
 */
import { make, setAttribute, setText } from "./dom.js";
import { createNotices } from "./notices.js";
import { startStrings } from "./strings.js";
import { toolTabs } from "./tool_tabs.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./panels.js").Panel} Panel */

/**
 * Lay out a page, empty at first.
 *
 * @param {HTMLElement} page
 */
export function createLayout(page) {
  const header = make("header", { class: "bar" }, wordmark());
  const notices = createNotices();
  const regions = {
    data: make("section", { class: "region region-data", "aria-label": startStrings.regions.data, tabindex: "-1" }),
    cards: make("section", { class: "region region-cards", "aria-label": startStrings.regions.cards, tabindex: "-1" }),
    tools: make("section", { class: "region region-tools", "aria-label": startStrings.regions.tools, tabindex: "-1" }),
  };
  /** @type {Map<string, () => void>} */ const openers = new Map();

  /** @param {keyof typeof regions} region */
  function showRegion(region) {
    page.dataset.region = region;
    if (region !== "cards") page.dataset.side = region;
    markTabs();
  }
  /** Networks have no tab where they are always in view, and one of the others is beside them. */
  function markTabs() {
    const tabs = [...regionTabs.children];
    const isBeside = tabs.some((tab) => tab.getClientRects().length === 0);
    const chosen = isBeside ? page.dataset.side : page.dataset.region;
    for (const tab of tabs) setAttribute(tab, "aria-pressed", `${tab.getAttribute("data-region") === chosen}`);
  }
  const regionTabs = make(
    "nav",
    { class: "region-tabs", "aria-label": startStrings.regionTabs },
    ...Object.entries(startStrings.regions).map(([region, text]) =>
      make("button", {
        type: "button",
        "data-region": region,
        text,
        on: { click: () => showRegion(/** @type {keyof typeof regions} */ (region)) },
      }),
    ),
  );
  const starting = make("p", { class: "starting", role: "status", text: startStrings.starting });
  const columns = make("main", { class: "columns" }, starting);
  page.append(header, columns, notices.element);
  page.dataset.side = "data";
  showRegion("cards");
  // Where there is no more room for both, as with a third network, the one that was used last stays.
  for (const side of /** @type {const} */ (["data", "tools"])) {
    const use = () => {
      page.dataset.side = side;
      markTabs();
    };
    regions[side].addEventListener("pointerdown", use);
    regions[side].addEventListener("focusin", use);
  }
  const resized = new ResizeObserver(markTabs);
  resized.observe(page);

  return {
    header,
    close: () => resized.disconnect(),
    /** @param {string} panel */
    open: (panel) => openers.get(panel)?.(),
    notify: notices.notify,
    forget: notices.forget,
    /** @param {string} text why there is nothing to fill the page with */
    refuse: (text) => setText(starting, text),
    /** @param {App} app @param {readonly Panel[]} panels */
    fill(app, panels) {
      columns.replaceChildren(regionTabs, regions.data, regions.cards, regions.tools);
      for (const region of /** @type {const} */ (["data", "cards"])) {
        const own = panels.filter((panel) => panel.region === region);
        const heading = make("h2", { class: "unseen", text: startStrings.regions[region] });
        regions[region].replaceChildren(heading, ...own.map((panel) => panel.create(app)));
        for (const panel of own) openers.set(panel.id, () => goTo(region));
      }
      const tabs = toolTabs(app, panels.filter((panel) => panel.region === "tools"));
      regions.tools.replaceChildren(make("h2", { class: "unseen", text: startStrings.regions.tools }), ...tabs.elements);
      for (const [id, select] of tabs.selectors) {
        openers.set(id, () => {
          select();
          goTo("tools");
        });
      }
      openers.set("tools", () => goTo("tools"));
      markTabs();
    },
  };

  /** @param {keyof typeof regions} region */
  function goTo(region) {
    showRegion(region);
    regions[region].focus({ preventScroll: false });
  }
}

/** The name of the page. */
export function wordmark() {
  return make("h1", { class: "wordmark" }, `${startStrings.name[0]} `, make("span", { text: startStrings.name[1] }));
}
