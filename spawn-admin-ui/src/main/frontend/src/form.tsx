import type { Schema } from "./api";
import { json } from "./format";

/** What a form begins with. */
export function emptyOf(schema: Schema | undefined): unknown {
  switch (schema?.type) {
    case "object":
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, child]) => [name, emptyOf(child)]));
    case "array":
      return [];
    case "string":
      return schema.enum?.[0] ?? "";
    case "integer":
    case "number":
      return 0;
    case "boolean":
      return false;
    default:
      return undefined;
  }
}

/** One field for each property; what no field fits is written as JSON. */
export function Fields(props: { schema: Schema; value: unknown; onChange: (value: unknown) => void }) {
  const value = (props.value ?? {}) as Record<string, unknown>;
  return (
    <>
      {Object.entries(props.schema.properties ?? {}).map(([name, schema]) => (
        <Field key={name} name={name} schema={schema} value={value[name]} onChange={(next) => props.onChange({ ...value, [name]: next })} />
      ))}
    </>
  );
}

function Field(props: { name: string; schema: Schema; value: unknown; onChange: (value: unknown) => void }) {
  const { name, schema, value, onChange } = props;
  if (schema.type === "object" && schema.properties) {
    return (
      <fieldset>
        <legend>{name}</legend>
        <Fields schema={schema} value={value} onChange={onChange} />
      </fieldset>
    );
  }
  if (schema.type === "boolean") {
    return (
      <label class="check">
        <input type="checkbox" checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
        <span>{name}</span>
      </label>
    );
  }
  return (
    <label>
      <span>{name}</span>
      {schema.enum ? (
        <select value={String(value ?? "")} onChange={(event) => onChange(event.currentTarget.value)}>
          {schema.enum.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      ) : schema.type === "integer" || schema.type === "number" ? (
        <input
          type="number"
          step={schema.type === "integer" ? 1 : "any"}
          required
          value={typeof value === "number" ? value : ""}
          onInput={(event) => {
            const typed = event.currentTarget.valueAsNumber;
            onChange(Number.isNaN(typed) ? undefined : typed);
          }}
        />
      ) : schema.type === "string" ? (
        <input type="text" value={String(value ?? "")} onInput={(event) => onChange(event.currentTarget.value)} />
      ) : (
        <JsonArea value={value} onChange={onChange} />
      )}
    </label>
  );
}

/** What is typed becomes the value as soon as it is JSON; until then the form cannot be sent. */
export function JsonArea({ value, onChange, ...rest }: { value: unknown; onChange: (value: unknown) => void; placeholder?: string }) {
  return (
    <textarea
      rows={3}
      spellcheck={false}
      {...rest}
      defaultValue={value === undefined ? "" : json(value)}
      onInput={(event) => {
        const element = event.currentTarget;
        try {
          onChange(element.value.trim() === "" ? undefined : JSON.parse(element.value));
          element.setCustomValidity("");
        } catch (wrong) {
          element.setCustomValidity(wrong instanceof Error ? wrong.message : String(wrong));
        }
      }}
    />
  );
}
