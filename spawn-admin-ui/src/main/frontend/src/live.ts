import { useEffect, useState } from "preact/hooks";
import type { Calls, Frame } from "./api";

const HOUR = 3600;

/** After a refusal, for example because too many watch. */
const AGAIN_MILLIS = 10_000;

/** One stream for the whole page, open while somebody uses it. */
class Live {
  frames: Frame[] = [];
  calls: Calls = { calls: [], hottest: [], chains: [] };
  open = false;
  private source: EventSource | undefined;
  private readonly listeners = new Set<() => void>();
  private closing: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    clearTimeout(this.closing);
    if (!this.source) this.connect();
    return () => {
      this.listeners.delete(listener);
      // a change of page closes and opens within a moment
      if (this.listeners.size === 0) this.closing = setTimeout(() => this.disconnect(), 2000);
    };
  }

  private connect() {
    const source = new EventSource("api/live");
    this.source = source;
    source.addEventListener("open", () => this.changed(true));
    source.addEventListener("error", () => {
      this.changed(false);
      // the browser comes again by itself after a break, not after a refusal
      if (source.readyState === EventSource.CLOSED) this.retry = setTimeout(() => this.connect(), AGAIN_MILLIS);
    });
    source.addEventListener("hour", (event) => {
      const hour = JSON.parse(event.data) as Frame[];
      if (hour.length > this.frames.length) this.frames = hour;
      this.changed(true);
    });
    source.addEventListener("figures", (event) => {
      this.frames = [...this.frames.slice(-HOUR + 1), JSON.parse(event.data) as Frame];
      this.changed(true);
    });
    source.addEventListener("calls", (event) => {
      this.calls = JSON.parse(event.data) as Calls;
    });
  }

  private disconnect() {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = undefined;
    this.open = false;
  }

  private changed(open: boolean) {
    this.open = open;
    this.listeners.forEach((listener) => listener());
  }
}

const GAP_MILLIS = 5000;

/** With a moment without a frame wherever nobody looked for a while, so that no line crosses it. */
export function withGaps(frames: Frame[]): { at: number; frame?: Frame }[] {
  const moments: { at: number; frame?: Frame }[] = [];
  for (const frame of frames) {
    const before = moments.at(-1);
    if (before && frame.at - before.at > GAP_MILLIS) moments.push({ at: before.at + 1000 });
    moments.push({ at: frame.at, frame });
  }
  return moments;
}

const live = new Live();

/** Draws again each second. */
export function useLive(): { frames: Frame[]; latest: Frame | undefined; calls: Calls; open: boolean } {
  const [, draw] = useState(0);
  useEffect(() => live.subscribe(() => draw((n) => n + 1)), []);
  return { frames: live.frames, latest: live.frames.at(-1), calls: live.calls, open: live.open };
}
