import { get, type Page } from "../api";
import type { Context } from "../app";
import { count } from "../format";
import { go, href } from "../router";
import { t } from "../texts";
import { Badge, Card, Empty, FilterField, Link, Pager, Show, Table, Tags, useLoaded } from "../ui";

/** What an actor can be found by, beside its name. */
const PHASES = ["busy", "idle", "paused", "quarantined"];

/** Those that take no calls, for either reason. */
export const CLOSED = "paused,quarantined";

export function ActorsPage({ system, query }: Context) {
  const type = query.get("type") ?? system.types[0]?.name ?? "";
  const prefix = query.get("prefix") ?? "";
  const after = query.get("after") ?? "";
  const info = system.types.find((each) => each.name === type);
  const phase = query.get("phase") ?? "";
  const node = query.get("node") ?? "";
  const tag = query.get("tag") ?? "";
  const active = query.get("in") === "memory" || phase !== "" || node !== "" || info?.stateful === false;

  const at = (changes: Record<string, string | undefined>) =>
    href("actors", { system: system.name, type, prefix, in: active ? "memory" : undefined, phase, node, tag, ...changes });

  const page = useLoaded<Page>(
    [system.name, type, prefix, after, active, phase, node, tag].join("\n"),
    (signal) =>
      type === ""
        ? Promise.resolve({ actors: [], next: null })
        : get<Page>("actors", { system: system.name, type, prefix, after, active, phase, node, tag, limit: 50 }, signal),
    5000,
  );

  if (type === "") return <Empty title={t.actors.noTypes} />;
  return (
    <div class="split">
      <nav class="types" aria-label={t.overview.types}>
        <p class="heading" aria-hidden="true">
          <span>{t.columns.type}</span>
          <span>{t.columns.inMemory}</span>
        </p>
        {system.types.map((each) => (
          <Link key={each.name} to={href("actors", { system: system.name, type: each.name, in: query.get("in") ?? undefined })} current={each.name === type}>
            <span>{each.name}</span>
            <small>
              {count(each.activations)}
              {each.quarantined > 0 && <b class="bad"> · {count(each.quarantined)}</b>}
            </small>
          </Link>
        ))}
      </nav>
      <Card class="grow">
        <div class="filters" role="search">
          <FilterField key={`${type} name`} label={t.actors.prefix} value={prefix} to={(typed) => at({ prefix: typed, after: undefined })} />
          <FilterField key={`${type} tag`} label={t.actors.tag} hint={t.actors.tagHint} value={tag} to={(typed) => at({ tag: typed, after: undefined })} />
          {info?.stateful !== false && (
            <fieldset class="switch">
              <legend>{t.actors.show}</legend>
              <Link to={at({ in: undefined, phase: undefined, node: undefined, after: undefined })} current={!active}>
                {t.actors.stored}
              </Link>
              <Link to={at({ in: "memory", after: undefined })} current={active}>
                {t.actors.active}
              </Link>
            </fieldset>
          )}
          {active && (
            <label class="choice">
              <span>{t.actors.phase}</span>
              <select value={phase} onChange={(event) => go(at({ phase: event.currentTarget.value, after: undefined }))}>
                <option value="">{t.actors.anyPhase}</option>
                {PHASES.map((each) => (
                  <option key={each} value={each}>
                    {t.phases[each]}
                  </option>
                ))}
                <option value={CLOSED}>{t.actors.closed}</option>
              </select>
            </label>
          )}
          {active && system.nodes.length > 1 && (
            <label class="choice">
              <span>{t.actors.node}</span>
              <select value={node} onChange={(event) => go(at({ node: event.currentTarget.value, after: undefined }))}>
                <option value="">{t.actors.anyNode}</option>
                {system.nodes.map((each) => (
                  <option key={each.address}>{each.name}</option>
                ))}
              </select>
            </label>
          )}
        </div>
        <Show of={page} lines={10}>
          {({ actors, next }) => {
            const tagged = actors.some((actor) => Object.keys(actor.tags).length > 0);
            return actors.length === 0 ? (
              <>
                <Empty title={t.actors.empty} hint={next ? t.actors.emptySoFar : tag ? t.actors.emptyTag : t.actors.emptyHint} />
                {next && <Pager words="" first={after ? at({ after: undefined }) : undefined} next={at({ after: next })} />}
              </>
            ) : (
              <>
                <Table
                  label={t.pages.actors}
                  stack
                  head={[
                    { text: t.columns.name },
                    { text: t.columns.state },
                    { text: t.columns.node },
                    { text: t.columns.revision, number: true },
                    ...(tagged ? [{ text: t.columns.tags }] : []),
                  ]}
                >
                  {actors.map((actor) => (
                    <tr key={actor.name}>
                      <td>
                        <Link to={href("actor", { system: system.name, type, name: actor.name })}>{actor.name}</Link>
                      </td>
                      <td>
                        <Badge of={actor.phase} />
                        {actor.why && <small class="block">{actor.why}</small>}
                      </td>
                      <td class="faint">{actor.node ?? "–"}</td>
                      <td class="number" data-label={t.columns.revision}>
                        {actor.revision}
                      </td>
                      {tagged && (
                        <td class={Object.keys(actor.tags).length === 0 ? "wide-only" : "whole"}>
                          {Object.keys(actor.tags).length > 0 && <Tags tags={actor.tags} />}
                        </td>
                      )}
                    </tr>
                  ))}
                </Table>
                <Pager words={t.actors.count(actors.length)} first={after ? at({ after: undefined }) : undefined} next={next ? at({ after: next }) : undefined} />
              </>
            );
          }}
        </Show>
      </Card>
    </div>
  );
}
