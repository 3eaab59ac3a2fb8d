/** What the console's server tells, and how it is asked. */

export interface Me {
  name: string;
  role: string | null;
  roles: Record<string, string>;
  /** Whether there is a page for them. */
  deployments: boolean;
  csrfHeader: string;
  csrfToken: string;
}

export interface NodeInfo {
  address: string;
  name: string;
  status: string;
  alive: boolean;
  error: string | null;
  incarnation?: number | null;
  cordoned?: boolean;
  version?: string;
  activations?: number | null;
}

export interface TypeInfo {
  name: string;
  kind: string;
  stateful: boolean;
  history: number;
  activations: number;
  quarantined: number;
  nodes: number;
}

export interface SystemInfo {
  name: string;
  store?: string;
  nodes: NodeInfo[];
  types: TypeInfo[];
}

export interface Row {
  name: string;
  /** Not known of what is paused or quarantined, unless its stored state was asked for. */
  revision?: number;
  tags: Record<string, string>;
  phase: string;
  why?: string;
  node?: string;
  mailbox?: number;
  erased?: boolean;
}

export interface Page {
  actors: Row[];
  next: string | null;
}

export interface Shown {
  type?: string;
  json?: unknown;
  hex?: string;
  size?: number;
  hidden?: boolean;
  unreadable?: string;
}

export interface ActorInfo {
  system: string;
  type: string;
  name: string;
  owner: string | null;
  ownerError?: string;
  phase: string;
  why?: string;
  mailbox?: number;
  idleMillis?: number;
  unsaved?: boolean;
  unreadable?: string;
  stored: { revision: number; tags: Record<string, string>; state: Shown | null } | null;
}

export interface Revision {
  revision: number;
  tags: Record<string, string>;
  state: Shown | null;
  action: string;
  caller: string | null;
  traceId: string | null;
  at: string;
}

export interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  enum?: string[];
  writeOnly?: boolean;
}

export interface ActionInfo {
  name: string;
  described: boolean;
  payload?: Schema | null;
  required?: boolean;
}

export interface Failure {
  code: string;
  name: string;
  message: string;
  execution: string;
  advice: string;
}

/** A message in the outbox, a dead letter, or a reminder. */
export interface AgendaRow {
  name: string;
  action: string;
  sequence?: number;
  target?: string;
  failure?: Failure;
  attempts?: number;
  at?: string;
  reminder?: string;
  schedule?: string;
  zone?: string;
  catchUp?: string;
  due?: string;
}

export interface AgendaPage {
  rows: AgendaRow[];
  next: string | null;
  total?: number;
}

export interface AgendaOutcome {
  rows: AgendaRow[];
  gone: number;
  failed?: number;
  failure: Failure | null;
}

export interface ReplyRow {
  source: string;
  number: number;
  code: string | null;
  until: string;
}

export interface ActorAgenda {
  outbox: AgendaPage;
  "dead-letters": AgendaPage;
  reminders: AgendaPage;
  replies: { rows: ReplyRow[] };
}

export interface Outcome {
  done?: boolean;
  ok?: boolean;
  answer?: Shown | null;
  failure?: Failure;
}

export interface MeshInfo {
  nodes: NodeInfo[];
  mesh: {
    view: number;
    /** Its incarnation; nodes of an older version do not say. */
    leader?: number | null;
    members: { name: string; incarnation: number; address: string; version: string }[];
    shards: Record<string, number[]>;
  } | null;
  here: Record<string, Record<string, { open: number; opening: number }>>;
  views: { number: number; at: string; members: string[]; leader: string }[];
}

export interface Frame {
  at: number;
  nodes: number;
  view: number;
  calls: number;
  inFlight: number;
  commits: number;
  batch: number;
  commitMillis: number;
  activations: number;
  quarantined: number;
  failures: Record<string, number>;
  p50: number;
  p95: number;
  p99: number;
}

export interface Calls {
  calls: {
    from: string;
    type: string;
    action: string;
    calls: number;
    failures: number;
    meanMillis: number;
    mostMillis: number;
  }[];
  hottest: { actor: string; calls: number }[];
  /** The slowest calls that were followed, the slowest first. */
  chains: Step[];
}

/** One part of a call's way: the call as its caller saw it, or the turn that it was to an actor. */
export interface Step {
  chain: string;
  step: string;
  parent: string | null;
  kind: "call" | "turn";
  actor: string;
  action: string;
  caller: string | null;
  /** By the clock of its node, since 1970. */
  atMicros: number;
  micros: number;
  code: string | null;
  node?: string;
}

export interface Chain {
  name: string;
  steps: Step[];
}

export interface AuditEntry {
  number: number;
  at: string;
  user?: string;
  system?: string;
  what?: string;
  target?: string;
  detail?: string;
  of?: number;
  outcome?: string;
}

export interface AuditInfo {
  entries: AuditEntry[];
  lastHash: string;
  brokenAt: number | null;
}

/** A resource that tells Kubernetes what shall run. */
export interface DeploymentRow {
  namespace: string;
  name: string;
  system: string;
  role: string;
  created: string;
  going: boolean;
  ready?: string;
  reason?: string;
  message?: string;
  replicas?: number;
  readyReplicas?: number;
}

export interface DeploymentsInfo {
  kinds: { kind: string; rows: DeploymentRow[]; error: string | null }[];
  namespace: string;
}

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: unknown;
}

export interface DeploymentInfo extends DeploymentRow {
  /** Of what is edited; only for those who may. */
  version?: string;
  uid: string;
  conditions: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[];
  pods: { name: string; phase: string; startedAt?: string; restarts: number; ready: boolean; why: string }[];
  events: { type: string; reason: string; message: string; on: string; count: number; at: string }[];
  eventsError?: string;
  manifest: Manifest;
  yaml: string;
}

/** What is wrong with one field. */
export interface Cause {
  field: string;
  message: string;
}

/** A request that was refused or failed; its message is for the reader. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly causes: Cause[] = [],
  ) {
    super(message);
  }
}

let csrf: { header: string; token: string } | undefined;

async function answered<T>(response: Response): Promise<T> {
  const text = await response.text();
  let body: unknown;
  try {
    body = text === "" ? {} : JSON.parse(text);
  } catch {
    body = {};
  }
  if (!response.ok) {
    const { error, causes } = body as { error?: string; causes?: Cause[] };
    throw new ApiError(response.status, error ?? `${response.status} ${response.statusText}`, causes);
  }
  return body as T;
}

type Query = Record<string, string | number | boolean | undefined>;

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const used = Object.entries(query).filter((pair) => pair[1] !== undefined && pair[1] !== "");
  const search = new URLSearchParams(used.map(([key, value]) => [key, String(value)])).toString();
  return answered<T>(
    await fetch(`api/${path}${search ? `?${search}` : ""}`, { signal, headers: { Accept: "application/json" } }),
  );
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  const headers: Record<string, string> = { "Content-Type": "application/json", Accept: "application/json" };
  if (csrf) headers[csrf.header] = csrf.token;
  return answered<T>(await fetch(`api/${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

export async function me(): Promise<Me> {
  const who = await get<Me>("me");
  csrf = { header: who.csrfHeader, token: who.csrfToken };
  return who;
}

const RANK = ["VIEWER", "OPERATOR", "ADMIN"];

export function may(who: Me, system: string, least: string): boolean {
  const role = who.roles[system] ?? who.role ?? "";
  return RANK.indexOf(role) >= RANK.indexOf(least);
}
