import { useState } from "preact/hooks";
import { get, post, type DeploymentInfo, type DeploymentsInfo } from "../api";
import type { Place } from "../app";
import { time } from "../format";
import { go, href } from "../router";
import { t } from "../texts";
import { Badge, Card, Confirm, Empty, Link, Problem, Show, Table, tell, useLoaded } from "../ui";
import { Readiness } from "./deployments";
import { Editor } from "./manifest";

const c = t.deployments;

/** One resource, or a new one if the address names none. */
export function DeploymentPage({ query }: Place) {
  const kind = query.get("kind") ?? "ActorHost";
  const name = query.get("name");
  const namespace = query.get("namespace") ?? "";
  return (
    <>
      <p class="crumbs">
        <Link to={href("deployments")}>{t.pages.deployments}</Link>
      </p>
      {name ? <Existing key={`${kind}/${namespace}/${name}`} kind={kind} namespace={namespace} name={name} /> : <Fresh key={kind} kind={kind} />}
    </>
  );
}

interface Named {
  kind: string;
  namespace: string;
  name: string;
}

async function send(change: Record<string, unknown>): Promise<boolean> {
  try {
    await post("deployments", { trial: false, ...change });
    tell(t.actor.done);
    return true;
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error), true);
    return false;
  }
}

function Existing(named: Named) {
  const { kind, namespace, name } = named;
  const one = useLoaded<DeploymentInfo>(`${kind}/${namespace}/${name}`, (signal) => get("deployments/one", { ...named }, signal), 5000);
  const [editing, setEditing] = useState<DeploymentInfo>();
  const [deleting, setDeleting] = useState(false);
  return (
    <>
      <div class="headline">
        <h1>{name}</h1>
        <span class="faint">
          {kind} · {namespace}
        </span>
        {one.value && <Readiness of={one.value} />}
        <span class="grow" />
        {one.value?.role === "ADMIN" && !editing && (
          <div class="buttons">
            <button type="button" onClick={() => setEditing(one.value)}>
              {c.edit}
            </button>
            <button type="button" class="danger" onClick={() => setDeleting(true)}>
              {c.delete}
            </button>
          </div>
        )}
      </div>
      {editing ? (
        <Editor
          kind={kind}
          manifest={editing.manifest}
          existing
          save={c.save}
          change={{ operation: "replace", ...named, version: editing.version }}
          onClose={() => setEditing(undefined)}
          onSaved={() => {
            setEditing(undefined);
            one.again();
          }}
        />
      ) : (
        <Show of={one} lines={10}>
          {(info) => <Seen info={info} named={named} again={one.again} />}
        </Show>
      )}
      {deleting && one.value && <Delete named={named} uid={one.value.uid} onClose={() => setDeleting(false)} />}
    </>
  );
}

function Seen({ info, named, again }: { info: DeploymentInfo; named: Named; again: () => void }) {
  return (
    <>
      {named.kind === "ActorHost" && <Scale info={info} named={named} again={again} />}
      <Card title={c.conditions}>
        {info.conditions.length === 0 ? (
          <Empty title={c.noConditions} hint={c.noConditionsHint} />
        ) : (
          <Table label={c.conditions} stack head={[{ text: c.condition }, { text: t.columns.state }, { text: c.why }, { text: c.since }]}>
            {info.conditions.map((condition) => (
              <tr key={condition.type}>
                <td class="left">
                  <b>{condition.type}</b>
                </td>
                <td class="right">
                  <span class={`badge ${toneOf(condition.type, condition.status)}`}>{c.truth[condition.status] ?? condition.status}</span>
                </td>
                <td class="whole">
                  {condition.reason}
                  <small class="block">{condition.message}</small>
                </td>
                <td class="faint whole">{condition.lastTransitionTime && <time dateTime={condition.lastTransitionTime}>{time(condition.lastTransitionTime)}</time>}</td>
              </tr>
            ))}
          </Table>
        )}
      </Card>
      {info.eventsError && <Problem error={info.eventsError} again={again} />}
      <Card title={c.events} hint={c.eventsHint}>
        {info.events.length === 0 ? (
          <Empty title={c.noEvents} hint={c.noEventsHint} />
        ) : (
          <Table label={c.events} stack head={[{ text: t.columns.at }, { text: t.columns.what }, { text: t.columns.target }]}>
            {info.events.map((event, i) => (
              <tr key={i}>
                <td class="faint whole">
                  <time dateTime={event.at}>{time(event.at)}</time>
                </td>
                <td class="whole">
                  <span class={event.type === "Warning" ? "bad" : undefined}>{event.reason}</span>
                  {event.count > 1 && <span class="faint"> {c.times(event.count)}</span>}
                  <small class="block">{event.message}</small>
                </td>
                <td class="faint whole break">{event.on}</td>
              </tr>
            ))}
          </Table>
        )}
      </Card>
      <Card title={c.manifest}>
        <pre class="code" tabIndex={0} aria-label={c.manifest}>
          {info.yaml}
        </pre>
      </Card>
    </>
  );
}

