/**
 * Says what happens to those who do not see it: short sentences in a live region, seldom enough to be listened to.
 *
 * @module
 */
import { make } from "./dom.js";

/**
 * @typedef {object} Announcer
 * @property {(text: string) => void} say at once; for what a person has just done
 * @property {(topic: string, text: string) => void} report as soon as the topic's last report is long enough ago; of several
 *   in the meantime only the last is read
 * @property {() => void} close
 */

/** Between two reports, in milliseconds. */
const PAUSE = 1000;

/**
 * Return what speaks from within an element.
 *
 * @param {HTMLElement} root
 * @returns {Announcer}
 */
export function createAnnouncer(root) {
  const urgent = make("p", { class: "unseen", role: "status", "aria-live": "polite" });
  const reports = make("p", { class: "unseen", role: "log", "aria-live": "polite", "aria-atomic": "true" });
  root.append(urgent, reports);
  /** @type {Map<string, string>} */ const waiting = new Map();
  /** @type {Map<string, string>} */ const said = new Map();
  let timer = 0;

  function speak() {
    timer = 0;
    if (waiting.size === 0) return;
    reports.textContent = [...waiting.values()].join(" ");
    waiting.forEach((text, topic) => said.set(topic, text));
    waiting.clear();
    timer = window.setTimeout(speak, PAUSE);
  }

  return {
    say(text) {
      urgent.textContent = "";
      requestAnimationFrame(() => (urgent.textContent = text));
    },
    report(topic, text) {
      if (said.get(topic) === text) return void waiting.delete(topic);
      waiting.set(topic, text);
      if (timer === 0) timer = window.setTimeout(speak, 0);
    },
    close: () => clearTimeout(timer),
  };
}
