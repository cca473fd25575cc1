/**
 * Asking the service, with the token where it needs one.
 *
 * @module
 */
import { element, freshId } from "./elements.js";

let token = "";

/**
 * What a service says of a refusal.
 *
 * @typedef {object} Refusal
 * @property {number} status
 * @property {string} detail
 * @property {{row?: number, column?: string, key?: string, fact: string, remedy: string}[]} problems
 */

/** A request that was refused. */
export class RefusedError extends Error {
  /** @param {Refusal} refusal */
  constructor(refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}

/**
 * Ask an address of the service for JSON.
 *
 * @param {string} address relative to the page
 * @param {unknown} [body] what to send; nothing asks without a body
 * @returns {Promise<any>}
 */
export async function askService(address, body) {
  /** @type {Object<string, string>} */ const headers = { accept: "application/json" };
  if (token !== "") headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  const method = body === undefined ? "GET" : "POST";
  const answer = await fetch(address, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  const detail = said.detail ?? `The service answered with status ${answer.status}.`;
  throw new RefusedError({ status: answer.status, detail, problems: said.problems ?? [] });
}

/**
 * Start a page, and ask for the token first where the service needs one.
 *
 * @param {HTMLElement} main
 * @param {() => Promise<void>} start
 */
export async function startPage(main, start) {
  try {
    await start();
  } catch (error) {
    if (!(error instanceof RefusedError)) {
      main.replaceChildren(element("p", { class: "panel problem", role: "alert", text: "The service does not answer. Is it running?" }));
    } else if (error.refusal.status === 401) {
      main.replaceChildren(tokenPanel(() => void startPage(main, start), token === "" ? "" : error.message));
    } else {
      main.replaceChildren(element("p", { class: "panel problem", role: "alert", text: error.message }));
    }
  }
}

/**
 * @param {() => void} onToken
 * @param {string} said
 */
function tokenPanel(onToken, said) {
  const id = freshId("token");
  const box = element("input", { id, type: "password", autocomplete: "off", required: true });
  const form = element(
    "form",
    { class: "token" },
    element("div", { class: "field" }, element("label", { for: id, text: "Token of the service" }), box),
    element("button", { class: "button", text: "Go on" }),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    token = box.value.trim();
    onToken();
  });
  const hint = element("p", { class: "hint", text: "It is kept until this page is closed, and sent to this service alone." });
  const problem = element("p", { class: "problem", role: "alert", text: said });
  return element("section", { class: "panel", "aria-label": "Token" }, form, hint, problem);
}
