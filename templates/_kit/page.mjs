import { html, raw } from "./html.mjs";

const glyph = raw(
  '<svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true"><path d="M2.5 3.5h11M2.5 8h11M2.5 12.5h7"/></svg>',
);

/** A time people read as "3 minutes ago", with the exact one for machines and on hover. */
export function timeAgo(at) {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" data-relative title="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`;
}

export function facts(entries) {
  return html`<dl class="facts">${entries.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}

const databaseLabels = ["Database connected", "Database unavailable"];

/** What this page depends on, as a dot with a word; the script keeps it true while the page is open. */
function readiness(ready, [good, away]) {
  return html`<span data-readiness role="status" data-good="${good}" data-away="${away}" class="status ${ready ? "good" : "warning busy"}">${ready ? good : away}</span>`;
}

/**
 * The frame of every page. `ready` says whether what the page depends on (a database, an API) answers;
 * undefined in programs that depend on nothing. The script asks `statusPath` for it every few seconds.
 * `navigation` is a list of [address, label]; `path` marks the current one.
 */
export function layout({
  assets,
  name,
  title,
  ready,
  labels = databaseLabels,
  statusPath = "/healthz",
  navigation = [],
  path,
  content,
  foot = [],
}) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/favicon.ico" type="image/svg+xml">
<link rel="preload" href="/assets/geist.woff2" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="${assets.style}">
<script src="${assets.script}" defer></script>
</head>
<body ${ready === undefined ? "" : html`data-ready="${ready === true}" data-status="${statusPath}"`}>
<div class="shell">
<header class="top">
<span class="mark">${glyph}</span>
<a class="name" href="/">${name}</a>
${navigation.length > 0 && html`<nav aria-label="Pages">${navigation.map(([address, label]) => html`<a href="${address}" ${address === path ? raw('aria-current="page"') : ""}>${label}</a>`)}</nav>`}
<div class="end">${ready !== undefined && readiness(ready, labels)}</div>
</header>
<main>${content}</main>
<footer class="foot">${foot.map((part) => html`<span>${part}</span>`)}</footer>
</div>
</body>
</html>`;
}

/** Shown in place of, or above, content while the database is away. */
export function awayNotice(ready, what = "The database") {
  return html`<p class="notice" data-when-away role="status" ${ready ? raw("hidden") : ""}>${what} is unavailable.<span>This page retries automatically. Saved data is not lost.</span></p>`;
}

export function errorContent({ status, message }) {
  return html`<div class="card empty"><strong>${message}</strong><p>HTTP status ${status}. ${status === 503 ? "This page reloads automatically." : ""}</p><p><a href="/">Back to home</a></p></div>`;
}
