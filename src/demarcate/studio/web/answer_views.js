/**
 * Answers of the session in words, tables and small pictures.
 *
 * @module
 */
import { button } from "./controls.js";
import { make } from "./dom.js";
import { icon } from "./icons.js";
import { intervalScale, meanWords, toolTable } from "./interval_picture.js";
import { askStrings } from "./strings.js";

/** @typedef {import("./types.js").CardState} CardState */
/** @typedef {import("./types.js").DiagnoseAnswer} DiagnoseAnswer */
/** @typedef {import("./types.js").EffectFacts} EffectFacts */
/** @typedef {import("./types.js").ScoresAnswer} ScoresAnswer */
/** @typedef {import("./types.js").SweepAnswer} SweepAnswer */
/** @typedef {import("./types.js").SweepRow} SweepRow */
/** @typedef {(settings: Partial<CardState>, label: string) => void} TakeSettings makes a card of settings */

/**
 * Return a diagnosis: the verdict, its two losses, and what would help.
 *
 * @param {DiagnoseAnswer} answer
 * @param {TakeSettings} take
 * @returns {HTMLElement[]}
 */
export function diagnosisView(answer, take) {
  const words = askStrings.diagnose;
  const levels = /** @type {const} */ (["train", "held_out"]);
  const draw = intervalScale(
    levels.map((rows) => answer[rows].log_loss),
    [0],
  );
  return [
    make("h3", { class: "verdict", "data-verdict": answer.verdict, text: answer.headline }),
    make("p", { text: answer.symptom }),
    toolTable(
      words.levels,
      [words.levels, "", ""],
      levels.map((rows) => {
        const { log_loss } = answer[rows];
        return {
          cells: [words[rows], draw(log_loss), make("span", { class: "nowrap", text: meanWords(log_loss) })],
          kind: `rows-${rows}`,
        };
      }),
    ),
    make("p", { class: "hint", text: words.otherRows }),
    make("p", { text: answer.remedy }),
    effectsList(answer, take),
    ...answer.reasons.map((text) => make("p", { text })),
    make("p", { class: "hint", text: answer.basis }),
  ];
}

/**
 * @param {DiagnoseAnswer} answer
 * @param {TakeSettings} take
 */
function effectsList({ effects, min_gain }, take) {
  const words = askStrings.diagnose;
  const draw = intervalScale(
    effects.map((effect) => effect.log_loss),
    [0, min_gain],
  );
  return make(
    "div",
    { class: "effects" },
    make("h3", { text: words.effects }),
    make(
      "ul",
      {},
      ...effects.map((effect) =>
        make(
          "li",
          { class: effect.answer === "helps" ? "is-marked" : "" },
          effectMark(effect),
          make(
            "span",
            { class: "effect" },
            make("strong", { text: effect.label }),
            make("small", { text: effect.change }),
          ),
          tryButton(effect, take),
          draw(effect.log_loss),
          make("span", { class: "gain", text: `${words.by} ${meanWords(effect.log_loss, { signed: true })}` }),
        ),
      ),
    ),
    make("p", { class: "hint", text: words.marks(min_gain.toFixed(3)) }),
  );
}

/** @param {EffectFacts} effect */
function effectMark({ answer }) {
  const mark = answer === "helps" ? icon("tick") : answer === "does not help" ? icon("close") : "?";
  return make(
    "span",
    { class: "effect-mark", title: askStrings.diagnose.answers[answer] },
    make("span", { "aria-hidden": "true" }, mark),
    make("span", { class: "unseen", text: askStrings.diagnose.answers[answer] }),
  );
}

/**
 * @param {EffectFacts} effect
 * @param {TakeSettings} take
 */
function tryButton({ settings, change }, take) {
  if (settings === null || settings === undefined) return "";
  const made = button({ label: askStrings.diagnose.tryShort, kind: "small", onClick: () => take(settings, change) });
  made.setAttribute("aria-label", askStrings.diagnose.tryIt(change));
  return made;
}

/**
 * Return a sweep: a row for each value, also while it is under way.
 *
 * @param {Pick<SweepAnswer, "setting" | "rows"> & Partial<SweepAnswer>} answer
 * @param {TakeSettings} take
 * @returns {HTMLElement[]}
 */
