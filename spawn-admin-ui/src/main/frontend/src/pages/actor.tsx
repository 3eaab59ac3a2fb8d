import { useState } from "preact/hooks";
import { get, may, post, type ActionInfo, type ActorInfo, type Outcome, type Revision, type Shown } from "../api";
import type { Context } from "../app";
import { diff } from "../diff";
import { Fields, emptyOf } from "../form";
import { count, json, millis, time } from "../format";
import { go, href } from "../router";
import { t } from "../texts";
import { ActorAgendaCard } from "./agenda";
import { Badge, Card, Confirm, Empty, Link, Problem, Show, Tags, tell, useLoaded } from "../ui";

const c = t.actor;

export function textOf(shown: Shown | null | undefined): string {
  if (!shown) return "";
  if (shown.hidden) return c.stateHidden;
  if ("json" in shown) return json(shown.json);
  return `${c.binary(shown.type ?? "", shown.size ?? 0)}\n${(shown.hex ?? "").replace(/(.{2})/g, "$1 ").trim()}`;
}

/** What an operation came to, as one sentence; true if it went well. */
function report(outcome: Outcome): boolean {
  if (outcome.failure) {
    tell(`${outcome.failure.code}: ${outcome.failure.message}`, true);
    return false;
  }
  tell(outcome.done === false ? c.nothing : c.done);
  return true;
}

type Asked = "pause" | "fork" | { restore: number };

