import type { Step } from "./api";

/** One line of a waterfall: what a caller waited for, and the turn that it waited for. */
export interface Bar {
  key: string;
  actor: string;
  action: string;
  depth: number;
  code: string | null;
  /** What the caller waited; none if nobody did, or it is not known. */
  wait?: Span;
  /** What the action ran; none if it did not, or it is not known. */
  run?: Span & { node?: string };
}

/** In microseconds, the begin since that of the chain. */
export interface Span {
  from: number;
  micros: number;
}

/**
 * The steps as lines, each below the one that caused it, in the order of their begins. Nodes'
 * clocks differ: what cannot be is moved to where it can, with all that it caused.
 */
export function bars(steps: Step[]): { bars: Bar[]; micros: number } {
  const known = new Set(steps.map((step) => step.step));
  const causes = new Map<string, Step[]>();
  for (const step of steps) {
    const cause = step.parent !== null && known.has(step.parent) && step.parent !== step.step ? step.parent : "";
    causes.set(cause, [...(causes.get(cause) ?? []), step]);
  }
  const all: Bar[] = [];
  const done = new Set<string>();
  const after = (step: Step) => (causes.get(step.step) ?? []).filter((next) => !done.has(next.step));
  // `moved`: by how much the clock of the node where it ran is taken to be wrong
  const add = (step: Step, depth: number, moved: number, earliest: number) => {
    if (done.has(step.step)) return;
    done.add(step.step);
    let own = moved;
    const bar: Bar = { key: step.step, actor: step.actor, action: step.action, depth, code: step.code };
    const next: { step: Step; moved: number; earliest: number }[] = [];
    const run = (turn: Step, by: number) => {
      bar.run = { from: turn.atMicros + by, micros: turn.micros, node: turn.node };
      bar.code ??= turn.code;
      after(turn).forEach((caused) => next.push({ step: caused, moved: by, earliest: turn.atMicros + by }));
    };
    if (step.kind === "turn") {
      own += Math.max(0, earliest - (step.atMicros + own));
      run(step, own);
    } else {
      const from = step.atMicros + own;
      bar.wait = { from, micros: step.micros };
      const turn = after(step).find((it) => it.kind === "turn" && it.actor === step.actor && it.action === step.action);
      if (turn) {
        done.add(turn.step);
        run(turn, inside(turn, from, step.micros, own));
      }
      after(step).forEach((caused) => next.push({ step: caused, moved: own, earliest: from }));
    }
    all.push(bar);
    next.sort((a, b) => a.step.atMicros + a.moved - (b.step.atMicros + b.moved));
    next.forEach((each) => add(each.step, depth + 1, each.moved, each.earliest));
  };
  const first = (causes.get("") ?? []).sort((a, b) => a.atMicros - b.atMicros);
  first.forEach((step) => add(step, 0, 0, step.atMicros));
  // a circle of causes has no first; nobody makes one, but nothing may be lost
  steps.forEach((step) => add(step, 0, 0, step.atMicros));
  const spans = all.flatMap((bar) => [bar.wait, bar.run]).filter((span): span is Span => span !== undefined);
  const begin = Math.min(...spans.map((span) => span.from));
  const end = Math.max(...spans.map((span) => span.from + span.micros));
  for (const span of spans) span.from -= begin;
  return { bars: all, micros: spans.length === 0 ? 0 : Math.max(1, end - begin) };
}

/** By how much a turn's clock must be wrong, if the turn ran while its caller waited. */
function inside(turn: Step, from: number, micros: number, callers: number): number {
  const begin = turn.atMicros + callers;
  if (begin >= from && begin + turn.micros <= from + micros) return callers;
  // a tell is answered before its turn ends, or begins
  if (turn.micros > micros) return callers + Math.max(0, from - begin);
  return callers + from + (micros - turn.micros) / 2 - begin;
}
