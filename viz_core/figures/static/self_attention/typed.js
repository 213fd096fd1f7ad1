// Numbers as a reader types and reads them, and changed numbers as the page's address keeps them.
import { say } from "../dom.js";

export const LARGEST = 1e30; // typed numbers; products of four of them still fit into float64
export const FLOAT32 = 3.4028234663852886e38;
export const MOST_CHANGES = 60; // what an address can hold
const SCORES = new Set(["e", "s", "m"]); // −∞ is a mask there

/** The number in a text, or why it is none: {value} or {error}. name: of the tensor; old: the value that stays. */
export function readNumber(text, name, old, words) {
  const typed = text.trim().replace("−", "-");
  const refused = (sentence, more = {}) => ({ error: say(sentence, { typed: cut(text.trim()), old: exact(old), ...more }) });
  if (!typed) return refused(words.empty_number);
  if (/^[+-]?(inf|infinity|∞)$/i.test(typed)) {
    if (typed.startsWith("-") && SCORES.has(name)) return { value: -Infinity };
    return refused(SCORES.has(name) ? words.infinite_score : words.infinite_number);
  }
  if (/^[+-]?nan$/i.test(typed)) return refused(words.nan_number);
  if (/^[+-]?\d*,\d+$/.test(typed)) return refused(words.comma_number, { remedy: typed.replace(",", ".") });
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(typed)) return refused(words.no_number);
  const value = Number(Number(typed).toPrecision(8));
  if (Math.abs(value) > LARGEST) return refused(words.large_number);
  return { value };
}

const cut = (text) => (text.length > 24 ? `${text.slice(0, 23)}…` : text);

/** A number for a cell: short; a real minus sign; ∞ and masked as signs. */
export function cellText(value) {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.0005 || size >= 1e5)) return power(value.toExponential(size < 0.0005 ? 0 : 1));
  return signed(trimmed(value.toFixed(size < 0.0995 ? 3 : size < 100 ? 2 : 1)));
}

/** A weight: three decimals; 1.000 is nearly 1, and 1 is 1. */
export function shareText(value) {
  if (Number.isNaN(value)) return "–";
  return value > 0 && value < 0.0005 ? power(value.toExponential(0)) : value > 0.9995 && value < 1 ? "1.000" : signed(trimmed(value.toFixed(3)));
}

/** All that float64 knows, up to eight digits. */
export function exact(value) {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  return signed(power(String(Number(value.toPrecision(8)))));
}

const trimmed = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
const signed = (text) => text.replace(/^-/, "−");
const power = (text) => signed(text.replace("e+", "e").replace("e-", "e−"));

/** Changed numbers as text: "x.0.1~2.5_q.0.1.5~-3". */
export const packed = (edits) => [...edits].map(([key, value]) => `${key}~${value === -Infinity ? "-inf" : String(value).replace("+", "")}`).join("_");

export function unpacked(text) {
  const pairs = text ? text.split("_").map((part) => part.split("~")) : [];
  return new Map(pairs.map(([key, value]) => [key, value === "-inf" ? -Infinity : Number(value)]));
}
