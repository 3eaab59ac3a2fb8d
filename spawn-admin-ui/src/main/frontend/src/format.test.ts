import { expect, test } from "vitest";
import { count, millis, rate } from "./format";

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
});
