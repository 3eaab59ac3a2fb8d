/** The other half of the shop: these actors run in Node, orders in the Spring application. */

import { Host, Proxy, Reply, ref } from '../node-host/spawn.js';

/** Java asks it: see Prices.java. */
const prices = {
  state: { tea: 420, cake: 350 },
  actions: {
    quote: ({ payload: { product, quantity }, state }) => {
      if (!Object.hasOwn(state, product)) throw new Error(`There is no ${product}`);
      return { cents: state[product] * quantity };
    },

    change: ({ payload: { product, cents }, state }) => new Reply({ state: { ...state, [product]: cents } }),
  },
};

/** Asks Java: see Order.java. */
const shopper = {
  kind: 'UNNAMED',
  state: { bought: [] },
  actions: {
    buy: async ({ self, payload: { product }, state, ask }) => {
      const order = await ask(ref('Order', self.name), 'add', { product, quantity: 1 });
      const bought = [...state.bought, product];
      return new Reply({ value: { bought, cents: order.cents }, state: { bought } });
    },
  },
};

await new Host(new Proxy({ system: 'shop' }), { prices, shopper }).run();
