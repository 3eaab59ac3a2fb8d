import { useId, useState } from "preact/hooks";
import type { Cause } from "./api";
import { JsonArea } from "./form";
import { t } from "./texts";

const c = t.form;

/** What an OpenAPI schema of Kubernetes says of one field. */
export interface OpenApi {
  type?: string;
  description?: string;
  properties?: Record<string, OpenApi>;
  required?: string[];
  items?: OpenApi;
  enum?: string[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
}

const isGroup = (schema: OpenApi) => schema.type === "object" && schema.properties !== undefined;

const isText = (schema: OpenApi) => schema.type === "string" || schema["x-kubernetes-int-or-string"] === true;

/** A list that has a field for each of its elements; other lists are written as JSON. */
const isList = (schema: OpenApi) => schema.type === "array" && schema.items !== undefined && (isGroup(schema.items) || isText(schema.items));

/**
 * The field of the form where a mistake is to be shown: the one that the path names, or the nearest
 * around it that the form has.
 */
export function placeOf(schema: OpenApi, root: string, path: string): string | undefined {
  if (path !== root && !path.startsWith(`${root}.`)) return undefined;
  let at = root;
  let here: OpenApi | undefined = schema;
  for (const step of path.slice(root.length).match(/\.[^.[\]]+|\[\d+\]/g) ?? []) {
    const next: OpenApi | undefined = step.startsWith(".")
      ? isGroup(here)
        ? here.properties?.[step.slice(1)]
        : undefined
      : isList(here)
        ? here.items
        : undefined;
    if (!next) break;
    here = next;
    at += step;
  }
  return at;
}

/** What nobody has filled in is not there: an empty group, list or text is none. */
function orNothing(value: Record<string, unknown>): Record<string, unknown> | undefined {
  const filled = Object.entries(value).filter(([, each]) => each !== undefined);
  return filled.length === 0 ? undefined : Object.fromEntries(filled);
}

interface Part {
  schema: OpenApi;
  value: unknown;
  onChange: (value: unknown) => void;
  path: string;
  causes: Cause[];
}

const within = (causes: Cause[], path: string) =>
  causes.some(({ field }) => field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`));

/**
 * A form for what a schema describes. A field that is left empty is left out, so that its default
 * counts; what no field fits is written as JSON.
 *
 * @param causes mistakes, each at the place where it is to be shown, as `placeOf` says
 */
export function SchemaForm(props: Part) {
  return (
    <div class="schema">
      <Wrong path={props.path} causes={props.causes} />
      <Group {...props} />
    </div>
  );
}

function Group({ schema, value, onChange, path, causes }: Part) {
  const given = (value ?? {}) as Record<string, unknown>;
  const required = schema.required ?? [];
  const properties = Object.entries(schema.properties ?? {});
  // what must be there first, then the small, then what opens
  const rank = ([name, child]: [string, OpenApi]) => (required.includes(name) ? 0 : isGroup(child) || isList(child) || child.type === "object" ? 2 : 1);
  return (
    <>
      {[...properties]
        .sort((a, b) => rank(a) - rank(b))
        .map(([name, child]) => (
          <Field
            key={name}
            name={name}
            required={required.includes(name)}
            schema={child}
            value={given[name]}
            path={`${path}.${name}`}
            causes={causes}
            onChange={(next) => onChange(orNothing({ ...given, [name]: next }))}
          />
        ))}
    </>
  );
}

interface Named extends Part {
  name: string;
  required: boolean;
}

function Field(props: Named) {
  const { schema, path, causes, value, required, name } = props;
  const [open, setOpen] = useState(required || value !== undefined);
  if (!isGroup(schema) && !isList(schema)) return <Leaf {...props} />;
  const body = (
    <>
      <p class="hint">{schema.description}</p>
      <Wrong path={path} causes={causes} />
      {isGroup(schema) ? <Group {...props} /> : <List {...props} />}
    </>
  );
  if (required && isGroup(schema)) {
    return (
      <fieldset>
        <legend>{name}</legend>
        {body}
      </fieldset>
    );
  }
  const shown = open || within(causes, path);
  return (
    <details open={shown} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {name} {value === undefined && <span class="faint">{c.notSet}</span>}
      </summary>
      {shown && <div class="schema">{body}</div>}
    </details>
  );
}

function List({ schema, value, onChange, path, causes, name }: Named) {
  const items = schema.items ?? {};
  const all = Array.isArray(value) ? (value as unknown[]) : [];
  const change = (next: unknown[]) => onChange(next.length === 0 ? undefined : next);
  return (
    <>
      {all.map((each, i) => {
        const part = {
          schema: items,
          value: each,
          path: `${path}[${i}]`,
          causes,
          onChange: (next: unknown) => change(all.map((old, j) => (j === i ? (next ?? (isGroup(items) ? {} : "")) : old))),
        };
        return (
          <fieldset key={i}>
            <legend>{c.element(name, i + 1)}</legend>
            {isGroup(items) ? (
              <>
                <Wrong path={part.path} causes={causes} />
                <Group {...part} />
              </>
            ) : (
              <Leaf {...part} name={name} required />
            )}
            <div class="buttons">
              <button type="button" class="link" aria-label={c.removeElement(name, i + 1)} onClick={() => change(all.filter((_, j) => j !== i))}>
                {c.remove}
              </button>
            </div>
          </fieldset>
        );
      })}
      <div class="buttons left">
        <button type="button" aria-label={c.addElement(name)} onClick={() => change([...all, isGroup(items) ? {} : ""])}>
          {c.add}
        </button>
      </div>
    </>
  );
}

function Leaf(props: Named) {
  const { name, schema, value, onChange, path, causes, required } = props;
  const id = useId();
  const wrong = causes.some((cause) => cause.field === path);
  const described = { "aria-describedby": `${id}-about`, "aria-invalid": wrong ? true : undefined };
  const fallback = schema.default === undefined ? undefined : String(schema.default);
  const about = (
    <span id={`${id}-about`} class="about">
      {schema.description && <span class="hint">{schema.description}</span>}
      <Wrong path={path} causes={causes} />
    </span>
  );
  if (schema.type === "boolean") {
    return (
      <div class="field">
        <label class="check">
          <input
            type="checkbox"
            {...described}
            checked={typeof value === "boolean" ? value : schema.default === true}
            onChange={(event) => onChange(event.currentTarget.checked)}
          />
          <span>{name}</span>
        </label>
        {about}
      </div>
    );
  }
  const typed = (text: string) => onChange(text === "" ? undefined : schema["x-kubernetes-int-or-string"] && /^\d+$/.test(text) ? Number(text) : text);
  return (
    <div class="field">
      <label>
        <span>
          {name}
          {required && <span class="faint"> {c.required}</span>}
        </span>
        {schema.enum ? (
          <select {...described} value={String(value ?? "")} onChange={(event) => typed(event.currentTarget.value)}>
            <option value="">{fallback === undefined ? "" : c.byDefault(fallback)}</option>
            {schema.enum.map((option) => (
              <option key={option}>{option}</option>
            ))}
          </select>
        ) : schema.type === "integer" || schema.type === "number" ? (
          <input
            type="number"
            {...described}
            step={schema.type === "integer" ? 1 : "any"}
            placeholder={fallback}
            value={typeof value === "number" ? value : ""}
            onInput={(event) => {
              const number = event.currentTarget.valueAsNumber;
              onChange(Number.isNaN(number) ? undefined : number);
            }}
          />
        ) : isText(schema) ? (
          <input
            type="text"
            {...described}
            placeholder={fallback}
            spellcheck={false}
            autocapitalize="none"
            value={value === undefined ? "" : String(value)}
            onInput={(event) => typed(event.currentTarget.value)}
          />
        ) : (
          <JsonArea {...described} placeholder={c.asJson} value={value} onChange={onChange} />
        )}
      </label>
      {about}
    </div>
  );
}

function Wrong({ path, causes }: { path: string; causes: Cause[] }) {
  const mine = causes.filter((cause) => cause.field === path);
  return mine.length === 0 ? null : (
    <span class="wrong" role="alert">
      {mine.map((cause) => cause.message).join(" ")}
    </span>
  );
}
