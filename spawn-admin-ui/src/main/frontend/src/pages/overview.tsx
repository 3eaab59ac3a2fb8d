import type { Context } from "../app";
import { Chart } from "../chart";
import { count, millis, perSecond, rate } from "../format";
import { useLive, withGaps } from "../live";
import { href } from "../router";
import { t } from "../texts";
import { Badge, Card, Empty, Link, Table } from "../ui";
import { CLOSED } from "./actors";
import type { Frame, NodeInfo } from "../api";

export function statusOf(node: NodeInfo): string {
  return node.cordoned && node.status === "ACCEPTING" ? "CORDONED" : node.status;
}

function Tile(props: { label: string; value: string; more?: string; tone?: string; warning?: boolean }) {
  return (
    <div class={`tile ${props.tone ?? ""}`}>
      <dt>{props.label}</dt>
      <dd>
        <b>{props.value}</b>
        {props.more && <span class={props.warning ? "bad" : undefined}>{props.more}</span>}
      </dd>
    </div>
  );
}

export function OverviewPage({ system }: Context) {
  const { frames, latest, open } = useLive();
  const moments = withGaps(frames);
  const times = moments.map((m) => m.at / 1000);
  const each = (value: (frame: Frame) => number) => moments.map((m) => (m.frame ? value(m.frame) : null));
  const errors = (f: { failures: Record<string, number> }) => Object.values(f.failures).reduce((a, b) => a + b, 0);
  const codes = Object.entries(latest?.failures ?? {}).sort((a, b) => b[1] - a[1]);
  const alive = system.nodes.filter((n) => n.alive).length;
  const c = t.overview;
  return (
    <>
      <p class={`pulse ${open ? "on" : ""}`} role="status">
        <i aria-hidden="true" /> <span>{open ? t.connection.open : t.connection.waiting}</span>
        <span aria-hidden="true">·</span>
        <span class={alive < system.nodes.length ? "bad" : undefined}>{c.health(alive, system.nodes.length)}</span>
      </p>
      <dl class="tiles">
        <Tile label={c.calls} value={rate(latest?.calls ?? 0)} more={c.told(latest?.nodes ?? 0)} />
        <Tile
          label={c.failures}
          value={rate(latest ? errors(latest) : 0)}
          more={codes.length ? codes.map(([code, n]) => `${code} ${rate(n)}`).join(" · ") : c.noFailures}
          tone={codes.length ? "bad" : ""}
        />
        <Tile label={c.latency} value={millis(latest?.p95 ?? 0)} more={c.percentiles(millis(latest?.p50 ?? 0), millis(latest?.p99 ?? 0))} />
        <Tile
          label={c.commits}
          value={rate(latest?.commits ?? 0)}
          more={`${c.batch(rate(latest?.batch ?? 0))} · ${c.commitTime(millis(latest?.commitMillis ?? 0))}`}
        />
        <Tile label={c.inFlight} value={count(Math.max(0, latest?.inFlight ?? 0))} more={c.inFlightHint} />
        <Tile
          label={c.activations}
          value={count(latest?.activations ?? system.types.reduce((sum, type) => sum + type.activations, 0))}
          more={c.quarantined(latest?.quarantined ?? 0)}
          warning={latest !== undefined && latest.quarantined > 0}
        />
      </dl>
      <div class="charts">
        <Card>
          <Chart
            label={c.chartCalls}
            times={times}
            format={perSecond}
            series={[
              { label: c.chartCall, colour: "--c1", values: each((f) => f.calls), fill: true },
              { label: c.chartFailure, colour: "--c4", values: each(errors) },
            ]}
          />
        </Card>
        <Card>
          <Chart
            label={c.chartLatency}
            times={times}
            format={millis}
            series={[
              { label: "50 %", colour: "--c1", values: each((f) => f.p50) },
              { label: "95 %", colour: "--c2", values: each((f) => f.p95) },
              { label: "99 %", colour: "--c3", values: each((f) => f.p99) },
            ]}
          />
        </Card>
        <Card>
          <Chart
            label={c.chartCommits}
            times={times}
            format={perSecond}
            series={[{ label: c.chartCommits, colour: "--c5", values: each((f) => f.commits), fill: true }]}
          />
        </Card>
        <Card>
          <Chart
            label={c.chartActors}
            times={times}
            format={count}
            series={[{ label: c.activations, colour: "--c2", values: each((f) => f.activations), fill: true }]}
          />
        </Card>
      </div>
      <div class="two">
        <Card title={c.types}>
          {system.types.length === 0 ? (
            <Empty title={t.actors.noTypes} />
          ) : (
            <Table
              label={c.types}
              head={[
                { text: t.columns.type },
                { text: t.columns.kind },
                { text: t.columns.inMemory, number: true },
                { text: t.columns.quarantined, number: true },
              ]}
            >
              {system.types.map((type) => (
                <tr key={type.name}>
                  <td>
                    <Link to={href("actors", { system: system.name, type: type.name })}>{type.name}</Link>
                  </td>
                  <td>{type.kind.toLowerCase()}</td>
                  <td class="number">{count(type.activations)}</td>
                  <td class="number">
                    {type.quarantined > 0 ? (
                      <Link class="bad" to={href("actors", { system: system.name, type: type.name, phase: CLOSED })}>
                        {count(type.quarantined)}
                      </Link>
                    ) : (
                      0
                    )}
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </Card>
        <Card title={c.nodes} hint={c.nodesAlive(alive, system.nodes.length)}>
          <Table label={c.nodes} head={[{ text: t.columns.node }, { text: t.columns.status }, { text: t.columns.inMemory, number: true }]}>
            {system.nodes.map((node) => (
              <tr key={node.address}>
                <td>
                  {node.name}
                  <small class="block">{node.alive ? node.address : node.error}</small>
                </td>
                <td>
                  <Badge of={statusOf(node)} />
                </td>
                <td class="number">{node.activations == null ? "–" : count(node.activations)}</td>
              </tr>
            ))}
          </Table>
          <p class="hint">{system.store}</p>
        </Card>
      </div>
    </>
  );
}
