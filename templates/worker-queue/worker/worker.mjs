import { instanceName, readInteger, readText } from "../../_kit/config.mjs";
import { listen, openDatabase } from "../../_kit/database.mjs";
import { json, startServer } from "../../_kit/http.mjs";
import { channel, schema, schemaLockKey } from "../api/src/schema.mjs";
import { createQueue } from "./src/queue.mjs";
import { startWorking } from "./src/work.mjs";

const url = readText("DATABASE_URL", "");
const slots = readInteger("WORKER_SLOTS", 2, 1, 32);
const database = openDatabase({ url, schema, lockKey: schemaLockKey, poolSize: 4 });
const queue = createQueue({ database, name: `${instanceName}/${process.pid}` });
const work = startWorking({ queue, slots });
const subscription = listen({ url, channel, onNotification: work.wake });

startServer({
  port: readInteger("PORT", 8081, 0, 65_535),
  routes: {
    "GET /healthz": async () => {
      const ready = await database.check();
      const status = ready ? "ok" : "database unavailable";
      return json({ status, running: work.running() }, ready ? 200 : 503);
    },
  },
  onStop: async () => {
    await work.stop();
    await subscription.close();
    await database.close();
  },
});
