import { get, may, type DeploymentRow, type DeploymentsInfo } from "../api";
import type { Place } from "../app";
import { time } from "../format";
import { href } from "../router";
import { t } from "../texts";
import { Badge, Card, Empty, Link, Problem, Show, Table, useLoaded } from "../ui";

const c = t.deployments;

/** All actor systems, hosts and activators that somebody may see, whatever system is chosen above. */
export function DeploymentsPage({ who }: Place) {
  const all = useLoaded("deployments", (signal) => get<DeploymentsInfo>("deployments", {}, signal), 5000);
  return (
    <Show of={all} lines={10}>
      {({ kinds }) => (
        <>
          {kinds.map(({ kind, rows, error }) => (
            <Card
              key={kind}
              title={c.kinds[kind] ?? kind}
              hint={c.about[kind]}
              aside={
                (may(who, "", "ADMIN") || Object.values(who.roles).includes("ADMIN")) && (
                  <Link class="button" to={href("deployment", { kind })}>
                    {c.create(kind)}
                  </Link>
                )
              }
            >
              {error !== null ? <Problem error={error} again={all.again} /> : rows.length === 0 ? <Empty title={c.none} hint={c.noneHint[kind]} /> : <Rows kind={kind} rows={rows} />}
            </Card>
          ))}
        </>
      )}
    </Show>
  );
}

function Rows({ kind, rows }: { kind: string; rows: DeploymentRow[] }) {
  const host = kind === "ActorHost";
  return (
    <Table
      label={c.kinds[kind] ?? kind}
      stack
      head={[
        { text: t.columns.name },
        ...(kind === "ActorSystem" ? [] : [{ text: t.system }]),
        ...(host ? [{ text: c.pods }] : []),
        { text: t.columns.state },
        { text: c.created },
      ]}
    >
      {rows.map((row) => (
        <tr key={`${row.namespace}/${row.name}`}>
          <td class="whole">
            <Link to={href("deployment", { kind, namespace: row.namespace, name: row.name })}>{row.name}</Link>
            <small class="block">{row.namespace}</small>
          </td>
          {kind !== "ActorSystem" && <td class="left">{row.system}</td>}
          {host && (
            <td class="right" data-label={c.pods}>
              {c.ready(row.readyReplicas ?? 0, row.replicas ?? 0)}
            </td>
          )}
          <td class="whole">
            <Readiness of={row} />
            {row.ready !== "True" && row.message && <small class="block">{row.message}</small>}
          </td>
          <td class="faint whole">{row.created && <time dateTime={row.created}>{time(row.created)}</time>}</td>
        </tr>
      ))}
    </Table>
  );
}

export function Readiness({ of }: { of: DeploymentRow }) {
  const words = of.going ? "going" : of.ready === "True" ? "ready" : of.ready === "False" ? "not-ready" : "unknown";
  return (
    <>
      <Badge of={words} /> {words !== "ready" && <span class="faint">{of.reason}</span>}
    </>
  );
}
