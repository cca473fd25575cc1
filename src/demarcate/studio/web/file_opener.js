/**
 * Opens files of the person's own: chosen from a list, or dropped anywhere on the page.
 *
 * @module
 */
import { button } from "./controls.js";
import { make, setText, show } from "./dom.js";
import { problemText } from "./field_problems.js";
import { tableStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").TableFacts} TableFacts */

const ACCEPTED = ".csv,.tsv,.txt,.parquet,.arrow,.feather,.ipc,.jsonl,.ndjson,.gz,.safetensors";

/**
 * Return the place where files are dropped, and what it says of them.
 *
 * @param {App} app
 * @param {(facts: TableFacts) => void} onOpened
 */
export function fileOpener(app, onOpened) {
  const { store, live, source } = app;
  const reading = make("p", { class: "hint", role: "status", hidden: true });
  const refused = make("p", { class: "problem", role: "alert", hidden: true });

  /** @param {string | null} text */
  function refuse(text) {
    setText(refused, text ?? "");
    show(refused, text !== null);
  }

  /** @param {File} file */
  async function open(file) {
    if (source.upload === null) return;
    setText(reading, tableStrings.reading(file.name));
    show(reading, true);
    refuse(null);
    try {
      const facts = /** @type {TableFacts} */ (await source.upload(file, "table"));
      live.tables.set(facts.id, facts);
      live.emit("tables", facts);
      onOpened(facts);
    } catch (error) {
      const { fact = `${error}`, remedy } = /** @type {{fact?: string, remedy?: string}} */ (error);
      const text = problemText({ fact, remedy });
      refuse(text);
      if (store.state().data.source !== "table") app.notify(text, "problem");
    } finally {
      show(reading, false);
    }
  }

  if (source.upload !== null) acceptDrops(app.root, (file) => void open(file));
  const zone = source.upload === null ? make("p", { class: "hint", text: tableStrings.cannot }) : dropZone(open);
  return { elements: [zone, reading, refused], refuse };
}

/** @param {(file: File) => void} open */
function dropZone(open) {
  const files = make("input", { type: "file", accept: ACCEPTED, class: "unseen", tabindex: "-1", "aria-hidden": "true" });
  files.addEventListener("change", () => {
    const [file] = files.files ?? [];
    if (file !== undefined) open(file);
    files.value = "";
  });
  const choose = button({ label: tableStrings.open, icon: "open", onClick: () => files.click() });
  return make("div", { class: "drop" }, make("p", { class: "hint", text: tableStrings.drop }), choose, files);
}

/**
 * Take files that are dropped on an element.
 *
 * @param {HTMLElement} target
 * @param {(file: File) => void} take
 */
function acceptDrops(target, take) {
  const hasFile = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  target.addEventListener("dragover", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    target.classList.add("is-dropping");
  });
  target.addEventListener("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node && target.contains(event.relatedTarget))) target.classList.remove("is-dropping");
  });
  target.addEventListener("drop", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    target.classList.remove("is-dropping");
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined) take(file);
  });
}
