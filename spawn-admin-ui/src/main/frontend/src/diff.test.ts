import { expect, test } from "vitest";
import { diff } from "./diff";

const shown = (before: string, after: string) =>
  diff(before, after).map((line) => ({ same: " ", added: "+", removed: "-" })[line.kind] + line.text);

test("what is equal is the same", () => {
  expect(shown("a\nb", "a\nb")).toEqual([" a", " b"]);
});

test("only what changed is shown as changed", () => {
  expect(shown("a\nb\nc\nd", "a\nx\nc\nd\ne")).toEqual([" a", "-b", "+x", " c", " d", "+e"]);
});

test("nothing becomes something", () => {
  expect(shown("", "a\nb")).toEqual(["+a", "+b"]);
  expect(shown("a", "")).toEqual(["-a"]);
});

test("a line that moved is taken out and put in", () => {
  const lines = shown("a\nb\nc", "b\nc\na");
  expect(lines.filter((line) => line.startsWith("-"))).toEqual(["-a"]);
  expect(lines.filter((line) => line.startsWith("+"))).toEqual(["+a"]);
});

test("texts too long to compare well are compared at all", () => {
  const long = (mark: string) => Array.from({ length: 3000 }, (_, i) => `${mark}${i}`).join("\n");
  expect(diff(long("a"), long("b"))).toHaveLength(6000);
});
