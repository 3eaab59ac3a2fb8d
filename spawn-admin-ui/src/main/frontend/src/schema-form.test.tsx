import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Cause } from "./api";
import { placeOf, SchemaForm, type OpenApi } from "./schema-form";

const schema: OpenApi = {
  type: "object",
  required: ["host"],
  properties: {
    affinity: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    replicas: { type: "integer", default: 1, description: "Pods that are wanted." },
    autoscaler: { type: "object", properties: { max: { type: "integer" }, memory: { "x-kubernetes-int-or-string": true } } },
    host: {
      type: "object",
      required: ["image"],
      properties: {
        image: { type: "string" },
        env: { type: "array", items: { type: "object", required: ["name"], properties: { name: { type: "string" }, value: { type: "string" } } } },
      },
    },
  },
};

let root: HTMLElement;
let value: unknown;
let causes: Cause[];
const show = () =>
  act(() =>
    render(
      <SchemaForm
        schema={schema}
        value={value}
        path="spec"
        causes={causes}
        onChange={(next) => {
          value = next;
          show();
        }}
      />,
      root,
    ),
  );

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  value = undefined;
  causes = [];
});
afterEach(() => {
  render(null, root);
  root.remove();
});

const field = (label: string) =>
  [...root.querySelectorAll("label")].find((each) => each.querySelector("span")?.textContent?.split(" ")[0] === label)!.querySelector<HTMLInputElement>("input, textarea")!;

const type = (into: HTMLInputElement, text: string) =>
  act(() => {
    into.value = text;
    into.dispatchEvent(new Event("input", { bubbles: true }));
  });

const press = (label: string) => act(() => root.querySelector<HTMLButtonElement>(`button[aria-label="${label}"]`)!.click());

const open = async (name: string) => {
  const details = [...root.querySelectorAll("details")].find((each) => each.querySelector("summary")?.textContent?.startsWith(name))!;
  await act(() => {
    details.open = true;
    details.dispatchEvent(new Event("toggle"));
  });
};

test("what is not filled in is not there, and its default is only shown", async () => {
  await show();
  expect(field("replicas").placeholder).toBe("1");
  await type(field("image"), "shop/cart:1");
  expect(value).toEqual({ host: { image: "shop/cart:1" } });
  await type(field("replicas"), "3");
  expect(value).toEqual({ host: { image: "shop/cart:1" }, replicas: 3 });
  await type(field("replicas"), "");
  await type(field("image"), "");
  expect(value).toBeUndefined();
});

test("elements are added and removed", async () => {
  value = { host: { image: "shop/cart:1" } };
  await show();
  await open("env");
  await press("Add to env");
  await press("Add to env");
  await type(field("name"), "A");
  expect(value).toEqual({ host: { image: "shop/cart:1", env: [{ name: "A" }, {}] } });
  await press("Remove env 1");
  expect(value).toEqual({ host: { image: "shop/cart:1", env: [{}] } });
  await press("Remove env 1");
  expect(value).toEqual({ host: { image: "shop/cart:1" } });
});

test("a number or a text, and what only JSON can say", async () => {
  await show();
  await open("autoscaler");
  await type(field("memory"), "512");
  expect(value).toEqual({ autoscaler: { memory: 512 } });
  await type(field("memory"), "512Mi");
  await type(field("affinity"), '{"node":1}');
  expect(value).toEqual({ autoscaler: { memory: "512Mi" }, affinity: { node: 1 } });
  await type(field("affinity"), "{");
  expect(value).toMatchObject({ affinity: { node: 1 } });
});

test("a mistake is told at its field, and what holds it is open", async () => {
  value = { host: { image: "", env: [{ name: "" }] } };
  causes = [
    { field: "spec.host.env[0].name", message: "too short" },
    { field: "spec.autoscaler.max", message: "too little" },
  ];
  await show();
  const name = field("name");
  expect(name.getAttribute("aria-invalid")).toBe("true");
  expect(document.getElementById(name.getAttribute("aria-describedby")!)?.textContent).toContain("too short");
  expect(field("max").getAttribute("aria-invalid")).toBe("true");
  expect(field("image").getAttribute("aria-invalid")).toBeNull();
});

test("a mistake in what the form does not take apart is told at the nearest place", () => {
  const at = (path: string) => placeOf(schema, "spec", path);
  expect(at("spec.host.env[2].name")).toBe("spec.host.env[2].name");
  expect(at("spec.affinity.node.weight")).toBe("spec.affinity");
  expect(at("spec.host.nothing")).toBe("spec.host");
  expect(at("spec")).toBe("spec");
  expect(at("metadata.name")).toBeUndefined();
  expect(at("special.host")).toBeUndefined();
});
