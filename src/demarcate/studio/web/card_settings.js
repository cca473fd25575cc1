/**
 * The settings of one card: those that act at once, and those for which its networks begin again.
 *
 * @module
 */
import { button, choice, numberBox } from "./controls.js";
import { make } from "./dom.js";
import { layerEditor } from "./layer_editor.js";
import { slider } from "./sliders.js";
import { cardStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").CardState} CardState */
/** @typedef {import("./types.js").ProblemFacts} ProblemFacts */

/** @typedef {{field: import("./controls.js").Field<any>, show: (card: CardState) => void}} Setting */

const RATES = Object.freeze([0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]);
const DECAYS = Object.freeze([0, 0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1]);
const BATCHES = Object.freeze([1, 4, 8, 16, 32, 64, 128, 256, 512]);
const PATIENCES = Object.freeze([5, 10, 20, 50, 100, 200, 500]);

/**
 * Return the form of a card's settings.
 *
 * @param {App} app
 * @param {string} id of the card
 */
export function createCardSettings(app, id) {
  const limits = app.live.welcome?.limits ?? {};
  /** @type {Partial<Record<keyof CardState, Setting>>} */
  const settings = {};

  /** @param {keyof CardState} name @param {(draft: CardState) => void} edit */
  function change(name, edit) {
    app.store.change(`card ${id} ${name}`, (draft) => {
      const card = draft.cards.find((each) => each.id === id);
      if (card !== undefined) edit(card);
    });
  }

  /** @param {"lr" | "weight_decay" | "dropout"} name @param {object} range */
  function addSlider(name, range) {
    const field = slider({
      label: cardStrings.settings[name],
      min: 0,
      max: 1000,
      ...range,
      onInput: (value) => change(name, (card) => void (card[name] = value)),
      onSettle: () => app.store.settle(),
    });
    settings[name] = { field, show: (card) => field.set(card[name]) };
    return field.element;
  }

  /** @param {"epochs" | "seed"} name @param {number} max @param {HTMLElement} [beside] */
  function addNumber(name, max, beside) {
    const field = numberBox({
      label: cardStrings.settings[name],
      min: name === "seed" ? 0 : 1,
      max,
      beside,
      onChange: (value) => change(name, (card) => void (card[name] = value)),
    });
    settings[name] = { field, show: (card) => field.set(card[name]) };
    return field.element;
  }

  /**
   * @param {"activation" | "optimizer" | "head" | "schedule"} name
   * @param {readonly {name: string, meaning?: string}[]} offered
   * @param {Object<string, string>} words
   */
  function addChoice(name, offered, words) {
    const options = offered.map((each) => ({
      value: each.name,
      label: words[each.name] ?? each.name,
      title: each.meaning,
    }));
    const field = choice({
      label: cardStrings.settings[name],
      options,
      onChange: (value) => change(name, (card) => void Object.assign(card, { [name]: value })),
    });
    settings[name] = { field, show: (card) => field.set(card[name]) };
    return field.element;
  }

  /**
   * @param {"batch_size" | "patience" | "seeds"} name
   * @param {readonly number[]} numbers
   * @param {string | null} none what stands for no number, if that can be
   */
  function addNumberChoice(name, numbers, none) {
    const field = choice({
      label: cardStrings.settings[name],
      onChange: (value) =>
        change(name, (card) => void Object.assign(card, { [name]: value === "" ? null : Number(value) })),
    });
    settings[name] = {
      field,
      show(card) {
        const now = card[name];
        const offered = [...new Set([...numbers, ...(now === null ? [] : [now])])].sort((one, other) => one - other);
        const options = offered.map((each) => ({ value: `${each}`, label: `${each}` }));
        field.offer(none === null ? options : [{ value: "", label: none }, ...options]);
        field.set(now === null ? "" : `${now}`);
      },
    };
    return field.element;
  }

  const layers = layerEditor({
    limits: { layers: limits.layers ?? 6, units: limits.units ?? 256 },
    onChange: (hidden) => change("hidden", (card) => void (card.hidden = hidden)),
  });
  settings.hidden = { field: layers, show: (card) => layers.set(card.hidden) };
  const dice = button({
    title: cardStrings.otherSeed,
    icon: "dice",
    onClick: () => change("seed", (card) => void (card.seed += Math.max(card.seeds, 1))),
  });
  const { welcome } = app.live;
  const schedules = Object.keys(cardStrings.schedules).map((name) => ({ name }));
  const element = make(
    "div",
    { class: "card-settings" },
    layers.element,
    make(
      "fieldset",
      { class: "setting-group" },
      make("legend", { text: cardStrings.atOnce }),
      addSlider("lr", { min: 0.000001, stops: RATES }),
      addSlider("dropout", { max: 0.9, step: 0.05 }),
      addSlider("weight_decay", { stops: DECAYS }),
    ),
    make(
      "details",
      { class: "setting-group more-settings" },
      make("summary", { text: cardStrings.afresh }),
      make("p", { class: "hint", text: cardStrings.afreshHint }),
      make(
        "div",
        { class: "setting-grid" },
        addChoice("activation", welcome?.activations ?? [], cardStrings.activations),
        addChoice("head", welcome?.heads ?? [], cardStrings.heads),
        addChoice("optimizer", welcome?.optimizers ?? [], cardStrings.optimizers),
        addNumberChoice("batch_size", BATCHES, cardStrings.fullBatch),
        addChoice("schedule", schedules, cardStrings.schedules),
        addNumber("epochs", limits.epochs ?? 100_000),
        addNumberChoice("patience", PATIENCES, cardStrings.never),
        addNumberChoice("seeds", [1, 2, 3, 4, 5], null),
        addNumber("seed", 2 ** 31 - 10, dice),
      ),
    ),
  );
  if (app.source.name === "recorded") {
    for (const setting of Object.values(settings)) setting.field.disable(true);
    dice.disabled = true;
    element.prepend(make("p", { class: "hint", text: cardStrings.recordedSettings }));
  }
  return {
    element,
    /** @param {CardState} card */
    show(card) {
      for (const setting of Object.values(settings)) setting.show(card);
    },
    clearProblems() {
      for (const setting of Object.values(settings)) setting.field.problem(null);
    },
    /** @param {ProblemFacts} facts @returns {boolean} whether a field shows it */
    problem(facts) {
      const setting = settings[/** @type {keyof CardState} */ (facts.field ?? "id")];
      setting?.field.problem(`${facts.fact} ${facts.remedy}`);
      setting?.field.element.closest("details")?.setAttribute("open", "");
      return setting !== undefined;
    },
  };
}
