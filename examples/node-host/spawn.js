/** A host of actors, in plain Node: it serves their actions to a proxy, and calls any actor through the proxy. */

import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ActorInvocation,
  ActorInvocationResponse,
  InvocationRequest,
  InvocationResponse,
  Kind,
  RegistrationRequest,
  RegistrationResponse,
  Status,
  fromAny,
  toAny,
} from './protocol.js';

const { env } = process;

// ---- who is called, and what an action answers ----

/** An actor: the only one of its definition, or the instance of that name. */
export const ref = (definition, instance) => ({
  name: instance ?? definition,
  spawnedFrom: instance === undefined ? '' : definition,
});

/**
 * What an action answers and decides, as one value. It takes effect together, or not at all.
 *
 * - `value`: the answer
 * - `state`: the next state; if it is absent, the state does not change
 * - `effects`: messages `{ to, action, payload }`, sent once the state is durable
 * - `broadcast`: `{ channel, payload }`, sent to all who listen there
 * - `pipe`: `{ to, action }`, who answers instead, given this value
 * - `forward`: `{ to, action }`, who answers instead, given what this action was given
 */
export class Reply {
  constructor(parts) {
    Object.assign(this, parts);
  }
}

/** The proxy's reason why there is no answer. */
export class InvocationFailed extends Error {}

// ---- the proxy ----

/** The way to the mesh. */
export class Proxy {
  #address;
  #timeout;

  constructor({
    system = env.PROXY_ACTOR_SYSTEM_NAME ?? 'spawn-system',
    host = env.PROXY_HTTP_HOST ?? '127.0.0.1',
    port = env.PROXY_HTTP_PORT ?? 9001,
    timeout = 30_000,
  } = {}) {
    this.system = system;
    this.#address = `http://${host}:${port}`;
    this.#timeout = timeout;
  }

  async register(actors) {
    const request = {
      serviceInfo: {
        serviceName: 'node-host',
        serviceVersion: '0.1.0',
        serviceRuntime: `Node ${process.version}`,
        protocolMajorVersion: 1,
        protocolMinorVersion: 1,
      },
      actorSystem: { name: this.system, registry: { actors } },
    };
    await this.#post('/api/v1/system', RegistrationRequest.encode(request), RegistrationResponse);
  }

