import { createAssets } from "../../_kit/assets.mjs";
import { readColor, readInteger, readText } from "../../_kit/config.mjs";
import { openDatabase } from "../../_kit/database.mjs";
import { startServer } from "../../_kit/http.mjs";
import { createEntries, schema } from "./src/entries.mjs";
import { createRoutes } from "./src/routes.mjs";
import { createViews } from "./src/views.mjs";

const config = {
  title: readText("APP_TITLE", "Guestbook"),
  greeting: readText("APP_GREETING", "Leave a note for the team."),
  environment: readText("ENVIRONMENT_NAME", "local"),
  size: readText("APP_SIZE", "unknown"),
  accent: readColor("APP_ACCENT", "#2340e0"),
  databaseUrl: readText("DATABASE_URL", ""),
  port: readInteger("PORT", 8080, 0, 65_535),
};

const database = openDatabase({ url: config.databaseUrl, schema, lockKey: 71_001 });
const assets = createAssets({ accent: config.accent });
const views = createViews({ config, assets, database });

startServer({
  port: config.port,
  routes: createRoutes({ entries: createEntries(database), views, database, assets }),
  renderError: views.error,
  onStop: () => database.close(),
});
