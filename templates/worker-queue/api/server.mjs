import { createAssets } from "../../_kit/assets.mjs";
import { readColor, readInteger, readText } from "../../_kit/config.mjs";
import { openDatabase } from "../../_kit/database.mjs";
import { startServer } from "../../_kit/http.mjs";
import { createJobs } from "./src/jobs.mjs";
import { createRoutes } from "./src/routes.mjs";
import { schema, schemaLockKey } from "./src/schema.mjs";
import { boardStyle, createViews } from "./src/views.mjs";

const config = {
  title: readText("APP_TITLE", "Job queue"),
  environment: readText("ENVIRONMENT_NAME", "local"),
  databaseUrl: readText("DATABASE_URL", ""),
  attemptsAllowed: readInteger("JOB_ATTEMPTS", 3, 1, 20),
  port: readInteger("PORT", 8080, 0, 65_535),
};

const database = openDatabase({ url: config.databaseUrl, schema, lockKey: schemaLockKey });
const assets = createAssets({ accent: readColor("APP_ACCENT", "#6d3bd1"), extra: boardStyle });
const views = createViews({ config, assets, database });
const jobs = createJobs({ database, attemptsAllowed: config.attemptsAllowed });

startServer({
  port: config.port,
  routes: createRoutes({ jobs, views, database, assets }),
  renderError: views.error,
  onStop: () => database.close(),
});