export function sweepView(answer, take) {
  const words = askStrings.sweep;
  const draw = intervalScale(answer.rows.map((row) => row.log_loss));
  const setting = /** @type {keyof typeof words.settings} */ (answer.setting);
  const remark = (/** @type {number} */ position) =>
    position === answer.best ? words.best : position === answer.smallest_near_best ? words.near : "";
  return [
    toolTable(
      words.settings[setting],
      [words.settings[setting], words.columns.log_loss, words.columns.accuracy, words.columns.use],
      answer.rows.map((row, position) => ({
        kind: remark(position) ? "is-marked" : "",
        cells: [
          make(
            "span",
            { class: "lined" },
            row.label,
            ...remarksOf(row, remark(position)).map((text) => make("small", { text })),
          ),
          make("span", { class: "lined" }, draw(row.log_loss), make("small", { text: meanWords(row.log_loss) })),
          accuracyCell(row),
          takeButton(answer.setting, row, take),
        ],
      })),
    ),
    ...(answer.sentences ?? []).map((text) => make("p", { text })),
    ...(answer.basis ? [make("p", { class: "hint", text: answer.basis })] : []),
  ];
}

/**
 * @param {SweepRow} row
 * @param {string} remark
 */
function remarksOf(row, remark) {
  const parameters = `${row.n_parameters.toLocaleString("en")} ${askStrings.sweep.columns.parameters}`;
  return [remark, parameters, row.diverged > 0 ? askStrings.sweep.diverged(row.diverged) : ""].filter(Boolean);
}

/** @param {SweepRow} row */
function accuracyCell({ accuracy, train_accuracy }) {
  const own = accuracy === null ? "–" : accuracy.value.toFixed(3);
  const train =
    train_accuracy === null ? null : make("small", { text: askStrings.sweep.train(train_accuracy.toFixed(3)) });
  return make("span", { class: "lined", title: meanWords(accuracy) }, own, train);
}

/**
 * @param {string} setting
 * @param {SweepRow} row
 * @param {TakeSettings} take
 */
function takeButton(setting, row, take) {
  const settings = /** @type {Partial<CardState>} */ ({ [setting]: row.value });
  const label = `${askStrings.sweep.settings[/** @type {"lr"} */ (setting)]} ${row.label}`;
  const made = button({ label: askStrings.sweep.takeShort, kind: "small", onClick: () => take(settings, label) });
  made.setAttribute("aria-label", askStrings.sweep.take(label));
  return made;
}

/**
 * Return scores with their intervals, beside simpler models, and what explains them.
 *
 * @param {ScoresAnswer} answer
 * @returns {HTMLElement[]}
 */
export function scoresView(answer) {
  const words = askStrings.scores;
  const accuracy = answer.scores.find((score) => score.name === "accuracy");
  const compared = [...(accuracy ? [{ ...accuracy, label: words.own }] : []), ...answer.baselines];
  const draw = intervalScale(compared.map((score) => score.mean));
  const findings = answer.findings.map(({ text, severity }) => make("li", { class: `finding ${severity}`, text }));
  return [
    make("h3", { text: words.on(answer.n_rows, answer.rows) }),
    make(
      "dl",
      { class: "figures wide" },
      ...answer.scores.map(({ label, meaning, mean }) =>
        make("div", { title: meaning }, make("dt", { text: label }), make("dd", { text: meanWords(mean) })),
      ),
    ),
    ...(answer.baselines.length > 0 ? [comparedTable(compared, draw)] : []),
    ...(answer.reasons.length + findings.length > 0 ? [make("h3", { text: words.why })] : []),
    ...answer.reasons.map((text) => make("p", { text })),
    ...(findings.length > 0 ? [make("ul", { class: "findings" }, ...findings)] : []),
  ];
}

/**
 * @param {{label: string, name: string, mean: import("./types.js").MeanFacts}[]} compared
 * @param {ReturnType<typeof intervalScale>} draw
 */
function comparedTable(compared, draw) {
  return toolTable(
    askStrings.scores.baselines,
    [askStrings.scores.baselines, "", ""],
    compared.map((each, position) => ({
      kind: position === 0 && each.name === "accuracy" ? "is-marked" : "",
      cells: [each.label, draw(each.mean), make("span", { class: "nowrap", text: meanWords(each.mean) })],
    })),
  );
}
