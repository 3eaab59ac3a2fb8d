import { get, type Page } from "../api";
import type { Context } from "../app";
import { count } from "../format";
import { href } from "../router";
import { t } from "../texts";
import { Badge, Card, Empty, Link, Pager, PrefixField, Show, Table, Tags, useLoaded } from "../ui";

export function ActorsPage({ system, query }: Context) {
  const type = query.get("type") ?? system.types[0]?.name ?? "";
  const prefix = query.get("prefix") ?? "";
  const after = query.get("after") ?? "";
  const info = system.types.find((each) => each.name === type);
  const active = query.get("in") === "memory" || info?.stateful === false;

  const at = (changes: Record<string, string | undefined>) =>
    href("actors", { system: system.name, type, prefix, in: active ? "memory" : undefined, ...changes });

  const page = useLoaded<Page>(
    [system.name, type, prefix, after, active].join("\n"),
    (signal) =>
      type === ""
        ? Promise.resolve({ actors: [], next: null })
        : get<Page>("actors", { system: system.name, type, prefix, after, active, limit: 50 }, signal),
    5000,
  );

  if (type === "") return <Empty title={t.actors.noTypes} />;
  return (
    <div class="split">
      <nav class="types" aria-label={t.overview.types}>
        {system.types.map((each) => (
          <Link key={each.name} to={href("actors", { system: system.name, type: each.name })} current={each.name === type}>
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
          <PrefixField key={type} prefix={prefix} to={(typed) => at({ prefix: typed, after: undefined })} />
          {info?.stateful !== false && (
            <fieldset class="switch">
              <legend>{t.actors.show}</legend>
              <Link to={at({ in: undefined, after: undefined })} current={!active}>
                {t.actors.stored}
              </Link>
              <Link to={at({ in: "memory", after: undefined })} current={active}>
                {t.actors.active}
              </Link>
            </fieldset>
          )}
        </div>
        <Show of={page} lines={10}>
          {({ actors, next }) =>
            actors.length === 0 ? (
              <Empty title={t.actors.empty} hint={t.actors.emptyHint} />
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
                    { text: t.columns.tags },
                  ]}
                >
                  {actors.map((actor) => (
                    <tr key={actor.name}>
                      <td>
                        <Link to={href("actor", { system: system.name, type, name: actor.name })}>{actor.name}</Link>
                      </td>
                      <td>
                        <Badge of={actor.phase} />
                      </td>
                      <td class="faint">{actor.node ?? ""}</td>
                      <td class="number" data-label={t.columns.revision}>
                        {actor.revision}
                      </td>
                      <td class={Object.keys(actor.tags).length === 0 ? "wide-only" : "whole"}>
                        <Tags tags={actor.tags} />
                      </td>
                    </tr>
                  ))}
                </Table>
                <Pager words={t.actors.count(actors.length)} first={after ? at({ after: undefined }) : undefined} next={next ? at({ after: next }) : undefined} />
              </>
            )
          }
        </Show>
      </Card>
    </div>
  );
}
