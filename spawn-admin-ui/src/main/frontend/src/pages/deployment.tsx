import { useState } from "preact/hooks";
import { ApiError, get, post, type Cause, type DeploymentInfo, type DeploymentsInfo, type Manifest } from "../api";
import type { Place } from "../app";
import { time } from "../format";
import { go, href } from "../router";
import { placeOf, SchemaForm, type OpenApi } from "../schema-form";
import { t } from "../texts";
import { Badge, Card, Confirm, Empty, Link, Problem, Show, Table, tell, useLoaded } from "../ui";
import { Readiness } from "./deployments";

const c = t.deployments;
const SYSTEM = "spawn-eigr.io/actor-system";

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

interface Draft {
  manifest: Manifest;
  yaml: string | undefined;
}

/** A manifest as a form or as YAML, whichever somebody likes better, one after the other. */
function Editor(props: {
  kind: string;
  manifest: Manifest;
  existing?: boolean;
  systems?: string[];
  save: string;
  change: Record<string, unknown>;
  onClose: () => void;
  onSaved: (made: { namespace: string; name: string }) => void;
}) {
  const { kind, change, existing } = props;
  const schema = useLoaded<OpenApi>(`schema ${kind}`, (signal) => get("deployments/schema", { kind }, signal));
  const [draft, setDraft] = useState<Draft>({ manifest: props.manifest, yaml: undefined });
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  const trying = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
      setError(undefined);
    } catch (wrong) {
      setError(wrong);
    } finally {
      setBusy(false);
    }
  };

  const content = () => (draft.yaml === undefined ? { manifest: draft.manifest } : { yaml: draft.yaml });

  const turn = (toYaml: boolean) =>
    trying(async () => {
      if (toYaml === (draft.yaml !== undefined)) return;
      const both = await post<{ manifest: Manifest; yaml: string }>("deployments/convert", content());
      setDraft({ manifest: both.manifest, yaml: toYaml ? both.yaml : undefined });
    });

  const write = (trial: boolean) =>
    trying(async () => {
      const made = await post<{ namespace: string; name: string }>("deployments", { ...change, ...content(), trial });
      tell(trial ? c.wouldDo : t.actor.done);
      if (!trial) props.onSaved(made);
    });

  const causes = error instanceof ApiError ? error.causes : [];
  return (
    <Show of={schema} lines={8}>
      {(whole) => {
        const spec = whole.properties?.spec ?? {};
        const placed = draft.yaml !== undefined ? [] : causes.flatMap((cause) => placedAt(spec, cause, existing === true));
        const elsewhere = causes.filter((cause) => !placed.some((it) => it.of === cause));
        return (
          <form
            class="card"
            onSubmit={(event) => {
              event.preventDefault();
              void write(false);
            }}
          >
            <div class="filters">
              <p class="hint grow">{whole.description}</p>
              <div class="buttons" role="group" aria-label={c.notation}>
                <button type="button" aria-pressed={draft.yaml === undefined} onClick={() => turn(false)}>
                  {c.form}
                </button>
                <button type="button" aria-pressed={draft.yaml !== undefined} onClick={() => turn(true)}>
                  {c.yaml}
                </button>
              </div>
            </div>
            {error !== undefined && (
              <div class="problem" role="alert">
                <p class="title">{causes.length > 0 ? c.invalid(causes.length) : c.refused}</p>
                {causes.length === 0 && <p>{error instanceof Error ? error.message : String(error)}</p>}
                {elsewhere.length > 0 && (
                  <ul>
                    {elsewhere.map((cause) => (
                      <li key={cause.field + cause.message}>
                        {cause.field && <code>{cause.field}</code>} {cause.message}
                      </li>
                    ))}
                  </ul>
                )}
              </div>
            )}
            {draft.yaml !== undefined ? (
              <label>
                <span>{c.yaml}</span>
                <textarea class="manifest" rows={24} spellcheck={false} value={draft.yaml} onInput={(event) => setDraft({ ...draft, yaml: event.currentTarget.value })} />
              </label>
            ) : (
              <>
                <Metadata kind={kind} existing={existing === true} manifest={draft.manifest} systems={props.systems} causes={placed} onChange={(manifest) => setDraft({ manifest, yaml: undefined })} />
                <SchemaForm
                  schema={spec}
                  value={draft.manifest.spec}
                  path="spec"
                  causes={placed}
                  onChange={(next) => setDraft({ manifest: { ...draft.manifest, spec: next ?? {} }, yaml: undefined })}
                />
              </>
            )}
            <div class="buttons sticky">
              <button type="button" onClick={props.onClose}>
                {t.cancel}
              </button>
              <button type="button" disabled={busy} onClick={(event) => event.currentTarget.form?.reportValidity() && write(true)}>
                {c.check}
              </button>
              <button class="main" disabled={busy}>
                {props.save}
              </button>
            </div>
          </form>
        );
      }}
    </Show>
  );
}

interface Placed extends Cause {
  of: Cause;
}

/** A mistake with the place in the form where it is shown; none if the form has no such place. */
function placedAt(spec: OpenApi, cause: Cause, existing: boolean): Placed[] {
  const field = cause.field === "metadata.name" && !existing ? cause.field : placeOf(spec, "spec", cause.field);
  if (field === undefined) return [];
  return [{ field, message: field === cause.field ? cause.message : `${cause.field}: ${cause.message}`, of: cause }];
}

function Metadata(props: { kind: string; existing: boolean; manifest: Manifest; systems: string[] | undefined; causes: Cause[]; onChange: (manifest: Manifest) => void }) {
  const { manifest, onChange, existing } = props;
  const { metadata } = manifest;
  const set = (changes: Partial<Manifest["metadata"]>) => onChange({ ...manifest, metadata: { ...metadata, ...changes } });
  const wrong = props.causes.find((cause) => cause.field === "metadata.name");
  return (
    <div class="metadata">
      {!existing && (
        <>
          <div class="field">
            <label>
              <span>
                {t.columns.name} <span class="faint">{t.form.required}</span>
              </span>
              <input type="text" value={metadata.name} spellcheck={false} autocapitalize="none" aria-invalid={wrong ? true : undefined} onInput={(event) => set({ name: event.currentTarget.value })} />
            </label>
            {wrong && (
              <span class="wrong" role="alert">
                {wrong.message}
              </span>
            )}
          </div>
          <label>
            <span>{c.namespace}</span>
            <input type="text" value={metadata.namespace} spellcheck={false} autocapitalize="none" onInput={(event) => set({ namespace: event.currentTarget.value })} />
          </label>
        </>
      )}
      {props.kind !== "ActorSystem" && (
        <label>
          <span>{c.ofSystem}</span>
          <input
            type="text"
            list="known-systems"
            value={metadata.annotations?.[SYSTEM] ?? ""}
            spellcheck={false}
            autocapitalize="none"
            onInput={(event) => {
              const { [SYSTEM]: before, ...others } = metadata.annotations ?? {};
              const typed = event.currentTarget.value;
              set({ annotations: typed === "" ? others : { ...others, [SYSTEM]: typed } });
            }}
          />
          <datalist id="known-systems">
            {props.systems?.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </label>
      )}
    </div>
  );
}
