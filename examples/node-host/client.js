/**
 * Calls an actor through the proxy:
 *
 *     node client.js room/garden join '{"who": "ann"}'
 *     node client.js archive find '{"text": "hello"}'
 */

import { Proxy, ref } from './spawn.js';

const [actor, action, payload] = process.argv.slice(2);
if (action === undefined) {
  console.error('node client.js ACTOR[/INSTANCE] ACTION [JSON]');
  process.exit(2);
}
try {
  const answer = await new Proxy().invoke(ref(...actor.split('/', 2)), action, payload && JSON.parse(payload));
  console.log(JSON.stringify(answer ?? null));
} catch (e) {
  console.error(`${actor} ${action}: ${e.cause ?? e.message}`);
  process.exitCode = 1;
}