  /** Runs an action and waits for its answer. */
  async invoke(actor, action, payload, caller) {
    const request = {
      ...this.request({ to: actor, action, payload }),
      caller,
      metadata: { 'request-timeout': String(this.#timeout) },
    };
    const path = `/api/v1/system/${encodeURIComponent(this.system)}/actors/${encodeURIComponent(actor.name)}/invoke`;
    return fromAny((await this.#post(path, InvocationRequest.encode(request), InvocationResponse)).value);
  }

  request({ to, action, payload }) {
    return {
      system: { name: this.system },
      actor: { id: { name: to.name, system: this.system, parent: to.spawnedFrom } },
      actionName: action,
      value: toAny(payload),
      registerRef: to.spawnedFrom,
    };
  }

  toString() {
    return `the proxy at ${new URL(this.#address).host}`;
  }

  async #post(path, body, Answer) {
    const response = await fetch(this.#address + path, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body,
      // A little longer than the proxy waits, whose answer says more than a timeout here.
      signal: AbortSignal.timeout(this.#timeout + 5_000),
    });
    const answer = Answer.decode(Buffer.from(await response.arrayBuffer()));
    if (answer.status?.status !== Status.OK) {
      throw new InvocationFailed(answer.status?.message || `HTTP ${response.status} without a reason`);
    }
    return answer;
  }
}

// ---- the host ----

/**
 * Serves types of actors:
 *
 *     { kind, state, actions: { name: (call) => … }, channels: { topic: action }, timers: { action: milliseconds } }
 *
 * `kind` is 'NAMED' (one actor, the default) or 'UNNAMED' (instances by name); an actor without `state` is stateless.
 * An action is given `{ self, payload, state, caller, ask }` and returns a `Reply`, or just the value to answer, or a
 * promise of either.
 */
export class Host {
  #proxy;
  #actorTypes;
  // The proxy keeps connections open; whoever closes one should not be the side that is about to be called.
  #server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => this.#serve(request, response));

  constructor(proxy, actorTypes) {
    this.#proxy = proxy;
    this.#actorTypes = actorTypes;
  }

  async run() {
    // Serving comes first: the proxy may wake actors before it answers the registration.
    const { USER_FUNCTION_HOST: host = '127.0.0.1', USER_FUNCTION_PORT: port = 8090 } = env;
    await new Promise((resolve, reject) => this.#server.once('error', reject).listen(port, host, resolve));
    const definitions = Object.entries(this.#actorTypes).map(([name, type]) => [name, this.#definition(name, type)]);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#proxy.register(Object.fromEntries(definitions));
        break;
      } catch (e) {
        console.log(`${this.#proxy} is not ready: ${e.cause ?? e}`);
        await delay(Math.min(attempt * 100, 1_000));
      }
    }
    console.log(`Registered ${Object.keys(this.#actorTypes).join(', ')} with ${this.#proxy}`);
  }

  #definition(name, { kind = 'NAMED', state, actions, channels = {}, timers = {} }) {
    return {
      id: { name, system: this.#proxy.system },
      state: { state: toAny(state) },
      settings: {
        kind: Kind[kind],
        stateful: state !== undefined,
        deactivationStrategy: { timeout: { timeout: 60_000 } },
      },
      actions: Object.keys(actions)
        .filter((action) => !(action in timers))
        .map((action) => ({ name: action })),
      timerActions: Object.entries(timers).map(([action, ms]) => ({ seconds: ms, action: { name: action } })),
      metadata: { channelGroup: Object.entries(channels).map(([topic, action]) => ({ topic, action })) },
    };
  }

  async #serve(request, response) {
    const answer = (status, type, body) => {
      response.writeHead(status, { 'content-type': type, 'content-length': body.length }).end(body);
    };
    try {
      const chunks = []; // a body may come in many pieces
      for await (const chunk of request) chunks.push(chunk);
      if (request.method !== 'POST' || request.url !== '/api/v1/actors/actions') {
        answer(404, 'text/plain', Buffer.from('Not found'));
        return;
      }
      const reply = await this.#runAction(ActorInvocation.decode(Buffer.concat(chunks)));
      answer(200, 'application/octet-stream', ActorInvocationResponse.encode(reply));
    } catch (e) {
      // A failed action: it changes nothing, and its caller is told why.
      console.error(e);
      answer(500, 'text/plain; charset=utf-8', Buffer.from(String(e)));
    }
  }

  async #runAction({ actor, actionName, currentContext, value, caller }) {
    const actions = this.#actorTypes[actor.parent || actor.name]?.actions ?? {};
    if (!Object.hasOwn(actions, actionName)) throw new Error(`${actor.name} has no action ${actionName}`);
    const answer = await actions[actionName]({
      self: actor,
      payload: fromAny(value),
      state: fromAny(currentContext?.state),
      caller,
      /** Calls another actor in the name of this one and waits; nobody else is served here meanwhile. */
      ask: (to, action, payload) => this.#proxy.invoke(to, action, payload, actor),
    });
    const reply = answer instanceof Reply ? answer : new Reply({ value: answer });
    const payload = toAny(reply.value);
    return {
      actorName: actor.name,
      actorSystem: actor.system,
      updatedContext: { state: toAny(reply.state) },
      value: payload,
      noop: payload === undefined ? {} : undefined,
      workflow: this.#workflow(reply, actor),
    };
  }

  #workflow({ effects = [], broadcast, pipe, forward }, actor) {
    const route = ({ to, action }) => ({ actor: to.name, actionName: action, registerRef: to.spawnedFrom });
    return {
      effects: effects.map((message) => ({
        request: { ...this.#proxy.request(message), async: true, caller: actor },
      })),
      broadcast: broadcast && { channelGroup: broadcast.channel, value: toAny(broadcast.payload) },
      pipe: pipe && route(pipe),
      forward: forward && route(forward),
    };
  }
}
