import type { Calls } from "../api";
import type { Context } from "../app";
import { count, millis } from "../format";
import { useLive } from "../live";
import { href } from "../router";
import { t } from "../texts";
import { Card, Empty, Link, Table } from "../ui";
import { ChainCard } from "./chain";

const c = t.live;
const ROWS = 8;

export function LivePage({ system, query }: Context) {
  const { calls: all } = useLive();
  const chain = query.get("chain");
  const waterfall = chain && <ChainCard key={chain} system={system.name} chain={chain} />;
  if (all.calls.length === 0) return waterfall || <Empty title={c.empty} hint={c.emptyHint} />;
  const slowest = [...all.calls].sort((a, b) => b.meanMillis - a.meanMillis).slice(0, ROWS);
  const failing = all.calls.filter((call) => call.failures > 0).sort((a, b) => b.failures - a.failures).slice(0, ROWS);
  const link = (actor: string) => {
    const at = actor.indexOf("/");
    return href("actor", { system: system.name, type: actor.slice(0, at), name: actor.slice(at + 1) });
  };
  const head = [
    { text: t.columns.action },
    { text: t.columns.calls, number: true },
    { text: t.columns.failures, number: true },
    { text: t.columns.mean, number: true },
    { text: t.columns.most, number: true },
  ];
  const row = (call: Calls["calls"][number]) => (
    <tr key={`${call.from} ${call.type} ${call.action}`}>
      <td class="whole">
        <Link to={href("actors", { system: system.name, type: call.type })}>
          {call.type}.{call.action}
        </Link>
        <small class="block">
          {t.columns.from.toLowerCase()} {call.from || c.outside}
        </small>
      </td>
      <td class="number left" data-label={t.columns.calls}>
        {count(call.calls)}
      </td>
      <td class={`number right ${call.failures > 0 ? "bad" : ""}`} data-label={t.columns.failures}>
        {count(call.failures)}
      </td>
      <td class="number left" data-label={t.columns.mean}>
        {millis(call.meanMillis)}
      </td>
      <td class="number right" data-label={t.columns.most}>
        {millis(call.mostMillis)}
      </td>
    </tr>
  );
  return (
    <>
      {waterfall}
      <Card title={c.graph} hint={c.graphHint}>
        <Graph calls={all.calls} />
      </Card>
      <div class="two">
        <Card title={c.slowest}>
          <Table label={c.slowest} head={head} stack>
            {slowest.map(row)}
          </Table>
        </Card>
        <Card title={c.failing}>
          {failing.length === 0 ? (
            <p class="hint">{c.noneFailing}</p>
          ) : (
            <Table label={c.failing} head={head} stack>
              {failing.map(row)}
            </Table>
          )}
        </Card>
        <Card title={c.hottest}>
          <ol class="bars">
            {all.hottest.map((hot) => (
              <li key={hot.actor}>
                <Link to={link(hot.actor)}>{hot.actor}</Link>
                <span class="number">{c.perCall(count(hot.calls))}</span>
                <progress max={all.hottest[0]?.calls ?? 1} value={hot.calls} aria-label={hot.actor} />
              </li>
            ))}
          </ol>
        </Card>
        <Card title={c.chains} hint={c.chainsHint}>
          {all.chains.length === 0 && <p class="hint">{c.noChains}</p>}
          <ol class="chains">
            {all.chains.map((slow) => (
              <li key={slow.step}>
                <b>{millis(slow.micros / 1000)}</b>
                <span>
                  <Link to={href("live", { system: system.name, chain: slow.chain })} current={slow.chain === chain}>
                    {slow.actor}.{slow.action}
                  </Link>
                  {slow.code && <em class="bad"> {slow.code}</em>}
                </span>
              </li>
            ))}
          </ol>
        </Card>
      </div>
    </>
  );
}

/** From this share of failures on a way is red. */
const ALARMING = 0.005;
const WIDTH = 150;
const GAP = 100;
const ROW = 64;

/** Actor types in columns, callers to the left of whom they call. */
function Graph(props: { calls: Calls["calls"] }) {
  const edges = new Map<string, { from: string; to: string; calls: number; failures: number }>();
  for (const call of props.calls) {
    const key = `${call.from}\n${call.type}`;
    const edge = edges.get(key) ?? { from: call.from, to: call.type, calls: 0, failures: 0 };
    edge.calls += call.calls;
    edge.failures += call.failures;
    edges.set(key, edge);
  }
  const column = new Map<string, number>([["", 0]]);
  // as often as there are edges: a circle of calls must not go on for ever
  for (let round = 0; round < edges.size; round++) {
    for (const edge of edges.values()) {
      const next = Math.min((column.get(edge.from) ?? 0) + 1, 6);
      if (edge.from !== edge.to && next > (column.get(edge.to) ?? 0)) column.set(edge.to, next);
    }
  }
  for (const edge of edges.values()) {
    if (!column.has(edge.from)) column.set(edge.from, 0);
  }
  const rows = new Map<number, number>();
  const place = new Map<string, { x: number; y: number }>();
  for (const [name, at] of [...column].sort((a, b) => a[1] - b[1])) {
    const row = rows.get(at) ?? 0;
    rows.set(at, row + 1);
    place.set(name, { x: 8 + at * (WIDTH + GAP), y: 8 + row * ROW });
  }
  const width = 16 + (Math.max(...rows.keys()) + 1) * (WIDTH + GAP) - GAP;
  const height = 16 + Math.max(...rows.values()) * ROW - (ROW - 44);
  const most = Math.max(1, ...[...edges.values()].map((edge) => edge.calls));
  const words = [...edges.values()].map((e) => `${e.from || c.outside} → ${e.to}: ${count(e.calls)}`).join(", ");
  return (
    <div class="scroll graph" tabIndex={0} role="region" aria-label={c.graph}>
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={words}>
        {[...edges.values()].map((edge) => {
          const a = place.get(edge.from)!;
          const b = place.get(edge.to)!;
          const x1 = a.x + WIDTH;
          const middle = (x1 + b.x) / 2;
          const path =
            edge.from === edge.to
              ? `M${a.x + WIDTH - 30} ${a.y} c0 -14 40 -6 30 14`
              : `M${x1} ${a.y + 22} C${middle} ${a.y + 22} ${middle} ${b.y + 22} ${b.x} ${b.y + 22}`;
          return (
            <g key={`${edge.from} ${edge.to}`} class={edge.failures >= edge.calls * ALARMING ? "edge failing" : "edge"}>
              <path d={path} stroke-width={1.5 + 6 * Math.sqrt(edge.calls / most)} />
              {edge.from !== edge.to && (
                <text x={middle} y={(a.y + b.y) / 2 + 26} text-anchor="middle">
                  {count(edge.calls)}
                </text>
              )}
            </g>
          );
        })}
        {[...place].map(([name, at]) => (
          <g key={name} class={name ? "box" : "box outside"}>
            <rect x={at.x} y={at.y} width={WIDTH} height={44} rx={10} />
            <text x={at.x + WIDTH / 2} y={at.y + 27} text-anchor="middle">
              {name || c.outside}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}
