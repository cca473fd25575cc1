/**
 * Dates as the cells of a column write them, in ISO 8601.
 *
 * @module
 */

/** @typedef {import("./facts.js").ColumnFacts} ColumnFacts */

const ISO_MOMENT = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:(?:[T ]|, ?) *(.+))?$/;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:[.,]\d{1,9})?))? ?(?:(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2})?)?$/;
const MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
/** What the directives of a pattern match; patterns with others are read in no cell. */
const DIRECTIVES = new Map([
  ["d", "(?<day>\\d{1,2})"],
  ["m", "(?<month>\\d{1,2})"],
  ["Y", "(?<year>\\d{4})"],
  ["y", "(?<short>\\d{2})"],
  ["B", "(?<name>[A-Za-z]+)\\.?"],
  ["b", "(?<name>[A-Za-z]+)\\.?"],
  ["H", "(?<hour>\\d{1,2})"],
  ["M", "(?<minute>\\d{2})"],
  ["S", "(?<second>\\d{2}(?:\\.\\d+)?)"],
]);
const FIRST_SHORT_YEAR = 1970;

/**
 * Return the seconds since 1970 of stripped text, in the column's format or ISO 8601; null where it is no date.
 *
 * @param {ColumnFacts} column
 * @param {string} text
 * @returns {number | null}
 */
export function readDate(column, text) {
  const iso = ISO_MOMENT.exec(text);
  if (iso !== null) return moment(Number(iso[1]), Number(iso[2]), Number(iso[3]), iso[4]);
  for (const format of column.dateFormat.split("|")) {
    const seconds = format === "" ? null : readPattern(format, text);
    if (seconds !== null) return seconds;
  }
  return null;
}

/**
 * Return seconds since 1970 as ISO 8601, to the microsecond, without the time of day at midnight.
 *
 * @param {number} seconds
 */
export function isoDate(seconds) {
  const microseconds = Math.round((seconds - Math.floor(seconds)) * 1e6);
  const whole = Math.floor(seconds) + Math.floor(microseconds / 1e6);
  const written = new Date(whole * 1000).toISOString().slice(0, 19);
  const fraction = microseconds % 1e6;
  if (fraction !== 0) return `${written}.${`${fraction}`.padStart(6, "0").replace(/0+$/, "")}`;
  return written.replace("T00:00:00", "");
}

/**
 * @param {string} format
 * @param {string} text
 */
function readPattern(format, text) {
  const [pattern, pivot] = format.split("@");
  const isCompact = !/%.[^%]/.test(pattern);
  let hasClock = false;
  let isKnown = true;
  const source = pattern.replace(/%(.)|([^%])/g, (_, directive, other) => {
    if (other !== undefined) return other === " " ? " +" : other.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
    hasClock ||= "HMS".includes(directive);
    isKnown &&= DIRECTIVES.has(directive);
    const matched = DIRECTIVES.get(directive) ?? "";
    return isCompact ? matched.replace("{1,2}", "{2}") : matched;
  });
  if (!isKnown) return null;
  const found = new RegExp(`^${source}${hasClock ? "" : "(?:(?:[T ]|, ?) *(?<clock>.+))?"}$`).exec(text);
  if (found?.groups === undefined) return null;
  const { day = "1", month, year, short, name, hour, minute = "00", second = "00", clock } = found.groups;
  const named = name === undefined ? Number(month ?? 1) : monthOf(name);
  const clockText = hour === undefined ? clock : `${hour}:${minute}:${second}`;
  return moment(year === undefined ? longYear(Number(short), Number(pivot ?? FIRST_SHORT_YEAR)) : Number(year), named, Number(day), clockText);
}

/** @param {string} name */
function monthOf(name) {
  const lower = name.toLowerCase();
  return lower.length < 3 ? 0 : MONTHS.findIndex((month) => month === lower || month.slice(0, 3) === lower) + 1;
}

/**
 * @param {number} short
 * @param {number} first
 */
function longYear(short, first) {
  return first + ((((short - first) % 100) + 100) % 100);
}

/**
 * @param {number} year
 * @param {number} month
 * @param {number} day
 * @param {string | undefined} clock
 */
function moment(year, month, day, clock) {
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  const isDay = midnight.getUTCFullYear() === year && midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
  const time = clock === undefined || clock === "" ? 0 : secondsOfDay(clock);
  return isDay && year > 0 && time !== null ? midnight.getTime() / 1000 + time : null;
}

/** @param {string} clock */
function secondsOfDay(clock) {
  const parts = CLOCK.exec(clock);
  if (parts === null) return null;
  const [hour, minute, second] = [Number(parts[1]), Number(parts[2]), Number((parts[3] ?? "0").replace(",", "."))];
  const isEnd = hour === 24 && minute === 0 && second === 0;
  if (!isEnd && (hour > 23 || minute > 59 || second >= 60)) return null;
  const offset = parts[5] === undefined ? 0 : Number(parts[6]) * 60 + Number(parts[7] ?? 0);
  return (hour * 60 + minute + (parts[5] === "-" ? offset : -offset)) * 60 + second;
}
