/** A static file server as a plain Node program; a text for the same reason as the balancer's. */
export const staticServerScript = String.raw`
import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, resolve, sep } from "node:path";

const root = await realpath(resolve(process.argv[2] ?? "."));
const fallback = process.argv[3] === "spa";
const types = {
  html: "text/html; charset=utf-8", htm: "text/html; charset=utf-8", css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8", mjs: "text/javascript; charset=utf-8", json: "application/json",
  map: "application/json", webmanifest: "application/manifest+json", txt: "text/plain; charset=utf-8",
  md: "text/markdown; charset=utf-8", csv: "text/csv; charset=utf-8", xml: "application/xml", svg: "image/svg+xml",
  png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif", webp: "image/webp",
  avif: "image/avif", ico: "image/x-icon", woff: "font/woff", woff2: "font/woff2", ttf: "font/ttf",
  otf: "font/otf", wasm: "application/wasm", pdf: "application/pdf", mp4: "video/mp4", webm: "video/webm",
  mp3: "audio/mpeg", zip: "application/zip", gz: "application/gzip",
};
const common = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "X-Frame-Options": "SAMEORIGIN",
};
const page = (title) =>
  '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>' + title +
  '</title><body style="font:16px system-ui;display:grid;place-items:center;min-height:90vh"><p>' + title + "</p>";

async function find(path) {
  const wanted = join(root, path);
  if (wanted !== root && !wanted.startsWith(root + sep)) return null;
  if (path.split("/").some((part) => part.startsWith("."))) return null;
  try {
    const real = await realpath(wanted);
    if (real !== root && !real.startsWith(root + sep)) return null;
    const facts = await stat(real);
    return facts.isDirectory() || facts.isFile() ? { real, facts } : null;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "EACCES"].includes(error.code)) return null;
    throw error;
  }
}

async function answer(request, response) {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { ...common, Allow: "GET, HEAD" }).end();
    return;
  }
  const url = new URL("http://local" + (request.url.startsWith("/") ? request.url : "/"));
  const path = decodeURIComponent(url.pathname);
  if (path.includes("\0")) throw new URIError("null byte");
  let found = await find(path);
  if (found?.facts.isDirectory()) {
    if (!path.endsWith("/")) {
      const to = "/" + url.pathname.replace(/^\/+/, "") + "/" + url.search;
      response.writeHead(301, { ...common, Location: to }).end();
      return;
    }
    found = await find(path + "index.html");
  }
  let status = 200;
  if (!found && fallback) found = await find("/index.html");
  if (!found) {
    status = 404;
    found = await find("/404.html");
  }
  if (!found || !found.facts.isFile()) {
    response.writeHead(404, { ...common, "Content-Type": types.html });
    response.end(request.method === "HEAD" ? undefined : page("Not found"));
    return;
  }
  send(request, response, status, found);
}

function send(request, response, status, { real, facts }) {
  const tag = '"' + facts.size.toString(16) + "-" + Math.round(facts.mtimeMs).toString(16) + '"';
  const headers = {
    ...common, ETag: tag, "Cache-Control": "no-cache", "Last-Modified": facts.mtime.toUTCString(),
    "Content-Type": types[extname(real).slice(1).toLowerCase()] ?? "application/octet-stream",
  };
  if (status === 200 && request.headers["if-none-match"] === tag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(status, { ...headers, "Content-Length": facts.size });
  if (request.method === "HEAD" || facts.size === 0) {
    response.end();
    return;
  }
  const file = createReadStream(real, { end: facts.size - 1 });
  file.on("error", () => response.destroy());
  response.on("close", () => file.destroy());
  file.pipe(response);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    const status = error instanceof URIError || error instanceof TypeError ? 400 : 500;
    if (status === 500) console.error(error.message);
    if (response.headersSent) response.destroy();
    else response.writeHead(status, { ...common, "Content-Type": types.html }).end(page("Error " + status));
  });
});
server.listen(Number(process.env.PORT), process.env.HOST, () => console.log("serving on port " + process.env.PORT));
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 3000).unref();
});
`;
