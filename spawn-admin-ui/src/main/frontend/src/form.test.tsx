import { render } from "preact";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Schema } from "./api";
import { emptyOf, Fields } from "./form";

const schema: Schema = {
  type: "object",
  properties: {
    product: { type: "string" },
    quantity: { type: "integer" },
    gift: { type: "boolean" },
    size: { type: "string", enum: ["L", "S"] },
    labels: { type: "array", items: { type: "string" } },
  },
};

let root: HTMLElement;
beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

test("a form begins with what its schema allows", () => {
  expect(emptyOf(schema)).toEqual({ product: "", quantity: 0, gift: false, size: "L", labels: [] });
  expect(emptyOf(undefined)).toBeUndefined();
});

test("every property has a labelled field, and what is typed is in the value", () => {
  let value: unknown = emptyOf(schema);
  render(<Fields schema={schema} value={value} onChange={(next) => (value = next)} />, root);
  const labels = [...root.querySelectorAll("label")].map((label) => label.querySelector("span")?.textContent);
  expect(labels).toEqual(["product", "quantity", "gift", "size", "labels"]);

  const quantity = root.querySelector<HTMLInputElement>("input[type=number]")!;
  quantity.value = "7";
  quantity.dispatchEvent(new Event("input", { bubbles: true }));
  expect(value).toMatchObject({ quantity: 7, product: "" });
});

test("what is no JSON never gets into the value", () => {
  let value: unknown = emptyOf(schema);
  render(<Fields schema={schema} value={value} onChange={(next) => (value = next)} />, root);
  const labels = root.querySelector<HTMLTextAreaElement>("textarea")!;
  labels.value = "[1,";
  labels.dispatchEvent(new Event("input", { bubbles: true }));
  expect(value).toMatchObject({ labels: [] });
});
