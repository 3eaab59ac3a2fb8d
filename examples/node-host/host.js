/** Chat rooms: run it beside a proxy, then call it with client.js. */

import { Host, Proxy, Reply, ref } from './spawn.js';

/** One actor for each room that is used. */
const room = {
  kind: 'UNNAMED',
  state: { members: [], messages: [] },
  actions: {
    join: async ({ self, payload: { who }, state, ask }) => {
      const visits = await ask(ref('visitor', who), 'enter', { room: self.name });
      const members = [...new Set([...state.members, who])];
      return new Reply({ value: { members, visits }, state: { ...state, members } });
    },

    say: ({ self, payload, state }) => {
      if (!state.members.includes(payload.who)) throw new Error(`${payload.who} is not in ${self.name}`);
      return new Reply({
        value: { messages: state.messages.length + 1 },
        state: { ...state, messages: [...state.messages, payload] },
        broadcast: { channel: 'chat', payload: { room: self.name, ...payload } },
      });
    },

    // The archive answers instead of the room, given what the room was given.
    search: () => new Reply({ forward: { to: ref('archive'), action: 'find' } }),
  },
};

/** Who was where: the proxy answers `get` with the state, the host is not asked. */
const visitor = {
  kind: 'UNNAMED',
  state: { visits: 0, rooms: [] },
  actions: {
    enter: ({ payload: { room }, state }) => {
      const next = { visits: state.visits + 1, rooms: [...new Set([...state.rooms, room])] };
      return new Reply({ value: next.visits, state: next });
    },
  },
};

/** Hears what is said in any room. */
const archive = {
  state: { lines: [] },
  channels: { chat: 'keep' },
  actions: {
    keep: ({ payload: { room, who, text }, state }) => {
      const line = `${room}: ${who} said ${text}`;
      console.log(`archive: ${line}`);
      return new Reply({ state: { lines: [...state.lines, line] } });
    },

    find: ({ payload: { text }, state }) => state.lines.filter((line) => line.includes(text)),
  },
};

await new Host(new Proxy(), { room, visitor, archive }).run();
