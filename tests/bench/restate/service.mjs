/** What Restate runs in the bench, by its own SDK, which wants Node 22 or later. The address to listen on: its port. */
import { RestatePromise, service } from "@restatedev/restate-sdk";
import { serve } from "@restatedev/restate-sdk/node";

const step = (context, index) => context.run(`step-${index}`, () => index);

const bench = service({
  name: "bench",
  handlers: {
    chain: async (context, count) => {
      for (let index = 0; index < count; index += 1) await step(context, index);
      return count;
    },
    fan: async (context, count) => {
      await RestatePromise.all(Array.from({ length: count }, (_, index) => step(context, index)));
      return count;
    },
  },
});

await serve({ services: [bench], port: Number(process.argv[2]) });
