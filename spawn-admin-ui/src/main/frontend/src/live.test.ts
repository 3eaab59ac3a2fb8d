import { expect, test } from "vitest";
import type { Frame } from "./api";
import { withGaps } from "./live";

const frame = (at: number) => ({ at }) as Frame;

test("where nobody looked there is a moment without a frame", () => {
  const moments = withGaps([frame(0), frame(1000), frame(60_000), frame(61_000)]);
  expect(moments.map((m) => [m.at, m.frame !== undefined])).toEqual([
    [0, true],
    [1000, true],
    [2000, false],
    [60_000, true],
    [61_000, true],
  ]);
});
