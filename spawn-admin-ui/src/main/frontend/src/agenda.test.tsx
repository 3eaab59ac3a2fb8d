import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AgendaRow } from "./api";
import { Outstanding } from "./pages/agenda";

const letter = (name: string, sequence: number): AgendaRow => ({
  name,
  sequence,
  target: "Stock/tea",
  action: "reserve",
  failure: { code: "SP3001", name: "ACTION_FAILED", message: "no tea", execution: "EXECUTED", advice: "" },
  attempts: 3,
  at: "2026-01-31T12:00:00Z",
});

const rows = [letter("ada", 1), letter("ada", 2), letter("bob", 1)];

let root: HTMLElement;
let sent: { operation: string; rows: AgendaRow[]; preview: boolean }[];
/** What the server finds of what it is asked for. */
let found: AgendaRow[];

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  sent = [];
  found = rows.slice(0, 2);
  vi.stubGlobal("fetch", async (_: string, request: RequestInit) => {
    const body = JSON.parse(String(request.body));
    sent.push(body);
    return new Response(JSON.stringify({ rows: found, gone: body.rows.length - found.length, failure: null }));
  });
});
afterEach(() => {
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

const show = (operator: boolean, onDone = () => {}) =>
  act(() => render(<Outstanding system="shop" type="Cart" part="dead-letters" rows={rows} operator={operator} onDone={onDone} />, root));

const press = (words: string, within: ParentNode = root) =>
  act(async () => {
    [...within.querySelectorAll("button")].find((button) => button.textContent === words)!.click();
  });

test("a viewer sees every row and can do nothing", async () => {
  await show(false);
  expect(root.querySelectorAll("tbody tr")).toHaveLength(3);
  expect(root.textContent).toContain("no tea");
  expect(root.querySelectorAll("button, input")).toHaveLength(0);
});

test("what the preview has found is shown, and nothing else is sent", async () => {
  let done = 0;
  await show(true, () => done++);
  expect(root.querySelector<HTMLButtonElement>("button.main")!.disabled).toBe(true);
  await press("Choose all of this page");
  await press("Retry");
  expect(sent.map(({ preview, rows: asked }) => [preview, asked.length])).toEqual([[true, 3]]);
  const dialog = await vi.waitUntil(() => root.querySelector("dialog"));
  expect([...dialog.querySelectorAll("li")].map((row) => row.firstChild?.textContent)).toEqual(["ada #1", "ada #2"]);
  expect(dialog.textContent).toContain("1 of those that you chose are not there any more");
  expect(done).toBe(0);

  await act(async () => {
    dialog.querySelector("form")!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  });
  await vi.waitUntil(() => done > 0);
  expect(sent[1]).toMatchObject({
    operation: "retry",
    part: "dead-letters",
    preview: false,
    rows: [
      { name: "ada", sequence: 1 },
      { name: "ada", sequence: 2 },
    ],
  });
  expect(done).toBe(1);
});

test("nothing is asked about rows that are gone", async () => {
  let done = 0;
  found = [];
  await show(true, () => done++);
  await act(async () => root.querySelector<HTMLInputElement>("input[type=checkbox]")!.click());
  await press("Drop");
  await vi.waitUntil(() => done > 0);
  expect(sent).toHaveLength(1);
  expect(sent[0]!.rows).toEqual([{ name: "ada", sequence: 1 }]);
  expect(root.querySelector("dialog")).toBeNull();
});
