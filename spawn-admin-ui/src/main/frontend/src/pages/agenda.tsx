import { useState } from "preact/hooks";
import { ApiError, get, may, post, type ActorAgenda, type AgendaOutcome, type AgendaPage as Rows, type AgendaRow, type ReplyRow } from "../api";
import type { Context } from "../app";
import { count, localized, time } from "../format";
import { href } from "../router";
import { t } from "../texts";
import { Badge, Card, Confirm, Empty, FilterField, Link, Pager, Show, Table, tell, useLoaded } from "../ui";

const c = t.agenda;

type Part = "dead-letters" | "outbox" | "reminders";

const OPERATIONS: Record<Part, string[]> = { "dead-letters": ["retry", "drop"], outbox: ["cancel"], reminders: ["cancel"] };

const PAGE = 100;

/** A reminder is tried when it is due; only after this long something is wrong. */
const LATE_MILLIS = 60_000;

const lateBefore = () => new Date(Date.now() - LATE_MILLIS).toISOString();

/** What a row is called, unique among those of one kind. */
const nameOf = (row: AgendaRow) => (row.reminder === undefined ? `${row.name} #${row.sequence}` : `${row.name}: ${row.reminder}`);

export function AgendaPage({ who, system, query }: Context) {
  const type = query.get("type") ?? system.types[0]?.name ?? "";
  const prefix = query.get("prefix") ?? "";
  const after = query.get("after") ?? "";
  const shown = query.get("show") ?? "";
  const part: Part = shown === "" ? "dead-letters" : "reminders";
  const late = shown === "late";

  const at = (changes: Record<string, string | undefined>) =>
    href("agenda", { system: system.name, type, prefix, show: shown, ...changes });

  const key = [system.name, type, prefix, after, shown].join("\n");
  const page = useLoaded<Rows>(
    key,
    (signal) =>
      type === ""
        ? Promise.resolve({ rows: [], next: null })
        : get<Rows>(
            `agenda/${part}`,
            { system: system.name, type, limit: PAGE, ...(late ? { due: lateBefore() } : { prefix, after }) },
            signal,
          ),
    5000,
  );

  if (type === "") return <Empty title={t.actors.noTypes} />;
  const none = late ? "late" : part;
  return (
    <div class="split">
      <nav class="types" aria-label={t.overview.types}>
        {system.types.map((each) => (
          <Link key={each.name} to={href("agenda", { system: system.name, type: each.name, show: shown })} current={each.name === type}>
            <span>{each.name}</span>
            {shown === "" && <Total system={system.name} type={each.name} />}
          </Link>
        ))}
      </nav>
      <Card class="grow">
        <div class="filters" role="search">
          {late ? (
            <p class="hint grow">{c.lateHint}</p>
          ) : (
            <FilterField key={type} label={t.actors.prefix} value={prefix} to={(typed) => at({ prefix: typed, after: undefined })} />
          )}
          <fieldset class="switch">
            <legend>{c.show}</legend>
            <Link to={at({ show: undefined, after: undefined })} current={shown === ""}>
              {c.parts["dead-letters"]}
            </Link>
            <Link to={at({ show: "reminders", after: undefined })} current={shown === "reminders"}>
              {c.parts.reminders}
            </Link>
            <Link to={at({ show: "late", after: undefined })} current={late}>
              {c.late}
            </Link>
          </fieldset>
        </div>
        <Show of={page} lines={10}>
          {({ rows, next, total }) =>
            rows.length === 0 ? (
              <Empty title={c.none[none]} hint={c.noneHint[none]} />
            ) : (
              <>
                <Outstanding
                  key={key}
                  system={system.name}
                  type={type}
                  part={part}
                  rows={rows}
                  operator={may(who, system.name, "OPERATOR")}
                  onDone={page.again}
                />
                <Pager words={c.rows(rows.length, total)} first={after ? at({ after: undefined }) : undefined} next={next ? at({ after: next }) : undefined} />
              </>
            )
          }
        </Show>
      </Card>
    </div>
  );
}