export function ActorPage({ who, system, query, reload }: Context) {
  const type = query.get("type") ?? "";
  const name = query.get("name") ?? "";
  const full = `${type}/${name}`;
  const key = [system.name, type, name].join("\n");
  const operator = may(who, system.name, "OPERATOR");
  const address = { system: system.name, type, name };
  const actor = useLoaded<ActorInfo>(key, (signal) => get("actor", address, signal), 3000);
  const history = useLoaded<{ revisions: Revision[] }>(
    `${key}\n${actor.value?.stored?.revision ?? 0}`,
    (signal) => get("history", { ...address, limit: 50 }, signal),
  );
  const [asked, setAsked] = useState<Asked>();
  const [copy, setCopy] = useState("");
  const [busy, setBusy] = useState(false);

  const change = async (operation: string, more: object = {}, on = name) => {
    setBusy(true);
    try {
      const outcome = await post<Outcome>("actor", { system: system.name, type, name: on, operation, ...more });
      if (report(outcome) && on !== name) go(href("actor", { system: system.name, type, name: on }));
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error), true);
    }
    setBusy(false);
    actor.again();
    history.again();
    reload();
  };

  return (
    <>
      <p class="crumbs">
        <Link to={href("actors", { system: system.name, type })}>{type}</Link>
        <span aria-hidden="true">/</span>
      </p>
      <div class="headline">
        <h1>{name}</h1>
        {actor.value && <Badge of={actor.value.phase} />}
        <span class="grow" />
        {operator && actor.value && (
          <div class="buttons">
            {actor.value.phase === "paused" ? (
              <button type="button" class="main" disabled={busy} onClick={() => change("resume")}>
                {c.resume}
              </button>
            ) : actor.value.phase === "quarantined" ? (
              <button type="button" class="main" disabled={busy} onClick={() => change("release")}>
                {c.release}
              </button>
            ) : (
              <button type="button" disabled={busy} onClick={() => setAsked("pause")}>
                {c.pause}
              </button>
            )}
            <button type="button" disabled={busy || actor.value.phase === "asleep"} onClick={() => change("deactivate")}>
              {c.deactivate}
            </button>
            <button type="button" disabled={busy || !actor.value.stored} onClick={() => setAsked("fork")}>
              {c.fork}
            </button>
          </div>
        )}
      </div>
      <Show of={actor} lines={6}>
        {(shown) => (
          <>
            {shown.ownerError && (
              <p class="notice warn" role="status">
                {c.ownerSilent} {shown.ownerError}
              </p>
            )}
            {shown.why && (
              <p class={`notice ${shown.phase === "paused" ? "warn" : "bad"}`} role="status">
                {shown.why}
              </p>
            )}
            {shown.unreadable && (
              <p class="notice bad" role="alert">
                {c.unreadable}: {shown.unreadable}
              </p>
            )}
            <div class="two wide-left">
              <Card title={c.state}>
                <State shown={shown} />
              </Card>
              <Card>
                <dl class="facts">
                  <dt>{c.owner}</dt>
                  <dd>{shown.owner ?? c.ownerNone}</dd>
                  <dt>{c.mailbox}</dt>
                  <dd>{shown.mailbox == null ? "–" : count(shown.mailbox)}</dd>
                  <dt>{c.idle}</dt>
                  <dd>{shown.idleMillis == null ? "–" : millis(shown.idleMillis)}</dd>
                  <dt>{c.revision}</dt>
                  <dd>{shown.stored ? shown.stored.revision : c.never}</dd>
                  <dt>{c.stateType}</dt>
                  <dd class="break">{shown.stored?.state?.type ?? "–"}</dd>
                  <dt>{c.tags}</dt>
                  <dd>
                    <Tags tags={shown.stored?.tags ?? {}} />
                  </dd>
                </dl>
              </Card>
            </div>
            <Card title={c.history}>
              <Show of={history}>
                {({ revisions }) =>
                  revisions.length === 0 ? (
                    <Empty title={c.historyNone} hint={c.historyHint} />
                  ) : (
                    <History
                      revisions={revisions}
                      current={shown.stored?.revision ?? 0}
                      restore={operator ? (revision) => setAsked({ restore: revision }) : undefined}
                    />
                  )
                }
              </Show>
            </Card>
            <ActorAgendaCard {...address} operator={operator} />
            {operator && <Invoke key={type} {...address} onDone={() => { actor.again(); history.again(); }} />}
          </>
        )}
      </Show>
      {asked === "pause" && (
        <Confirm title={`${c.pause} ${full}`} text={c.pauseText(full)} yes={c.pause} onYes={() => change("pause")} onClose={() => setAsked(undefined)} />
      )}
      {asked === "fork" && (
        <Confirm
          title={c.forkTitle(full)}
          text={c.forkText}
          yes={c.fork}
          ready={copy.trim() !== "" && copy !== name}
          onYes={() => change("restore", { from: name }, copy.trim())}
          onClose={() => setAsked(undefined)}
        >
          <label>
            <span>{c.forkName}</span>
            <input value={copy} spellcheck={false} autocapitalize="none" onInput={(event) => setCopy(event.currentTarget.value)} />
          </label>
        </Confirm>
      )}
      {typeof asked === "object" && (
        <Confirm
          title={c.restoreRevision(asked.restore)}
          text={c.restoreText(full, asked.restore)}
          yes={c.restore}
          danger
          onYes={() => change("restore", { revision: asked.restore })}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}

function State({ shown }: { shown: ActorInfo }) {
  if (!shown.stored) return <Empty title={c.stateNone} hint={c.never} />;
  if (shown.stored.state === null) return <Empty title={c.stateErased} />;
  if (shown.stored.state.hidden) return <Empty title={c.stateHidden} />;
  return (
    <pre class="code" tabIndex={0} aria-label={c.state}>
      {textOf(shown.stored.state)}
    </pre>
  );
}

function History(props: { revisions: Revision[]; current: number; restore?: (revision: number) => void }) {
  const { revisions } = props;
  const [chosen, setChosen] = useState<{ from?: number; to?: number }>({});
  const to = revisions.find((r) => r.revision === chosen.to) ?? revisions[0]!;
  const older = revisions[revisions.indexOf(to) + 1];
  const from = revisions.find((r) => r.revision === chosen.from) ?? older;
  const lines = diff(textOf(from?.state), textOf(to.state));
  const changed = lines.some((line) => line.kind !== "same");
  return (
    <div class="history">
      <ol class="revisions">
        {revisions.map((each) => (
          <li key={each.revision} class={each === to ? "chosen" : each === from ? "base" : ""}>
            <button type="button" class="plain" aria-pressed={each === to} onClick={() => setChosen({ to: each.revision })}>
              <b>{each.revision}</b>
              <span class="what">
                {each.action}
                <small>
                  {each.caller ? c.historyBy(each.caller) : c.historyOutside}
                  {each.traceId && ` · ${c.trace(each.traceId)}`}
                </small>
              </span>
              <time dateTime={each.at}>{time(each.at)}</time>
            </button>
            {each !== to && (
              <button type="button" class="link" aria-label={`${c.base} ${each.revision}`} onClick={() => setChosen({ to: to.revision, from: each.revision })}>
                {c.base}
              </button>
            )}
          </li>
        ))}
      </ol>
      <div class="comparison">
        <div class="headline small">
          <h3>{from ? c.compareWith(from.revision, to.revision) : c.compareFirst(to.revision)}</h3>
          <span class="grow" />
          {props.restore && to.revision !== props.current && (
            <button type="button" onClick={() => props.restore?.(to.revision)}>
              {c.restoreRevision(to.revision)}
            </button>
          )}
        </div>
        {to.state?.hidden ? (
          <p class="hint">{c.stateHidden}</p>
        ) : changed ? (
          <pre class="code diff" tabIndex={0} aria-label={c.compare}>
            {lines.map((line, i) => (
              <span key={i} class={line.kind}>
                <i>{line.kind === "added" ? "+" : line.kind === "removed" ? "−" : " "}</i>
                {line.text}
                {"\n"}
              </span>
            ))}
          </pre>
        ) : (
          <p class="hint">{c.same}</p>
        )}
      </div>
    </div>
  );
}

function Invoke(props: { system: string; type: string; name: string; onDone: () => void }) {
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
