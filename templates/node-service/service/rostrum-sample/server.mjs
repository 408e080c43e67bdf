import { createAssets } from "../../../_kit/assets.mjs";
import { instanceName, readInteger, readText } from "../../../_kit/config.mjs";
import { html } from "../../../_kit/html.mjs";
import { json, page, startServer } from "../../../_kit/http.mjs";
import { errorContent, facts, layout, timeAgo } from "../../../_kit/page.mjs";

const config = {
  message: readText("MESSAGE", "Hello from a Node service."),
  environment: readText("ENVIRONMENT_NAME", "local"),
};
const startedAt = new Date();
let served = 0;

const style = `pre { margin: 0; background: var(--subtle); border-radius: 8px; padding: 12px 14px; overflow-x: auto; font: 12px/1.7 var(--mono); }`;
const assets = createAssets({ accent: "#15803d", extra: style });

function frame(content) {
  const foot = ["Node service", html`JSON at <a href="/api/info">/api/info</a>`];
  return layout({
    assets,
    name: "Sample service",
    title: `Sample service · ${config.environment}`,
    content,
    foot,
  });
}

function readInfo() {
  const memoryMiB = Math.round(process.memoryUsage().rss / 2 ** 20);
  return {
    message: config.message,
    environment: config.environment,
    instance: instanceName,
    memoryMiB,
    served,
  };
}

const ownCode = `{
  "type": "module",
  "scripts": { "start": "node server.js" }
}

// server.js
import { createServer } from "node:http";

createServer((request, response) => {
  response.end("It works.");
}).listen(process.env.PORT);`;

function showHome() {
  served += 1;
  const { memoryMiB, instance } = readInfo();
  return page(
    frame(html`<section class="hero"><div><h1>${config.message}</h1><p>This is the sample app. To run your own code, change the source of the environment to a Git repository or an archive.</p></div></section>
<div class="columns"><div class="stack"><section class="card"><header><h2>Requirements</h2></header><div class="stack"><p>A package.json with a start script, and a server that listens on the port in <code>PORT</code>. A lockfile makes its packages exact.</p><pre tabindex="0" aria-label="Example">${ownCode}</pre></div></section></div>
<aside class="stack"><section class="card"><header><h2>Runtime</h2></header>${facts([
      ["Environment", config.environment],
      ["Instance", html`<code>${instance}</code>`],
      ["Node", process.version.slice(1)],
      ["Memory", `${memoryMiB} MiB`],
      ["Started", timeAgo(startedAt)],
      ["Pages served", served.toLocaleString("en")],
    ])}</section></aside></div>`),
  );
}

startServer({
  port: readInteger("PORT", 8080, 0, 65_535),
  routes: {
    ...assets.routes,
    "GET /": showHome,
    "GET /api/info": () => json(readInfo()),
    "GET /healthz": () => json({ status: "ok" }),
  },
  renderError: (problem) => frame(errorContent(problem)),
});
