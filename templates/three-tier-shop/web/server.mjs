import { createAssets } from "../../_kit/assets.mjs";
import { readColor, readInteger, readText } from "../../_kit/config.mjs";
import { startServer } from "../../_kit/http.mjs";
import { createApi } from "./src/api.mjs";
import { createRoutes } from "./src/routes.mjs";
import { shopStyle } from "./src/style.mjs";
import { createViews } from "./src/views.mjs";

const config = {
  name: readText("SHOP_NAME", "Fernhill Supply"),
  slogan: readText("SHOP_SLOGAN", "Good things for the desk, made to last."),
  currency: /^[A-Z]{3}$/.test(process.env.SHOP_CURRENCY ?? "") ? process.env.SHOP_CURRENCY : "EUR",
  environment: readText("ENVIRONMENT_NAME", "local"),
};

const api = createApi(readText("API_URL", "http://127.0.0.1:8081"));
const assets = createAssets({ accent: readColor("SHOP_ACCENT", "#0f6b4f"), extra: shopStyle });
const views = createViews({ config, assets });

startServer({
  port: readInteger("PORT", 8080, 0, 65_535),
  routes: createRoutes({ api, views, assets }),
  renderError: views.error,
});
