import { useEffect, useRef, useState } from "preact/hooks";
import { get, may, post, type MeshInfo, type NodeInfo } from "../api";
import type { Context } from "../app";
import { count, time } from "../format";
import { t } from "../texts";
import { Badge, Card, Confirm, Empty, Show, tell, useLoaded } from "../ui";
import { statusOf } from "./overview";

const c = t.mesh;
const COLOURS = 8;
const MOVED_MILLIS = 4000;

/** A node keeps its colour as long as the page is open, whoever comes and goes. */
function useColours(names: string[]): Map<string, number> {
  const known = useRef(new Map<string, number>());
  for (const name of names) {
    if (!known.current.has(name)) known.current.set(name, known.current.size % COLOURS);
  }
  return known.current;
}

export function MeshPage({ who, system }: Context) {
  const mesh = useLoaded<MeshInfo>(system.name, (signal) => get("mesh", { system: system.name }, signal), 1000);
  const [asked, setAsked] = useState<{ node: NodeInfo; operation: "drain" | "cordon" }>();
  const admin = may(who, system.name, "ADMIN");

  const change = async (node: NodeInfo, operation: string) => {
    try {
      await post("node", { system: system.name, address: node.address, operation });
      tell(`${node.name}: ${t.actor.done}`);
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error), true);
    }
    mesh.again();
  };

  return (
    <>
      <Show of={mesh} lines={10}>
        {(shown) => <Shown mesh={shown} admin={admin} ask={setAsked} change={change} />}
      </Show>
      {asked && (
        <Confirm
          title={asked.operation === "drain" ? c.drainTitle(asked.node.name) : c.cordonTitle(asked.node.name)}
          text={asked.operation === "drain" ? c.drainText : c.cordonText}
          yes={asked.operation === "drain" ? c.drain : c.cordon}
          danger={asked.operation === "drain"}
          onYes={() => change(asked.node, asked.operation)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}

function Shown(props: {
  mesh: MeshInfo;
  admin: boolean;
  ask: (what: { node: NodeInfo; operation: "drain" | "cordon" }) => void;
  change: (node: NodeInfo, operation: string) => void;
}) {
  const { mesh, nodes, here, views } = props.mesh;
  const members = mesh?.members ?? [];
  const inMesh = mesh !== null && mesh.view > 0;
  const colours = useColours([...members.map((m) => m.name), ...nodes.map((n) => n.name)]);
  const owned = new Map<string, number>();
  for (const owners of Object.values(mesh?.shards ?? {})) {
    for (const owner of owners) {
      const name = members[owner]?.name;
      if (name) owned.set(name, (owned.get(name) ?? 0) + 1);
    }
  }
  return (
    <>
      <ul class="nodes" aria-label={c.members}>
        {nodes.map((node) => {
          const opening = Object.values(here[String(node.incarnation)] ?? {}).reduce((sum, type) => sum + type.opening, 0);
          const serves = node.alive && node.status === "ACCEPTING";
          return (
            <li key={node.address} class={`node ${node.alive ? "" : "gone"}`}>
              <i class={`swatch k${colours.get(node.name)}`} aria-hidden="true" />
              <div class="grow">
                <h2>
                  {node.name}
                  {node.incarnation != null && node.incarnation === mesh?.leader && <span class="badge leader">{c.leader}</span>}
                </h2>
                <p class="hint">
                  {node.address}
                  {node.version && ` · ${node.version}`}
                </p>
                <p>
                  <Badge of={statusOf(node)} />
                </p>
                <p>
                  {inMesh && c.open(owned.get(node.name) ?? 0)}
                  {opening > 0 && <span class="faint"> · {c.opening(opening)}</span>}
                  {node.activations != null && (
                    <span class="faint">
                      {inMesh && " · "}
                      {t.columns.inMemory.toLowerCase()} {count(node.activations)}
                    </span>
                  )}
                </p>
                {!node.alive && (
                  <p class="hint">
                    {node.error}; {c.lastSeen}
                  </p>
                )}
                {props.admin && serves && inMesh && (
                  <div class="buttons left">
                    {node.cordoned ? (
                      <button type="button" onClick={() => props.change(node, "uncordon")}>
                        {c.uncordon}
                      </button>
                    ) : (
                      <button type="button" onClick={() => props.ask({ node, operation: "cordon" })}>
                        {c.cordon}
                      </button>
                    )}
                    <button type="button" class="danger" onClick={() => props.ask({ node, operation: "drain" })}>
                      {c.drain}
                    </button>
                  </div>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      {!inMesh ? (
        <Empty title={c.alone} hint={c.aloneHint} />
      ) : (
        <>
          <Card title={c.shards} hint={c.shardsHint} aside={<span class="badge soft">{c.view(mesh.view)}</span>}>
            <p class="legend">
              {members.map((member) => (
                <span key={member.incarnation}>
                  <i class={`dot k${colours.get(member.name)}`} aria-hidden="true" />
                  {member.name} <b>{owned.get(member.name) ?? 0}</b>
                </span>
              ))}
            </p>
            {Object.entries(mesh.shards).map(([type, owners]) => (
              <ShardMap key={type} type={type} owners={owners.map((i) => members[i]?.name ?? "")} colours={colours} />
            ))}
          </Card>
          <Card title={c.views} hint={c.viewsHint}>
            <ol class="views">
              {views.map((view) => (
                <li key={`${view.number} ${view.leader}`}>
                  <b>{c.view(view.number)}</b>
                  {view.leader && <span class="hint">{c.ledBy(view.leader)}</span>}
                  <span class="legend">
                    {view.members.map((name) => (
                      <span key={name}>
                        <i class={`dot k${colours.get(name) ?? 0}`} aria-hidden="true" />
                        {name}
                      </span>
                    ))}
                  </span>
                  <time dateTime={view.at}>{time(view.at)}</time>
                </li>
              ))}
            </ol>
          </Card>
        </>
      )}
    </>
  );
}

function ShardMap(props: { type: string; owners: string[]; colours: Map<string, number> }) {
  const before = useRef<string[]>(props.owners);
  const [moved, setMoved] = useState<Set<number>>(new Set());
  const key = props.owners.join("\n");
  useEffect(() => {
    const changed = new Set<number>();
    props.owners.forEach((owner, i) => {
      if (before.current[i] !== owner) changed.add(i);
    });
    before.current = props.owners;
    if (changed.size === 0) return;
    setMoved(changed);
    const timer = setTimeout(() => setMoved(new Set()), MOVED_MILLIS);
    return () => clearTimeout(timer);
  }, [key]);
  const sums = new Map<string, number>();
  for (const owner of props.owners) sums.set(owner, (sums.get(owner) ?? 0) + 1);
  const words = [...sums].map(([name, n]) => `${name || c.noOwner}: ${n}`).join(", ");
  return (
    <figure class="shards">
      <figcaption>
        <b>{props.type}</b> <span class="faint">{c.open(props.owners.length)}</span>
      </figcaption>
      <div class="squares" role="img" aria-label={`${props.type}: ${words}`}>
        {props.owners.map((owner, i) => (
          <i
            key={i}
            class={`${owner ? `k${props.colours.get(owner) ?? 0}` : "nobody"} ${moved.has(i) ? "moved" : ""}`}
            title={c.shardOf(i, owner || c.noOwner)}
          />
        ))}
      </div>
    </figure>
  );
}