/** How many dead letters a type has, so that nobody has to look through all types. */
function Total({ system, type }: { system: string; type: string }) {
  const first = useLoaded<Rows>(
    ["total", system, type].join("\n"),
    (signal) => get<Rows>("agenda/dead-letters", { system, type, limit: 1 }, signal),
    15_000,
  );
  const total = first.value?.total ?? 0;
  return total === 0 ? null : (
    <small>
      <b class="bad">{count(total)}</b>
    </small>
  );
}

/**
 * Rows that can be chosen, and what can be done to those that are. Before it is done the server is
 * asked what it would touch, and that is what is shown and sent.
 */
export function Outstanding(props: {
  system: string;
  type: string;
  part: Part;
  rows: AgendaRow[];
  operator: boolean;
  onDone: () => void;
}) {
  const { system, type, part, rows } = props;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<{ operation: string; touched: AgendaRow[]; gone: number }>();
  const [busy, setBusy] = useState(false);
  const there = rows.filter((row) => chosen.has(nameOf(row)));

  const send = async (operation: string, those: AgendaRow[], preview: boolean) => {
    setBusy(true);
    try {
      return await post<AgendaOutcome>("agenda", {
        system,
        type,
        part,
        operation,
        rows: those.map(({ name, sequence, reminder }) => ({ name, sequence, reminder })),
        preview,
      });
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error), true);
      return undefined;
    } finally {
      setBusy(false);
    }
  };

  const preview = async (operation: string) => {
    const would = await send(operation, there, true);
    if (would && would.rows.length > 0) setAsked({ operation, touched: would.rows, gone: would.gone });
    else if (would) {
      tell(c.allGone);
      props.onDone();
    }
  };

  const carryOut = async (operation: string, touched: AgendaRow[]) => {
    const outcome = await send(operation, touched, false);
    if (outcome?.failure) tell(c.failed(outcome.failed ?? 0, `${outcome.failure.code}: ${outcome.failure.message}`), true);
    else if (outcome) tell(c.done(outcome.rows.length));
    setChosen(new Set());
    props.onDone();
  };

  const choose = (row: AgendaRow) => {
    const next = new Set(chosen);
    if (!next.delete(nameOf(row))) next.add(nameOf(row));
    setChosen(next);
  };

  const picked = (row: AgendaRow) => (
    <span class="pick">
      {props.operator && (
        <input type="checkbox" aria-label={c.choose(nameOf(row))} checked={chosen.has(nameOf(row))} onChange={() => choose(row)} />
      )}
      <span>
        <Link to={href("actor", { system, type, name: row.name })}>{row.name}</Link>
        {row.sequence !== undefined && <span class="faint"> #{row.sequence}</span>}
      </span>
    </span>
  );

  return (
    <div class="outstanding">
      {props.operator && (
        <div class="buttons left">
          {OPERATIONS[part].map((operation) => (
            <button
              key={operation}
              type="button"
              class={operation === "retry" ? "main" : "danger"}
              disabled={busy || there.length === 0}
              onClick={() => preview(operation)}
            >
              {c.operations[operation]}
            </button>
          ))}
          <button type="button" class="link" onClick={() => setChosen(new Set(there.length === rows.length ? [] : rows.map(nameOf)))}>
            {there.length === rows.length ? c.chooseNone : c.chooseAll}
          </button>
          <span class="hint" role="status">
            {c.chosen(there.length)}
          </span>
        </div>
      )}
      {part === "reminders" ? (
        <Table label={c.parts[part]} stack head={[{ text: c.actor }, { text: c.reminder }, { text: c.schedule }, { text: c.due }]}>
          {rows.map((row) => (
            <tr key={nameOf(row)}>
              <td class="whole">{picked(row)}</td>
              <td class="whole">
                {row.reminder}
                <small class="block">{c.runs(row.action)}</small>
              </td>
              <td class="whole">
                {localized(row.schedule ?? "")}
                <small class="block">
                  {row.zone && `${row.zone} · `}
                  {c.catchUp(row.catchUp ?? "")}
                </small>
              </td>
              <td class="whole">
                <When at={row.due} />{" "}
                {row.due !== undefined && Date.parse(row.due) < Date.now() - LATE_MILLIS && <Badge of="late" />}
              </td>
            </tr>
          ))}
        </Table>
      ) : (
        <Table
          label={c.parts[part]}
          stack
          head={[
            { text: c.sender },
            { text: c.target },
            ...(part === "outbox" ? [] : [{ text: c.reason }, { text: c.attempts, number: true }, { text: c.at }]),
          ]}
        >
          {rows.map((row) => (
            <tr key={nameOf(row)}>
              <td class="whole">{picked(row)}</td>
              <td class="whole">
                {row.target}.{row.action}
              </td>
              {row.failure && (
                <>
                  <td class="whole">
                    {row.failure.code} {row.failure.name}
                    <small class="block">{row.failure.message}</small>
                    <small class="block">{t.execution[row.failure.execution]}</small>
                  </td>
                  <td class="number left" data-label={c.attempts}>
                    {count(row.attempts ?? 0)}
                  </td>
                  <td class="faint right">
                    <When at={row.at} />
                  </td>
                </>
              )}
            </tr>
          ))}
        </Table>
      )}
      {asked && (
        <Confirm
          title={c.ask(c.operations[asked.operation] ?? "", asked.touched.length)}
          text={c.confirm[`${asked.operation} ${part}`] ?? ""}
          yes={c.operations[asked.operation] ?? ""}
          no={c.keep}
          danger={asked.operation !== "retry"}
          onYes={() => carryOut(asked.operation, asked.touched)}
          onClose={() => setAsked(undefined)}
        >
          <ul class="touched" tabIndex={0} aria-label={c.chosen(asked.touched.length)}>
            {asked.touched.map((row) => (
              <li key={nameOf(row)}>
                {nameOf(row)}
                <small class="block">{row.target === undefined ? c.runs(row.action) : `${row.target}.${row.action}`}</small>
              </li>
            ))}
          </ul>
          {asked.gone > 0 && <p class="notice warn">{c.goneBefore(asked.gone)}</p>}
        </Confirm>
      )}
    </div>
  );
}

