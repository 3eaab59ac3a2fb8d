// node --test

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  ActorId,
  ActorInvocation,
  ActorInvocationResponse,
  FixedTimerAction,
  InvocationRequest,
  InvocationResponse,
  JSONType,
  Kind,
  RegistrationRequest,
  Status,
  TimeoutStrategy,
  fromAny,
  toAny,
} from './protocol.js';

const hex = (digits) => Buffer.from(digits, 'hex');

// What protobuf's own code generator for Java writes.
const samples = JSON.parse(readFileSync(new URL('../wire-samples.json', import.meta.url)), (key, value) =>
  key === '' ? value : hex(value),
);

const alice = { name: 'alice', system: 'shop', parent: 'account' };

const registration = {
  serviceInfo: { serviceName: 'bank', serviceVersion: '1.2', protocolMajorVersion: 1, protocolMinorVersion: 1 },
  actorSystem: {
    name: 'shop',
    registry: {
      actors: {
        account: {
          id: { name: 'account', system: 'shop' },
          state: { tags: { branch: 'south' }, state: toAny({ balance: 0 }) },
          settings: { kind: Kind.UNNAMED, stateful: true, deactivationStrategy: { timeout: { timeout: 60_000 } } },
          actions: [{ name: 'deposit' }, { name: 'withdraw' }],
          timerActions: [{ seconds: 1_000, action: { name: 'close' } }],
          metadata: { channelGroup: [{ topic: 'rates', action: 'rate' }] },
        },
      },
    },
  },
};

const request = {
  system: { name: 'shop' },
  actor: { id: alice },
  actionName: 'deposit',
  value: toAny({ amount: 5, for: 'Käse' }),
  async: true,
  caller: { name: 'joe' },
  metadata: { 'request-timeout': '5000' },
  registerRef: 'account',
};

const answer = {
  actorName: 'alice',
  actorSystem: 'shop',
  updatedContext: { state: toAny({ balance: 12 }) },
  value: toAny(12),
  workflow: {
    effects: [{ request }, { request }],
    broadcast: { channelGroup: 'rates', value: toAny([1, 2]) },
    forward: { actor: 'alice', actionName: 'render', registerRef: 'printer' },
  },
};

const messages = {
  registration: [RegistrationRequest, registration],
  request: [InvocationRequest, request],
  answer: [ActorInvocationResponse, answer],
  refusal: [InvocationResponse, { status: { status: Status.ERROR, message: 'only 5 € left' } }],
  numbers: [FixedTimerAction, { seconds: -300, action: {} }],
  bigNumber: [TimeoutStrategy, { timeout: 2 ** 40 }],
};

for (const [name, [type, object]] of Object.entries(messages)) {
  test(`writes and reads the same as others: ${name}`, () => {
    assert.deepEqual(type.encode(object), samples[name]);
    assert.deepEqual(type.encode(type.decode(samples[name])), samples[name]);
  });
}

test('reads a message with all its fields, and skips what it does not know', () => {
  const { actor, actionName, currentContext, value, caller } = ActorInvocation.decode(samples.invocation);
  assert.deepEqual(actor, alice);
  assert.equal(actionName, 'deposit');
  assert.deepEqual(fromAny(currentContext.state), { balance: 7 });
  assert.deepEqual(currentContext.self, alice);
  assert.deepEqual({ ...currentContext.metadata }, { trace: 'a1' });
  assert.deepEqual({ ...currentContext.tags }, { branch: 'Zürich' });
  assert.equal(value, undefined); // the sample has a Noop
  assert.deepEqual(caller, { name: '', system: '', parent: '' });
  assert.equal(ActorId.decode(hex('7901020304050607087d010203040a0161')).name, 'a');
});

test('refuses what is no message', () => {
  const cutOff = [1, 2, 7, 100].map((length) => samples.request.subarray(0, length));
  const [endlessNumber, wrongType, group, noText] = ['08' + 'ff'.repeat(11), '0801', '0b0c', '0a01ff'].map(hex);
  for (const data of [...cutOff, endlessNumber, wrongType, group, noText]) {
    assert.throws(() => ActorId.decode(data), Error, data.toString('hex'));
  }
});

test('JSON', () => {
  assert.equal(toAny(undefined), undefined);
  assert.equal(fromAny(undefined), undefined);
  assert.equal(fromAny({ typeUrl: 'type.googleapis.com/spawn.Noop', value: hex('') }), undefined);
  assert.equal(fromAny({ ...toAny(1), value: hex('') }), undefined);
  for (const value of [0, '', null, [], { a: ['ü', 1.5, false] }]) {
    assert.deepEqual(fromAny(toAny(value)), value);
  }
  const olderName = 'type.googleapis.com/eigr.functions.protocol.JSONType';
  assert.deepEqual(fromAny({ typeUrl: olderName, value: JSONType.encode({ content: '[1]' }) }), [1]);
  assert.throws(() => fromAny({ typeUrl: 'type.googleapis.com/shop.Order', value: hex('') }), TypeError);
});
