import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useId, useRef, useState } from "preact/hooks";
import { ApiError } from "./api";
import { go } from "./router";
import { t } from "./texts";

export function Link(props: {
  to: string;
  children: ComponentChildren;
  class?: string;
  current?: boolean;
  label?: string;
}) {
  return (
    <a
      href={props.to}
      class={props.class}
      aria-label={props.label}
      aria-current={props.current ? "page" : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(props.to);
      }}
    >
      {props.children}
    </a>
  );
}

export function Card(props: { title?: string; hint?: string; aside?: ComponentChildren; children: ComponentChildren; class?: string }) {
  const id = useId();
  return (
    <section class={`card ${props.class ?? ""}`} aria-labelledby={props.title ? id : undefined}>
      {props.title && (
        <header>
          <h2 id={id}>{props.title}</h2>
          {props.hint && <p class="hint">{props.hint}</p>}
          {props.aside && <div class="aside">{props.aside}</div>}
        </header>
      )}
      {props.children}
    </section>
  );
}

const TONES: Record<string, string> = {
  idle: "good",
  busy: "good",
  ACCEPTING: "good",
  loading: "soft",
  asleep: "soft",
  closed: "soft",
  unknown: "warn",
  paused: "warn",
  CORDONED: "warn",
  LEAVING: "warn",
  DRAINING: "warn",
  JOINING: "warn",
  REJOINING: "warn",
  NEW: "warn",
  late: "bad",
  ready: "good",
  "not-ready": "bad",
  going: "warn",
  quarantined: "bad",
  UNREACHABLE: "bad",
  STOPPED: "bad",
};

export function Badge(props: { of: string }) {
  const words = t.phases[props.of] ?? t.statuses[props.of] ?? props.of;
  return <span class={`badge ${TONES[props.of] ?? "soft"}`}>{words}</span>;
}

export function Tags(props: { tags: Record<string, string> }) {
  const entries = Object.entries(props.tags);
  if (entries.length === 0) return <span class="faint">{t.none}</span>;
  return (
    <span class="tags">
      {entries.map(([key, value]) => (
        <span class="tag" key={key}>
          {key}={value}
        </span>
      ))}
    </span>
  );
}

export function Empty(props: { title: string; hint?: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <svg viewBox="0 0 48 48" width="40" height="40" aria-hidden="true">
        <path d="M24 6 39.500 15v18L24 42 8.500 33V15z" fill="none" stroke="currentColor" stroke-width="2.500" stroke-dasharray="5 4" />
      </svg>
      <p class="title">{props.title}</p>
      {props.hint && <p>{props.hint}</p>}
      {props.children}
    </div>
  );
}

export function Problem(props: { error: unknown; again?: () => void }) {
  const signedOut = props.error instanceof ApiError && props.error.status === 401;
  const words = props.error instanceof Error ? props.error.message : String(props.error);
  return (
    <div class="problem" role="alert">
      <p class="title">{t.failed}</p>
      <p>{signedOut ? t.signedOut : words}</p>
      {signedOut ? (
        <a class="button" href="login">
          {t.logIn}
        </a>
      ) : (
        props.again && (
          <button type="button" onClick={props.again}>
            {t.retry}
          </button>
        )
      )}
    </div>
  );
}

export function Loading(props: { lines?: number }) {
  return (
    <div class="loading" role="status">
      <span class="unseen">{t.loading}</span>
      {Array.from({ length: props.lines ?? 4 }, (_, i) => (
        <div class="bone" key={i} />
      ))}
    </div>
  );
}

export interface Loaded<T> {
  value: T | undefined;
  error: unknown;
  again: () => void;
}

/**
 * Loads when the key changes and, if asked to, again and again while the page is seen. What was
 * loaded before stays until there is something newer, so nothing flickers.
 */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>, everyMillis = 0): Loaded<T> {
  const [state, setState] = useState<{ key: string; value?: T; error?: unknown }>({ key });
  const latest = useRef(load);
  latest.current = load;
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const run = async () => {
      try {
        const value = await latest.current(abort.signal);
        if (!abort.signal.aborted) setState({ key, value });
      } catch (error) {
        if (!abort.signal.aborted) setState((old) => ({ key, value: old.key === key ? old.value : undefined, error }));
      }
      if (everyMillis > 0 && !abort.signal.aborted) timer = setTimeout(tick, everyMillis);
    };
    const tick = () => {
      if (document.hidden) timer = setTimeout(tick, everyMillis);
      else void run();
    };
    void run();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [key, round, everyMillis]);
  const again = useCallback(() => setRound((n) => n + 1), []);
  const mine = state.key === key;
  return { value: mine ? state.value : undefined, error: mine ? state.error : undefined, again };
}

