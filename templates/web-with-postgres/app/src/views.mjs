import { describeDatabase, instanceName } from "../../../_kit/config.mjs";
import { html, raw } from "../../../_kit/html.mjs";
import { awayNotice, errorContent, facts, layout, timeAgo } from "../../../_kit/page.mjs";
import { limits } from "./entries.mjs";

const startedAt = new Date();

export function createViews({ config, assets, database }) {
  function frame(content) {
    return layout({
      assets,
      name: config.title,
      title: `${config.title} · ${config.environment}`,
      ready: database.state.ready,
      content,
      foot: ["Web app with PostgreSQL", html`JSON at <a href="/api/entries">/api/entries</a>`],
    });
  }

  function configuration() {
    return facts([
      ["Environment", config.environment],
      ["Size", config.size],
      ["Accent", html`<span class="swatch"></span><code>${config.accent}</code>`],
      ["Database", html`<code>${describeDatabase(config.databaseUrl)}</code>`],
      ["PostgreSQL", database.state.version ?? "unknown"],
    ]);
  }

  function instance() {
    return facts([
      ["Instance", html`<code>${instanceName}</code>`],
      ["Process", process.pid],
      ["Node", process.version.slice(1)],
      ["Started", timeAgo(startedAt)],
    ]);
  }

  return {
    home({ list, older = false, typed = {}, problems = {} }) {
      return frame(html`
<section class="hero"><div><h1>${config.greeting}</h1><p>Entries are stored in the PostgreSQL database of this environment.</p></div></section>
${awayNotice(list !== null)}
<div class="columns">
<div class="stack">
${entryForm(typed, problems, list !== null)}
<section class="card" aria-label="Entries"><header><h2>Entries</h2><span class="muted number" id="count">${list ? countEntries(list.total) : "unknown"}</span></header>
${list ? entryList(list, older) : html`<div class="empty"><strong>Entries unavailable</strong>Saved entries appear when the database is available again.</div>`}
</section>
</div>
<aside class="stack">
<section class="card"><header><h2>Configuration</h2></header>${configuration()}</section>
<section class="card"><header><h2>Instance</h2></header>${instance()}</section>
</aside>
</div>`);
    },
    error: (problem) => frame(errorContent(problem)),
  };
}

function countEntries(total) {
  return total === 1 ? "1 entry" : `${total.toLocaleString("en")} entries`;
}

function problemOf(name, problems) {
  return problems[name] && html`<p class="problem" id="${name}-problem">${problems[name]}</p>`;
}

function invalid(name, problems) {
  return problems[name] ? html`aria-invalid="true" aria-describedby="${name}-problem"` : "";
}

function entryForm(typed, problems, ready) {
  return html`<form class="card stack" method="post" action="/entries">
<div><div class="row between"><label for="message">Message</label><span class="muted small number" data-counts="message"></span></div>
<textarea id="message" name="message" required maxlength="${limits.message}" placeholder="Write a message" ${invalid("message", problems)}>${typed.message}</textarea>${problemOf("message", problems)}</div>
<div class="row"><div class="grow"><label for="author">Your name</label>
<input id="author" name="author" maxlength="${limits.author}" autocomplete="name" placeholder="Anonymous" value="${typed.author}" ${invalid("author", problems)}>${problemOf("author", problems)}</div>
<button class="main" data-needs-ready ${ready ? "" : raw("disabled")}>Add entry</button></div>
</form>`;
}

function entryList({ entries, nextBefore }, older) {
  if (entries.length === 0 && !older) {
    return html`<div class="empty"><strong>No entries yet</strong>Write the first one above. Entries persist across restarts.</div>`;
  }
  return html`<ul class="list">${entries.map(entryItem)}</ul>
${(older || nextBefore) && html`<div class="row between small">${older ? html`<a href="/">Newest entries</a>` : html`<span></span>`}${nextBefore && html`<a href="/?before=${nextBefore}">Older entries</a>`}</div>`}`;
}

function entryItem({ id, author, message, createdAt }) {
  return html`<li data-entry="${id}"><span class="avatar" aria-hidden="true">${[...author][0]}</span>
<div class="grow"><div class="row between"><span><strong>${author}</strong> <span class="muted small">${timeAgo(createdAt)}</span></span>
<form method="post" action="/entries/${id}/delete" data-confirm="Delete this entry by ${author}?"><button class="quiet" data-needs-ready aria-label="Delete the entry by ${author}">Delete</button></form></div>
<p class="text">${message}</p></div></li>`;
}
