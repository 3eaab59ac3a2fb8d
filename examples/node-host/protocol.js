/**
 * The messages of the Spawn protocol that a host needs, and how they become bytes.
 *
 * A message is a plain object; a `Message` says which fields it may have, each with its number on the wire:
 *
 *     const ActorId = new Message({ name: text(1), system: text(2), parent: text(3) });
 *     ActorId.decode(ActorId.encode({ name: 'joe' }))   // { name: 'joe', system: '', parent: '' }
 *
 * A decoded message has all its fields: a message that is absent is undefined, everything else has its default.
 */

// ---- kinds of fields ----

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** How one value is written, how it is read, and what stands for its absence. */
const NUMBER = {
  wireType: VARINT,
  empty: 0,
  write: (value) => varint(BigInt(value)),
  read: (value) => Number(BigInt.asIntN(64, value)),
};
const TRUTH = { wireType: VARINT, empty: false, write: (value) => varint(value ? 1n : 0n), read: (value) => value !== 0n };
const TEXT = {
  wireType: BYTES,
  empty: '',
  write: (value) => Buffer.from(value),
  read: (value) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value),
};
const DATA = { wireType: BYTES, empty: Buffer.alloc(0), write: (value) => value, read: (value) => value };

const field = (number, kind, shape = 'one') => ({ number, kind, shape });

const int = (number) => field(number, NUMBER);
const bool = (number) => field(number, TRUTH);
const text = (number) => field(number, TEXT);
const bytes = (number) => field(number, DATA);
const message = (number, type) => field(number, type);
const list = (number, type) => field(number, type, 'list');
/** A map is a list of such messages. */
const map = (number, type = TEXT) => field(number, new Message({ key: text(1), value: field(2, type) }), 'map');

// ---- messages and bytes ----

/** A kind of message; as a kind of field it is one that is undefined when absent. */
export class Message {
  wireType = BYTES;
  empty = undefined;
  #fields;

  constructor(fields) {
    // In the order of their numbers, which is the order on the wire.
    this.#fields = Object.entries(fields)
      .map(([name, each]) => ({ name, ...each }))
      .sort((a, b) => a.number - b.number);
  }

  encode(object) {
    const parts = [];
    for (const { name, number, kind, shape } of this.#fields) {
      for (const value of occurrences(object[name], kind, shape)) {
        const data = kind.write(value);
        parts.push(varint(BigInt((number << 3) | kind.wireType)));
        if (kind.wireType === BYTES) parts.push(varint(BigInt(data.length)));
        parts.push(data);
      }
    }
    return Buffer.concat(parts);
  }

  /** Unknown fields are skipped; throws a RangeError or TypeError if the bytes are no such message. */
  decode(data) {
    const object = this.#blank();
    const reader = new Reader(data);
    while (reader.hasMore()) {
      const tag = Number(reader.varint());
      const value = reader.value(tag & 7);
      const known = this.#fields.find(({ number }) => number === tag >>> 3);
      if (!known) continue;
      const { name, kind, shape } = known;
      if (kind.wireType !== (tag & 7)) throw new RangeError(`${name} has the wire type ${tag & 7}`);
      const read = kind.read(value);
      if (shape === 'list') object[name].push(read);
      else if (shape === 'map') object[name][read.key] = read.value;
      else object[name] = read;
    }
    return object;
  }

  write(object) {
    return this.encode(object);
  }

  read(data) {
    return this.decode(data);
  }

  #blank() {
    // A map has no prototype: its keys come from others, and may be any text.
    const blank = ({ kind, shape }) => (shape === 'list' ? [] : shape === 'map' ? Object.create(null) : kind.empty);
    return Object.fromEntries(this.#fields.map((each) => [each.name, blank(each)]));
  }
}

function occurrences(value, kind, shape) {
  if (value === undefined || value === null) return [];
  if (shape === 'list') return value;
  if (shape === 'map') return Object.entries(value).map(([key, value]) => ({ key, value }));
  return value === kind.empty || value.length === 0 ? [] : [value]; // a default is not written
}

function varint(value) {
  const digits = [];
  let rest = BigInt.asUintN(64, value); // a negative number is its complement in 64 bits
  for (; rest > 0x7fn; rest >>= 7n) digits.push(Number(rest & 0x7fn) | 0x80);
  digits.push(Number(rest));
  return Buffer.from(digits);
}

class Reader {
  #data;
  #at = 0;

  constructor(data) {
    this.#data = data;
  }

  hasMore() {
    return this.#at < this.#data.length;
  }

  varint() {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (!this.hasMore()) throw new RangeError('The message is cut off');
      const digit = this.#data[this.#at++];
      value |= BigInt(digit & 0x7f) << shift;
      if (digit < 0x80) return value;
    }
    throw new RangeError('A number has no end');
  }

  value(wireType) {
    if (wireType === VARINT) return this.varint();
    if (wireType === BYTES) return this.#take(Number(this.varint()));
    if (wireType === FIXED64) return this.#take(8);
    if (wireType === FIXED32) return this.#take(4);
    throw new RangeError(`Unknown wire type ${wireType}`);
  }

  #take(length) {
    if (length > this.#data.length - this.#at) throw new RangeError('The message is cut off');
    return this.#data.subarray(this.#at, (this.#at += length));
  }
}