function When({ at }: { at: string | undefined }) {
  return at === undefined ? null : <time dateTime={at}>{time(at)}</time>;
}

/** What one actor has yet to send and to do, and what it remembers; only what there is of it. */
export function ActorAgendaCard(props: { system: string; type: string; name: string; operator: boolean }) {
  const { system, type, name, operator } = props;
  const agenda = useLoaded<ActorAgenda>(
    ["agenda", system, type, name].join("\n"),
    (signal) => get("agenda/actor", { system, type, name }, signal),
    5000,
  );
  // nodes of an older version do not offer it
  if (agenda.error instanceof ApiError && agenda.error.status === 404) return null;
  return (
    <Card title={c.ofActor}>
      <Show of={agenda} lines={3}>
        {(all) => {
          const parts = (["dead-letters", "outbox", "reminders"] as const).filter((part) => all[part].rows.length > 0);
          if (parts.length === 0 && all.replies.rows.length === 0) return <Empty title={c.ofActorNone} hint={c.ofActorNoneHint} />;
          return (
            <>
              {parts.map((part) => (
                <div class="outstanding" key={part}>
                  <h3>{c.parts[part]}</h3>
                  <Outstanding system={system} type={type} part={part} rows={all[part].rows} operator={operator} onDone={agenda.again} />
                  {all[part].next && <p class="hint">{c.more}</p>}
                </div>
              ))}
              {all.replies.rows.length > 0 && <Replies rows={all.replies.rows} />}
            </>
          );
        }}
      </Show>
    </Card>
  );
}

function Replies({ rows }: { rows: ReplyRow[] }) {
  return (
    <div class="outstanding">
      <h3>{c.replies}</h3>
      <p class="hint">{c.repliesHint}</p>
      <Table label={c.replies} stack head={[{ text: c.source }, { text: c.number, number: true }, { text: c.answer }, { text: c.until }]}>
        {rows.map((row) => (
          <tr key={row.source}>
            <td class="whole">{row.source}</td>
            <td class="number left" data-label={c.number}>
              {row.number}
            </td>
            <td class="right">{row.code ?? c.answered}</td>
            <td class="faint whole">
              <When at={row.until} />
            </td>
          </tr>
        ))}
      </Table>
    </div>
  );
}
