import { t } from "./texts";

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const fine = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** Exact up to 9,999, then short. */
export function count(n: number): string {
  return Math.abs(n) < 10_000 ? whole.format(n) : short.format(n);
}

/** A rate or a mean: three digits are enough. */
export function rate(n: number): string {
  return n === 0 ? "0" : Math.abs(n) < 1000 ? fine.format(n) : count(n);
}

/** A rate with its unit, for where no word beside it says so. */
export function perSecond(n: number): string {
  return `${rate(n)}${t.numbers.perSecond}`;
}

export function millis(ms: number): string {
  if (ms === 0) return "–";
  if (ms < 1) return `${fine.format(ms * 1000)} ${t.numbers.us}`;
  if (ms < 1000) return `${fine.format(ms)} ${t.numbers.ms}`;
  if (ms < 60_000) return `${fine.format(ms / 1000)} ${t.numbers.s}`;
  if (ms < 3_600_000) return `${fine.format(ms / 60_000)} ${t.numbers.min}`;
  return `${fine.format(ms / 3_600_000)} ${t.numbers.h}`;
}

/** In the reader's zone. */
export function time(instant: string): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? instant : clock.format(date);
}

/** The instants in words of the server, in the reader's zone. */
export function localized(words: string): string {
  return words.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g, time);
}

export function json(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? "";
}
