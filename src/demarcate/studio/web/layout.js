/**
 * Where the panels are: data, networks and tools side by side, or on a narrow page one of them at a time.
 *
 * @module
 */
import { button } from "./controls.js";
import { make, setAttribute, setText, show, uniqueId } from "./dom.js";
import { icon } from "./icons.js";
import { startStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./panels.js").Panel} Panel */

/** How many sentences are shown at once; the oldest goes first. */
const MOST_NOTICES = 3;
/** How long what is only said for information is shown, in milliseconds; problems stay. */
const NOTICE_TIME = 10_000;

/**
 * Lay out a page, empty at first.
 *
 * @param {HTMLElement} page
 */
export function createLayout(page) {
  const header = make("header", { class: "bar" }, wordmark());
  const notices = make("section", { class: "notices", "aria-label": startStrings.notices });
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
  page.append(header, columns, notices);
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
    /** @param {string} text @param {"notice" | "problem"} [kind] @param {string} [topic] */
    notify(text, kind = "notice", topic = "") {
      if ([...notices.children].some((each) => each.querySelector("p")?.textContent === text)) return;
      const notice = make("div", { class: `notice ${kind}`, "data-topic": topic, role: kind === "problem" ? "alert" : "status" });
      const dismiss = () => notice.remove();
      notice.append(
        make("p", { text }),
        button({ title: startStrings.dismiss, icon: "close", kind: "quiet", onClick: dismiss }),
      );
      if (kind === "problem") notice.prepend(icon("warning"));
      notices.append(notice);
      if (kind === "notice") window.setTimeout(dismiss, NOTICE_TIME);
      while (notices.children.length > MOST_NOTICES) notices.firstElementChild?.remove();
    },
    /** @param {string} topic */
    forget(topic) {
      for (const notice of notices.querySelectorAll(`[data-topic="${topic}"]`)) notice.remove();
    },
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

/**
 * Return tabs, of which one is shown; a panel is made when it is first opened.
 *
 * @param {App} app
 * @param {Panel[]} panels
 * @returns {{elements: HTMLElement[], selectors: Map<string, () => void>}}
 */
function toolTabs(app, panels) {
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