// ---- the messages ----

/** Bytes, and the name of the message they are. */
export const Any = new Message({ typeUrl: text(1), value: bytes(2) });
export const JSONType = new Message({ content: text(1) });
export const Noop = new Message({});

/** `parent`: the definition this actor is an instance of; empty if it has its own. */
export const ActorId = new Message({ name: text(1), system: text(2), parent: text(3) });
export const ActorState = new Message({ tags: map(1), state: message(2, Any) });

export const Kind = { NAMED: 1, UNNAMED: 2, POOLED: 3 };
/** In milliseconds. */
export const TimeoutStrategy = new Message({ timeout: int(1) });
export const Strategy = new Message({ timeout: message(1, TimeoutStrategy) });
export const ActorSettings = new Message({
  kind: int(1),
  stateful: bool(2),
  snapshotStrategy: message(3, Strategy),
  deactivationStrategy: message(4, Strategy),
});
export const Action = new Message({ name: text(1) });
/** `seconds` are milliseconds, in spite of the name. */
export const FixedTimerAction = new Message({ seconds: int(1), action: message(2, Action) });
export const Channel = new Message({ topic: text(1), action: text(2) });
export const Metadata = new Message({ channelGroup: list(1, Channel) });
export const Actor = new Message({
  id: message(1, ActorId),
  state: message(2, ActorState),
  settings: message(3, ActorSettings),
  actions: list(4, Action),
  timerActions: list(5, FixedTimerAction),
  metadata: message(6, Metadata),
});
export const Registry = new Message({ actors: map(1, Actor) });
export const ActorSystem = new Message({ name: text(1), registry: message(2, Registry) });

export const ServiceInfo = new Message({
  serviceName: text(1),
  serviceVersion: text(2),
  serviceRuntime: text(3),
  protocolMajorVersion: int(6),
  protocolMinorVersion: int(7),
});
export const RegistrationRequest = new Message({
  serviceInfo: message(1, ServiceInfo),
  actorSystem: message(2, ActorSystem),
});
export const Status = { UNKNOWN: 0, OK: 1, ACTOR_NOT_FOUND: 2, ERROR: 3 };
export const RequestStatus = new Message({ status: int(1), message: text(2) });
export const RegistrationResponse = new Message({ status: message(1, RequestStatus) });

/** `registerRef`: the definition to spawn the actor from, if there is no such actor yet. */
export const InvocationRequest = new Message({
  system: message(1, ActorSystem),
  actor: message(2, Actor),
  actionName: text(3),
  value: message(4, Any),
  async: bool(5),
  caller: message(6, ActorId),
  metadata: map(8),
  registerRef: text(11),
});
export const InvocationResponse = new Message({ status: message(1, RequestStatus), value: message(4, Any) });

export const Context = new Message({
  state: message(1, Any),
  caller: message(2, ActorId),
  self: message(3, ActorId),
  metadata: map(4),
  tags: map(5),
});
export const ActorInvocation = new Message({
  actor: message(1, ActorId),
  actionName: text(2),
  currentContext: message(3, Context),
  value: message(4, Any),
  caller: message(6, ActorId),
});
export const SideEffect = new Message({ request: message(1, InvocationRequest) });
export const Broadcast = new Message({ channelGroup: text(1), value: message(3, Any) });
/** A Pipe or a Forward: who answers instead. */
export const Route = new Message({ actor: text(1), actionName: text(2), registerRef: text(3) });
export const Workflow = new Message({
  effects: list(1, SideEffect),
  broadcast: message(2, Broadcast),
  pipe: message(3, Route),
  forward: message(4, Route),
});
export const ActorInvocationResponse = new Message({
  actorName: text(1),
  actorSystem: text(2),
  updatedContext: message(3, Context),
  value: message(4, Any),
  workflow: message(5, Workflow),
  noop: message(6, Noop),
});

// ---- JSON in an Any ----

const JSON_TYPES = [
  'type.googleapis.com/spawn.JSONType',
  'type.googleapis.com/eigr.functions.protocol.JSONType',
];

/** Undefined is no message at all. */
export function toAny(value) {
  if (value === undefined) return undefined;
  return { typeUrl: JSON_TYPES[0], value: JSONType.encode({ content: JSON.stringify(value) }) };
}

export function fromAny(any) {
  if (any === undefined || any.typeUrl.endsWith('.Noop')) return undefined;
  if (!JSON_TYPES.includes(any.typeUrl)) throw new TypeError(`${any.typeUrl} is not JSON`);
  const { content } = JSONType.decode(any.value);
  return content === '' ? undefined : JSON.parse(content);
}