/** Degraded and Progressing are good news when they are not so. */
function toneOf(type: string, status: string): string {
  if (status === "Unknown") return "warn";
  const good = type === "Degraded" || type === "Progressing" ? "False" : "True";
  return status === good ? "good" : type === "Progressing" ? "warn" : "bad";
}

function Scale({ info, named, again }: { info: DeploymentInfo; named: Named; again: () => void }) {
  const [typed, setTyped] = useState<number>();
  const [asked, setAsked] = useState(false);
  const wanted = info.replicas ?? 0;
  const replicas = typed ?? wanted;
  const spec = info.manifest.spec as { autoscaler?: unknown } | undefined;
  return (
    <Card title={c.pods}>
      <div class="scale">
        <p class="figure">{c.ready(info.readyReplicas ?? 0, wanted)}</p>
        {(info.role === "OPERATOR" || info.role === "ADMIN") && (
          <form
            class="buttons left"
            onSubmit={(event) => {
              event.preventDefault();
              setAsked(true);
            }}
          >
            <label>
              <span>{c.wanted}</span>
              <input type="number" min={0} max={10000} step={1} required value={replicas} onInput={(event) => setTyped(event.currentTarget.valueAsNumber)} />
            </label>
            <button disabled={Number.isNaN(replicas) || replicas === wanted}>{c.scale}</button>
          </form>
        )}
      </div>
      {info.pods.length > 0 && <Pods pods={info.pods} />}
      {spec?.autoscaler !== undefined && <p class="notice warn">{c.autoscaled}</p>}
      {asked && (
        <Confirm
          title={c.scaleTitle(named.name, replicas)}
          text={replicas === 0 ? c.scaleToNone : c.scaleText(wanted, replicas)}
          yes={c.scale}
          danger={replicas === 0}
          onYes={async () => {
            if (await send({ operation: "scale", ...named, replicas })) setTyped(undefined);
            again();
          }}
          onClose={() => setAsked(false)}
        />
      )}
    </Card>
  );
}

function Pods({ pods }: { pods: DeploymentInfo["pods"] }) {
  return (
    <Table label={c.pods} stack head={[{ text: t.columns.name }, { text: t.columns.state }, { text: c.restarts, number: true }, { text: c.started }]}>
      {pods.map((pod) => (
        <tr key={pod.name}>
          <td class="whole break">{pod.name}</td>
          <td class="left">
            <Badge of={pod.ready ? "ready" : "not-ready"} /> <span class="faint">{pod.why || pod.phase}</span>
          </td>
          <td class="number" data-label={c.restarts}>
            {pod.restarts}
          </td>
          <td class="faint whole">{pod.startedAt && <time dateTime={pod.startedAt}>{time(pod.startedAt)}</time>}</td>
        </tr>
      ))}
    </Table>
  );
}

function Delete({ named, uid, onClose }: { named: Named; uid: string; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  return (
    <Confirm
      title={c.deleteTitle(named.name)}
      text={c.deleteText[named.kind] ?? ""}
      yes={c.delete}
      danger
      ready={typed === named.name}
      onYes={async () => {
        if (await send({ operation: "delete", ...named, uid })) go(href("deployments"));
      }}
      onClose={onClose}
    >
      <label>
        <span>{c.typeName(named.name)}</span>
        <input type="text" value={typed} spellcheck={false} autocapitalize="none" onInput={(event) => setTyped(event.currentTarget.value)} />
      </label>
    </Confirm>
  );
}

function Fresh({ kind }: { kind: string }) {
  const all = useLoaded("deployments", (signal) => get<DeploymentsInfo>("deployments", {}, signal));
  return (
    <>
      <h1>{c.create(kind)}</h1>
      <Show of={all} lines={6}>
        {(known) => (
          <Editor
            kind={kind}
            manifest={{ apiVersion: "spawn-eigr.io/v1", kind, metadata: { name: "", namespace: known.namespace }, spec: {} }}
            systems={known.kinds.find((each) => each.kind === "ActorSystem")?.rows.map((row) => row.name)}
            save={c.create(kind)}
            change={{ operation: "create", kind }}
            onClose={() => go(href("deployments"))}
            onSaved={(made) => go(href("deployment", { kind, ...made }))}
          />
        )}
      </Show>
    </>
  );
}
