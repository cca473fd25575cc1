/**
 * Sentences in a corner of the page: for information, and problems that no control shows.
 *
 * @module
 */
import { button } from "./controls.js";
import { make } from "./dom.js";
import { icon } from "./icons.js";
import { startStrings } from "./strings.js";

/** How many sentences are shown at once; the oldest goes first. */
const MOST_NOTICES = 3;
/** How long what is only said for information is shown, in milliseconds; problems stay. */
const NOTICE_TIME = 10_000;

/** Return the corner, empty at first. */
export function createNotices() {
  const element = make("section", { class: "notices", "aria-label": startStrings.notices });

  return {
    element,
    /** @param {string} text @param {"notice" | "problem"} [kind] @param {string} [topic] */
    notify(text, kind = "notice", topic = "") {
      if ([...element.children].some((each) => each.querySelector("p")?.textContent === text)) return;
      const isProblem = kind === "problem";
      const notice = make("div", { class: `notice ${kind}`, "data-topic": topic, role: isProblem ? "alert" : "status" });
      const dismiss = () => notice.remove();
      notice.append(
        ...(isProblem ? [icon("warning")] : []),
        make("p", { text }),
        button({ title: startStrings.dismiss, icon: "close", kind: "quiet", onClick: dismiss }),
      );
      element.append(notice);
      if (!isProblem) window.setTimeout(dismiss, NOTICE_TIME);
      while (element.children.length > MOST_NOTICES) element.firstElementChild?.remove();
    },
    /** @param {string} topic */
    forget(topic) {
      for (const notice of element.querySelectorAll(`[data-topic="${topic}"]`)) notice.remove();
    },
  };
}
