import { useState } from "preact/hooks";
import { get, post, type ActionInfo, type Outcome } from "../api";
import { Fields, emptyOf } from "../form";
import { json } from "../format";
import { t } from "../texts";
import { Card, Problem, Show, useLoaded } from "../ui";
import { textOf } from "./shown";

const c = t.actor;

/** Runs an action, by a form that is made of its schema, or by JSON. */
export function Invoke(props: { system: string; type: string; name: string; onDone: () => void }) {
  const actions = useLoaded(props.type, (signal) =>
    get<{ actions: ActionInfo[] }>("type", { system: props.system, type: props.type }, signal),
  );
  return (
    <Card title={c.invoke} hint={c.invokeHint}>
      <Show of={actions} lines={3}>
        {(type) => <InvokeForm {...props} actions={type.actions} />}
      </Show>
    </Card>
  );
}

function InvokeForm(props: { system: string; type: string; name: string; actions: ActionInfo[]; onDone: () => void }) {
  const [chosen, setChosen] = useState(props.actions[0]?.name ?? "");
  const action = props.actions.find((each) => each.name === chosen);
  const schema = action?.payload ?? undefined;
  const takes = !action?.described || schema !== undefined;
  const formable = schema?.type === "object" && schema.properties !== undefined;
  const [raw, setRaw] = useState(false);
  const [value, setValue] = useState<unknown>(emptyOf(schema));
  const [text, setText] = useState(json(emptyOf(schema) ?? {}));
  const [outcome, setOutcome] = useState<Outcome>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const asText = raw || !formable;

  const choose = (name: string) => {
    const next = props.actions.find((each) => each.name === name)?.payload ?? undefined;
    setChosen(name);
    setValue(emptyOf(next));
    setText(json(emptyOf(next) ?? {}));
    setOutcome(undefined);
    setError(undefined);
  };

  const send = async () => {
    let payload: unknown = null;
    setError(undefined);
    setOutcome(undefined);
    try {
      if (takes) payload = asText ? (text.trim() === "" ? null : JSON.parse(text)) : value;
    } catch (wrong) {
      setError(new Error(c.badJson(wrong instanceof Error ? wrong.message : String(wrong))));
      return;
    }
    setBusy(true);
    try {
      const { system, type, name } = props;
      setOutcome(await post<Outcome>("actor", { system, type, name, operation: "invoke", action: chosen, payload }));
    } catch (wrong) {
      setError(wrong);
    }
    setBusy(false);
    props.onDone();
  };

  return (
    <form
      class="invoke"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label>
        <span>{c.action}</span>
        <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          {props.actions.map((each) => (
            <option key={each.name}>{each.name}</option>
          ))}
        </select>
      </label>
      {!takes ? (
        <p class="hint">{c.noPayload}</p>
      ) : asText ? (
        <label>
          <span>{c.payload}</span>
          <textarea rows={6} spellcheck={false} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
      ) : (
        schema && <Fields schema={schema} value={value} onChange={setValue} />
      )}
      <div class="buttons left">
        <button class="main" disabled={busy || chosen === ""}>
          {c.invoke} {chosen}
        </button>
        {takes && formable && (
          <button
            type="button"
            class="link"
            onClick={() => {
              setText(json(value));
              setRaw(!raw);
            }}
          >
            {raw ? c.asForm : c.asJson}
          </button>
        )}
      </div>
      <div role="status">
        {outcome?.failure ? (
          <div class="notice bad">
            <p>
              <b>
                {outcome.failure.code} {outcome.failure.name}
              </b>
            </p>
            <p>{outcome.failure.message}</p>
            <p>
              {t.execution[outcome.failure.execution]} {outcome.failure.advice}
            </p>
          </div>
        ) : (
          outcome && (
            <>
              <h3>{c.answer}</h3>
              {outcome.answer ? (
                <pre class="code" tabIndex={0} aria-label={c.answer}>
                  {textOf(outcome.answer)}
                </pre>
              ) : (
                <p class="hint">{c.answerEmpty}</p>
              )}
            </>
          )
        )}
      </div>
      {error !== undefined && <Problem error={error} />}
    </form>
  );
}
