import { createServer } from "node:http";
import { DatabaseAway } from "./database-away.mjs";
import { log } from "./log.mjs";

const bodyLimitBytes = 16 * 1024;
const stopWithinMs = 5_000;

/** An answer that is the visitor's to correct. `fields` says which input is wrong and why. */
export class HttpError extends Error {
  constructor(status, message, fields = {}) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

const securityHeaders = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
};

export function page(markup, status = 200, headers = {}) {
  return {
    status,
    body: String(markup),
    headers: { "content-type": "text/html; charset=utf-8", ...headers },
  };
}

export function json(value, status = 200, headers = {}) {
  const type = { "content-type": "application/json; charset=utf-8" };
  return { status, body: `${JSON.stringify(value)}\n`, headers: { ...type, ...headers } };
}

/** After a form: the browser loads the page anew, so that a reload does not send the form twice. */
export function redirect(location, headers = {}) {
  return { status: 303, body: "", headers: { location, ...headers } };
}

/** A file that lives in the program. Its address carries a version, so browsers may keep it. */
export function asset(body, type) {
  return {
    status: 200,
    body,
    headers: { "content-type": type, "cache-control": "public, max-age=31536000, immutable" },
  };
}

async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > bodyLimitBytes) throw new HttpError(413, "Request body too large.");
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  const type = (request.headers["content-type"] ?? "").split(";")[0].trim();
  if (type === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(text));
  if (type !== "application/json") throw new HttpError(415, "Unsupported content type. Send a form or JSON.");
  try {
    const value = JSON.parse(text);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  } catch {
    // Falls through: unreadable text and JSON that is no object get the same answer.
  }
  throw new HttpError(400, "Request body must be a JSON object.");
}

/** "/entries/:id/delete" → a matcher that answers the parameters or null. */
function compilePattern(pattern) {
  const names = [];
  const source = pattern.replace(/:([a-z]+)/gi, (_, name) => {
    names.push(name);
    return "([^/]+)";
  });
  const expression = new RegExp(`^${source}$`);
  return (path) => {
    const match = expression.exec(path);
    return match && Object.fromEntries(names.map((name, index) => [name, match[index + 1]]));
  };
}

function compileRoutes(routes) {
  return Object.entries(routes).map(([key, handler]) => {
    const [method, pattern] = key.split(" ");
    return { method, match: compilePattern(pattern), handler };
  });
}

function findRoute(routes, method, path) {
  const wanted = method === "HEAD" ? "GET" : method;
  const hits = routes.flatMap((route) => {
    const params = route.match(path);
    return params ? [{ ...route, params }] : [];
  });
  const hit = hits.find((route) => route.method === wanted);
  if (hit) return hit;
  if (hits.length > 0) throw new HttpError(405, "Method not allowed.");
  throw new HttpError(404, "Page not found.");
}

function refuseForeignForms(request) {
  if (request.method === "GET" || request.method === "HEAD") return;
  const site = request.headers["sec-fetch-site"];
  if (site && site !== "same-origin" && site !== "none")
    throw new HttpError(403, "Cross-site request blocked.");
}

async function answer(routes, request) {
  refuseForeignForms(request);
  const url = new URL(request.url, "http://localhost");
  const route = findRoute(routes, request.method, url.pathname);
  const body = request.method === "POST" || request.method === "PUT" ? await readBody(request) : {};
  return route.handler({
    path: url.pathname,
    params: route.params,
    query: url.searchParams,
    headers: request.headers,
    body,
  });
}

function explain(error) {
  if (error instanceof HttpError)
    return { status: error.status, message: error.message, fields: error.fields };
  if (error instanceof DatabaseAway) {
    return { status: 503, message: "Database unavailable. Try again later.", fields: {} };
  }
  if (error instanceof URIError || error?.code === "ERR_INVALID_URL") {
    return { status: 400, message: "Invalid URL.", fields: {} };
  }
  log.error(error?.stack ?? String(error));
  return { status: 500, message: "Internal error. Try again later.", fields: {} };
}

function answerError(error, path, renderError) {
  const problem = explain(error);
  const headers = problem.status === 503 ? { "retry-after": "3" } : {};
  if (path.startsWith("/api/") || !renderError) {
    const { status, message, fields } = problem;
    return json({ error: { status, message, fields } }, problem.status, headers);
  }
  return page(renderError(problem), problem.status, headers);
}

/**
 * Serves `routes` ("METHOD /path/:parameter" → handler) on PORT until SIGTERM or SIGINT: then no new
 * connection is taken, open requests are finished, `onStop` runs and the program ends with 0.
 * Every request is one log line, except health checks that succeed.
 */
export function startServer({ routes, renderError, port, host = process.env.HOST || undefined, onStop }) {
  const compiled = compileRoutes(routes);
  const server = createServer(async (request, response) => {
    const startedAt = performance.now();
    const path = (request.url ?? "/").split("?")[0];
    const result = await answer(compiled, request).catch((error) => answerError(error, path, renderError));
    response.writeHead(result.status, {
      ...securityHeaders,
      "cache-control": "no-store",
      ...result.headers,
      ...(stopping || !request.complete ? { connection: "close" } : {}),
    });
    response.end(request.method === "HEAD" ? undefined : result.body);
    if (path === "/healthz" && result.status === 200) return;
    const line = `${request.method} ${path} ${result.status} ${(performance.now() - startedAt).toFixed(1)} ms`;
    (result.status >= 500 ? log.warn : log.info)(line);
  });
  server.requestTimeout = 15_000;
  server.on("error", (error) => {
    log.error(`can’t listen on port ${port}: ${error.message}`);
    process.exit(1);
  });
  server.listen(port, host, () => log.info(`listening on port ${server.address().port}`));

  let stopping = false;
  async function stop(signal) {
    if (stopping) return;
    stopping = true;
    log.info(`${signal}: completing open requests`);
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await closed;
    await onStop?.();
    process.exit(0);
  }
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  return server;
}
