import { useState } from "preact/hooks";
import { get, may, post, type ActorInfo, type Outcome, type Revision } from "../api";
import type { Context } from "../app";
import { count, millis } from "../format";
import { go, href } from "../router";
import { t } from "../texts";
import { Badge, Card, Confirm, Empty, Link, Show, Tags, tell, useLoaded } from "../ui";
import { ActorAgendaCard } from "./agenda";
import { History } from "./history";
import { Invoke } from "./invoke";
import { textOf } from "./shown";

const c = t.actor;

/** A type without where it is registered, which is the same of all. */
const typeOf = (type: string) => (type === JSON_TYPE ? "JSON" : type.replace(/^type\.googleapis\.com\//, ""));
const JSON_TYPE = "type.googleapis.com/spawn.JSONType";

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
                  <dd class="break">{shown.stored?.state?.type ? typeOf(shown.stored.state.type) : "–"}</dd>
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
