/**
 * Calls an actor through the proxy:
 *
 *     node client.js room/garden join '{"who": "ann"}'
 *     node client.js archive find '{"text": "hello"}'
 */

import { Proxy, ref } from './spawn.js';

const [actor, action, json] = process.argv.slice(2);
if (action === undefined) {
  console.error('node client.js ACTOR[/INSTANCE] ACTION [JSON]');
  process.exit(2);
}
const [definition, instance] = actor.split(/\/(.*)/s); // at the first slash
try {
  const payload = json ? JSON.parse(json) : undefined;
  const answer = await new Proxy().invoke(ref(definition, instance), action, payload);
  console.log(JSON.stringify(answer ?? null));
} catch (e) {
  console.error(`${actor} ${action}: ${e.cause ?? e.message}`);
  process.exitCode = 1;
}
