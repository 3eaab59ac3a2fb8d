import { get, type AuditEntry, type AuditInfo } from "../api";
import type { Context } from "../app";
import { time } from "../format";
import { t } from "../texts";
import { Card, Empty, Show, Table, useLoaded } from "../ui";

const c = t.audit;

export function AuditPage({ who }: Context) {
  const audit = useLoaded<AuditInfo | null>(
    `audit ${who.role}`,
    (signal) => (who.role === "ADMIN" ? get<AuditInfo>("audit", { limit: 500 }, signal) : Promise.resolve(null)),
    5000,
  );
  return (
    <Show of={audit} lines={8}>
      {(shown) => (shown === null ? <Empty title={c.forbidden} /> : <Entries audit={shown} />)}
    </Show>
  );
}

function Entries({ audit }: { audit: AuditInfo }) {
  const outcomes = new Map<number, AuditEntry>();
  for (const entry of audit.entries) if (entry.of !== undefined) outcomes.set(entry.of, entry);
  const attempts = audit.entries.filter((entry) => entry.of === undefined);
  return (
    <>
      {audit.brokenAt === null ? (
        <p class="notice good" role="status">
          {c.intact}
        </p>
      ) : (
        <p class="notice bad" role="alert">
          {c.broken(audit.brokenAt)}
        </p>
      )}
      <Card>
        {attempts.length === 0 ? (
          <Empty title={c.empty} hint={c.emptyHint} />
        ) : (
          <Table
            label={t.pages.audit}
            stack
            head={[
              { text: "#", number: true },
              { text: t.columns.at },
              { text: t.columns.user },
              { text: t.columns.what },
              { text: t.columns.target },
              { text: t.columns.outcome },
            ]}
          >
            {attempts.map((entry) => {
              const outcome = outcomes.get(entry.number)?.outcome;
              return (
                <tr key={entry.number}>
                  <td class="number wide-only">{entry.number}</td>
                  <td class="faint left">
                    <time dateTime={entry.at}>{time(entry.at)}</time>
                  </td>
                  <td class="right">{entry.user}</td>
                  <td class="left wide">
                    {entry.what}
                    {entry.detail && <small class="block">{entry.detail}</small>}
                  </td>
                  <td class="right wide">
                    {entry.target}
                    <small class="block">{entry.system}</small>
                  </td>
                  <td class={`whole ${outcome?.startsWith("failed") ? "bad" : ""}`}>{outcome ?? c.underWay}</td>
                </tr>
              );
            })}
          </Table>
        )}
        <p class="hint break">
          {c.lastHash}: <code>{audit.lastHash}</code>
        </p>
      </Card>
    </>
  );
}
