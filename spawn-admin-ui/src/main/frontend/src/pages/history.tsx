import { useState } from "preact/hooks";
import type { Revision } from "../api";
import { diff } from "../diff";
import { time } from "../format";
import { t } from "../texts";
import { textOf } from "./shown";

const c = t.actor;

/** Kept revisions, and what changed between any two of them. */
export function History(props: { revisions: Revision[]; current: number; restore?: (revision: number) => void }) {
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
          <p class="hint">{from ? c.same : c.stateErased}</p>
        )}
      </div>
    </div>
  );
}
