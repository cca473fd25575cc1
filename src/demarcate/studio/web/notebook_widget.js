/**
 * The page as a widget of a notebook.
 *
 * @module
 */
import { startApp } from "./app.js";
import { make } from "./dom.js";
import { notebookSource } from "./notebook_source.js";

/**
 * Show the page in a cell's output; returns what takes it down again.
 *
 * @param {{model: import("./notebook_source.js").WidgetModel, el: HTMLElement}} view
 * @returns {() => void}
 */
export function renderStudio({ model, el }) {
  // A notebook has keys of its own, among them one that deletes a cell: those pressed within the page stay there.
  const root = make("div", { class: "studio in-notebook", "data-lm-suppress-shortcuts": "true" });
  root.addEventListener("keydown", (event) => event.stopPropagation());
  el.append(root);
  const source = notebookSource(model);
  const end = startApp(root, source);
  source.send({ type: "open" });
  return () => {
    end();
    source.close();
    root.remove();
  };
}
