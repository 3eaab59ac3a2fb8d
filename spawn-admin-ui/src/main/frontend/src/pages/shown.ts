import type { Shown } from "../api";
import { json } from "../format";
import { t } from "../texts";

const c = t.actor;

/** A state or an answer as text, whether or not it is known what it is. */
export function textOf(shown: Shown | null | undefined): string {
  if (!shown) return "";
  if (shown.hidden) return c.stateHidden;
  if ("json" in shown) return json(shown.json);
  return `${c.binary(shown.type ?? "", shown.size ?? 0)}\n${(shown.hex ?? "").replace(/(.{2})/g, "$1 ").trim()}`;
}
