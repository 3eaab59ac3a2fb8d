import { expect, test } from "vitest";
import { count, localized, millis, perSecond, rate, time } from "./format";

test("times are told in the unit that fits", () => {
  expect(millis(0)).toBe("–");
  expect(millis(0.25)).toBe("250 µs");
  expect(millis(12.345)).toBe("12.3 ms");
  expect(millis(1500)).toBe("1.5 s");
  expect(millis(90_000)).toBe("1.5 min");
});

test("numbers are exact while they are short", () => {
  expect(count(9999)).toBe("9,999");
  expect(count(1_000_000)).toBe("1M");
  expect(rate(3.14159)).toBe("3.14");
  expect(perSecond(3.14159)).toBe("3.14/s");
});

test("instants in words of the server are told in the reader's zone", () => {
  expect(localized("every PT24H from 2026-01-01T00:00:00Z")).toBe(`every PT24H from ${time("2026-01-01T00:00:00Z")}`);
  expect(localized("once 2026-11-28T20:07:04.909Z")).not.toContain("20:07:04.909Z");
  expect(localized("cron 0 0 * * *")).toBe("cron 0 0 * * *");
});
