import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, test } from "vitest";
import type { Step } from "./api";
import { bars } from "./chain";
import { Waterfall } from "./pages/chain";

const step = (over: Partial<Step> & { step: string }): Step => ({
  chain: "c",
  parent: null,
  kind: "call",
  actor: "Cart/ada",
  action: "add",
  caller: null,
  atMicros: 1_000_000,
  micros: 1000,
  code: null,
  node: "a",
  ...over,
});

const call = step({ step: "1" });
const turn = step({ step: "2", parent: "1", kind: "turn", atMicros: 1_000_300, micros: 500, node: "b" });
const inner = step({ step: "3", parent: "2", actor: "Stock/tea", action: "take", atMicros: 1_000_400, micros: 200, node: "b" });
const innerTurn = step({ ...inner, step: "4", parent: "3", kind: "turn", atMicros: 1_000_450, micros: 100, code: "SP3001", node: "a" });
const message = step({ step: "5", parent: "2", kind: "turn", actor: "Mailer/m", action: "send", atMicros: 1_002_000, micros: 50, node: "c" });

const shown = (steps: Step[]) =>
  bars(steps).bars.map((b) => `${"-".repeat(b.depth)}${b.actor}.${b.action} ${b.wait?.from ?? "x"} ${b.run?.from ?? "x"}`);

test("a call and its turn are one line, and what they caused stands below", () => {
  const all = bars([message, innerTurn, turn, inner, call]);
  expect(shown([message, innerTurn, turn, inner, call])).toEqual([
    "Cart/ada.add 0 300",
    "-Stock/tea.take 400 450",
    "-Mailer/m.send x 2000",
  ]);
  expect(all.micros).toBe(2050);
  expect(all.bars[0]!.run!.node).toBe("b");
  expect(all.bars[1]!.code).toBe("SP3001");
});

test("a node whose clock is wrong moves with all that ran there", () => {
  const late = 7_000_000;
  const off = (it: Step) => ({ ...it, atMicros: it.atMicros + late });
  expect(shown([call, off(turn), off(inner), innerTurn])).toEqual(["Cart/ada.add 0 250", "-Stock/tea.take 350 400"]);
  expect(shown([call, turn, { ...message, atMicros: 5 }])).toEqual(["Cart/ada.add 0 300", "-Mailer/m.send x 300"]);
});

test("what is missing leaves the rest", () => {
  expect(shown([turn, innerTurn])).toEqual(["Cart/ada.add x 0", "Stock/tea.take x 150"]);
  expect(shown([call])).toEqual(["Cart/ada.add 0 x"]);
  expect(bars([])).toEqual({ bars: [], micros: 0 });
});

test("a circle of causes ends, and loses nothing", () => {
  expect(bars([step({ step: "1", parent: "2" }), step({ step: "2", parent: "1", action: "other" })]).bars).toHaveLength(2);
  expect(bars([step({ step: "1", parent: "1" })]).bars).toHaveLength(1);
});

test("each line says in words what its bars show", async () => {
  const root = document.createElement("div");
  await act(() => render(<Waterfall system="shop" chain={{ name: "c", steps: [call, turn, inner, innerTurn] }} />, root));
  const lines = [...root.querySelectorAll("li")];
  expect(lines.map((line) => line.querySelector("a")!.textContent)).toEqual(["Cart/ada.add", "Stock/tea.take"]);
  expect(lines[0]!.textContent).toContain("at b");
  expect(lines[1]!.textContent).toContain("SP3001");
  expect(lines[1]!.className).toBe("failed");
  await act(() => render(<Waterfall system="shop" chain={{ name: "c", steps: [] }} />, root));
  expect(root.querySelectorAll("li")).toHaveLength(0);
});
