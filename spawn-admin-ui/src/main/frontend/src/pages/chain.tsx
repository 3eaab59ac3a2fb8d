import { useRef } from "preact/hooks";
import { get, type Chain } from "../api";
import { bars, type Bar, type Span } from "../chain";
import { millis } from "../format";
import { href } from "../router";
import { t } from "../texts";
import { Card, Empty, Link, Show, useLoaded } from "../ui";

const c = t.live;
const WIDTH = 1000;

/** One call with all that it caused, at whichever nodes. */
export function ChainCard(props: { system: string; chain: string }) {
  // messages go on when the call is over; and what was seen once stays, though nodes forget it
  const most = useRef<Chain | undefined>(undefined);
  const loaded = useLoaded<Chain>(
    `chain ${props.system} ${props.chain}`,
    async (signal) => {
      const now = await get<Chain>("chain", { system: props.system, chain: props.chain }, signal);
      if (!most.current || now.steps.length > most.current.steps.length) most.current = now;
      return most.current;
    },
    2000,
  );
  const root = loaded.value?.steps.find((step) => step.parent === null);
  return (
    <Card
      title={c.chain(root ? `${root.actor}.${root.action}` : props.chain)}
      hint={c.chainHint}
      aside={<Link to={href("live", { system: props.system })}>{c.close}</Link>}
    >
      <Show of={loaded}>{(chain) => <Waterfall system={props.system} chain={chain} />}</Show>
    </Card>
  );
}

export function Waterfall(props: { system: string; chain: Chain }) {
  if (props.chain.steps.length === 0) return <Empty title={c.gone} hint={c.goneHint} />;
  const all = bars(props.chain.steps);
  return (
    <>
      <ol class="waterfall">
        {all.bars.map((bar) => (
          <Line key={bar.key} system={props.system} bar={bar} micros={all.micros} />
        ))}
      </ol>
      <p class="hint">
        {c.chainId} <code>{props.chain.name}</code>
      </p>
    </>
  );
}

function Line(props: { system: string; bar: Bar; micros: number }) {
  const { bar } = props;
  const slash = bar.actor.indexOf("/");
  const to = href("actor", { system: props.system, type: bar.actor.slice(0, slash), name: bar.actor.slice(slash + 1) });
  const begin = Math.min(bar.wait?.from ?? Infinity, bar.run?.from ?? Infinity);
  const words = [
    bar.wait && c.waited(millis(bar.wait.micros / 1000)),
    bar.run ? c.ran(millis(bar.run.micros / 1000)) : c.unanswered,
  ].filter(Boolean);
  return (
    <li class={bar.code ? "failed" : ""}>
      <span class="what" style={{ "--depth": String(bar.depth) }}>
        <Link to={to}>
          {bar.actor}.{bar.action}
        </Link>
        {bar.code && <em class="bad"> {bar.code}</em>}
        {bar.run?.node && <small> {c.atNode(bar.run.node)}</small>}
      </span>
      <svg viewBox={`0 0 ${WIDTH} 18`} preserveAspectRatio="none" aria-hidden="true">
        {bar.wait && <Rect class="wait" span={bar.wait} micros={props.micros} y={1} height={16} />}
        {bar.run && <Rect class="run" span={bar.run} micros={props.micros} y={5} height={8} />}
      </svg>
      <span class="took">
        <span class="unseen">
          {c.began} {millis(begin / 1000)},{" "}
        </span>
        {words.map((each, i) => (
          <span key={each}>
            {i > 0 && ", "}
            <span class="whole-line">{each}</span>
          </span>
        ))}
      </span>
    </li>
  );
}

function Rect(props: { class: string; span: Span; micros: number; y: number; height: number }) {
  const x = (props.span.from / props.micros) * WIDTH;
  const width = Math.max(3, (props.span.micros / props.micros) * WIDTH);
  return <rect class={props.class} x={Math.min(x, WIDTH - width)} y={props.y} width={width} height={props.height} rx={2} />;
}
