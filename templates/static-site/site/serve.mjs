import { readInteger } from "../../_kit/config.mjs";
import { json, startServer } from "../../_kit/http.mjs";
import { renderSite } from "./src/site.mjs";

/** Serves the site itself, for clouds that run containers and have no static server of their own. */
const types = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  woff2: "font/woff2",
};
const files = renderSite(process.env);

function routeOf([name, content]) {
  const headers = { "content-type": types[name.split(".").at(-1)], "cache-control": "max-age=60" };
  return [`GET /${name === "index.html" ? "" : name}`, () => ({ status: 200, body: content, headers })];
}

startServer({
  port: readInteger("PORT", 8080, 0, 65_535),
  routes: {
    ...Object.fromEntries(Object.entries(files).map(routeOf)),
    "GET /healthz": () => json({ status: "ok" }),
  },
  renderError: () => files["404.html"],
});