export function Show<T>(props: { of: Loaded<T>; lines?: number; children: (value: T) => ComponentChildren }) {
  const { value, error, again } = props.of;
  if (value !== undefined) {
    return (
      <>
        {error !== undefined && <Problem error={error} again={again} />}
        {props.children(value)}
      </>
    );
  }
  return error !== undefined ? <Problem error={error} again={again} /> : <Loading lines={props.lines} />;
}

// ---- what happened ----

const shout = new Set<(words: string, bad: boolean) => void>();

/** Tells the reader, also one who listens. */
export function tell(words: string, bad = false) {
  shout.forEach((listener) => listener(words, bad));
}

export function Messages() {
  const [message, setMessage] = useState<{ words: string; bad: boolean }>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const listener = (words: string, bad: boolean) => {
      setMessage({ words, bad });
      clearTimeout(timer);
      timer = setTimeout(() => setMessage(undefined), bad ? 12_000 : 5_000);
    };
    shout.add(listener);
    return () => {
      shout.delete(listener);
      clearTimeout(timer);
    };
  }, []);
  return (
    <div class="messages" role="status" aria-live="polite">
      {message && <p class={message.bad ? "bad" : "good"}>{message.words}</p>}
    </div>
  );
}

/** Asks before it is done. The native dialog keeps the focus and closes with Escape. */
export function Confirm(props: {
  title: string;
  text: string;
  yes: string;
  danger?: boolean;
  onYes: () => void;
  onClose: () => void;
  no?: string;
  ready?: boolean;
  children?: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={props.onClose}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          dialog.current?.close();
          props.onYes();
        }}
      >
        <h2 id={id}>{props.title}</h2>
        <p>{props.text}</p>
        {props.children}
        <div class="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            {props.no ?? t.cancel}
          </button>
          <button class={props.danger ? "danger" : "main"} disabled={props.ready === false}>
            {props.yes}
          </button>
        </div>
      </form>
    </dialog>
  );
}

export function Table(props: { label: string; stack?: boolean; head: { text: string; number?: boolean; narrow?: boolean }[]; children: ComponentChildren }) {
  return (
    <div class="scroll" role="region" aria-label={props.label} tabIndex={0}>
      <table class={props.stack ? "stack" : undefined}>
        <thead>
          <tr>
            {props.head.map((column) => (
              <th key={column.text} scope="col" class={column.number ? "number" : undefined}>
                {column.text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}

/** As long as somebody types, nothing is asked. */
const TYPING_MILLIS = 250;

/** What rows are found by; what is typed becomes a part of the address. */
export function FilterField(props: { label: string; hint?: string; value: string; to: (typed: string) => string }) {
  const [typed, setTyped] = useState(props.value);
  useEffect(() => setTyped(props.value), [props.value]);
  const settle = () => go(props.to(typed), true);
  useEffect(() => {
    if (typed === props.value) return;
    const timer = setTimeout(settle, TYPING_MILLIS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <form
      class="grow"
      onSubmit={(event) => {
        event.preventDefault();
        settle();
      }}
    >
      <label>
        <span>{props.label}</span>
        <input type="search" value={typed} placeholder={props.hint} spellcheck={false} autocapitalize="none" onInput={(event) => setTyped(event.currentTarget.value)} />
      </label>
    </form>
  );
}

/** Under a page of rows: how many they are, and where the others are. */
export function Pager(props: { words: string; first: string | undefined; next: string | undefined }) {
  return (
    <div class="pager">
      <span class="hint">{props.words}</span>
      <span class="grow" />
      {props.first && (
        <Link class="button" to={props.first}>
          {t.actors.first}
        </Link>
      )}
      {props.next && (
        <Link class="button" to={props.next}>
          {t.actors.next}
        </Link>
      )}
    </div>
  );
}
