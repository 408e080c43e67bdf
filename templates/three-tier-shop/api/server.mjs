import { instanceName, readInteger, readText } from "../../_kit/config.mjs";
import { openDatabase } from "../../_kit/database.mjs";
import { json, startServer } from "../../_kit/http.mjs";
import { createOrders, parseOrder } from "./src/orders.mjs";
import { schema } from "./src/schema.mjs";

const database = openDatabase({
  url: readText("DATABASE_URL", ""),
  schema,
  lockKey: 71_003,
  poolSize: readInteger("DATABASE_CONNECTIONS", 8, 1, 50),
});
const orders = createOrders(database);
/** Which copy answered travels in a header, so that the pages can show it. */
const served = { "x-served-by": instanceName };

startServer({
  port: readInteger("PORT", 8080, 0, 65_535),
  routes: {
    "GET /api/products": async () => json({ products: await orders.products() }, 200, served),
    "GET /api/orders": async () => json(await orders.recent(), 200, served),
    "POST /api/orders": async ({ body }) => json(await orders.place(parseOrder(body)), 201, served),
    "GET /healthz": async () => {
      const ready = await database.check();
      return json({ status: ready ? "ok" : "database unavailable" }, ready ? 200 : 503, served);
    },
  },
  onStop: () => database.close(),
});
