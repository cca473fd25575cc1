/**
 * A model file that was opened: its map and scores on the rows that the page shows.
 *
 * @module
 */
import { chosenCard } from "./chosen_card.js";
import { button, choice } from "./controls.js";
import { make, setText, show } from "./dom.js";
import { meanWords } from "./interval_picture.js";
import { askSession } from "./questions.js";
import { askStrings, modelStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").ModelAnswer} ModelAnswer */

/**
 * Return the part of the panel of questions that is there once a model file is open.
 *
 * @param {App} app
 */
export function modelPart(app) {
  const { live } = app;
  let id = "";
  const model = choice({ label: modelStrings.model, onChange: (value) => (id = value) });
  const said = make("p", { class: "hint", role: "status" });
  const problem = make("p", { class: "problem", role: "alert" });
  const answer = make("div", { class: "answer" });
  const ask = button({ label: modelStrings.ask, kind: "primary", onClick: begin });

  function begin() {
    setText(problem, "");
    setText(said, askStrings.asking);
    ask.disabled = true;
    const end = () => {
      setText(said, "");
      ask.disabled = false;
    };
    askSession(
      app,
      { type: "ask", what: "model", card: chosenCard(app).id, model: id },
      {
        onProgress: ({ text }) => setText(said, text),
        onAnswer(facts, _asked, arrays = {}) {
          end();
          releasePicture(answer);
          answer.replaceChildren(...modelView(facts, /** @type {Uint8Array} */ (arrays.picture.data)));
          app.announce.say(modelStrings.on(facts.n_rows, facts.about));
        },
        onProblem({ fact, remedy }) {
          end();
          setText(problem, `${fact} ${remedy}`);
        },
      },
    );
  }

  const element = make(
    "section",
    { class: "panel question", "aria-label": modelStrings.title, hidden: true },
    make("h2", { text: modelStrings.title }),
    make("p", { class: "hint", text: modelStrings.hint }),
    model.element,
    make("div", { class: "button-row" }, ask),
    said,
    problem,
    answer,
  );
  function update() {
    const models = [...live.tables.values()].filter(({ kind }) => kind === "model");
    show(element, models.length > 0);
    if (!models.some((each) => each.id === id)) id = models[0]?.id ?? "";
    model.offer(models.map(({ id: value, name: label }) => ({ value, label })));
    model.set(id);
    show(model.element, models.length > 1);
  }
  app.store.watch(update);
  live.on("welcome", update);
  live.on("tables", update);
  update();
  return element;
}

/**
 * @param {ModelAnswer} facts
 * @param {Uint8Array} picture
 * @returns {HTMLElement[]}
 */
function modelView(facts, picture) {
  const source = URL.createObjectURL(new Blob([new Uint8Array(picture)], { type: "image/png" }));
  const scores = facts.scores.map(({ label, meaning, mean }) =>
    make("div", { title: meaning }, make("dt", { text: label }), make("dd", { text: meanWords(mean) })),
  );
  return [
    make("h3", { text: modelStrings.on(facts.n_rows, facts.about) }),
    make("dl", { class: "figures wide" }, ...scores),
    make("img", { class: "model-map", src: source, alt: modelStrings.picture(facts.name, facts.caption) }),
    ...(facts.is_training_data ? [make("p", { class: "problem", text: modelStrings.trained })] : []),
  ];
}

/** @param {HTMLElement} element whose picture is shown no more */
function releasePicture(element) {
  const picture = element.querySelector("img");
  if (picture !== null) URL.revokeObjectURL(picture.src);
}
