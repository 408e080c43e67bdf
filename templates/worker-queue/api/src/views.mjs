import { describeDatabase, instanceName } from "../../../_kit/config.mjs";
import { html, raw } from "../../../_kit/html.mjs";
import { awayNotice, errorContent, facts, layout, timeAgo } from "../../../_kit/page.mjs";
import { kinds, mostAtOnce } from "./kinds.mjs";

export const boardStyle = `
.chart { display: block; width: 100%; height: 96px; }
.chart rect { fill: var(--accent-ink); } .chart .none { fill: var(--line); }
.enqueue { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 1fr) minmax(0, 1fr) auto; gap: 12px; align-items: end; }
.five { grid-template-columns: repeat(5, minmax(0, 1fr)); }
.nowrap { white-space: nowrap; }
.jobs { min-width: 560px; }
@media (max-width: 860px) { .five { grid-template-columns: repeat(2, minmax(0, 1fr)); } .five > :last-child { grid-column: 1 / -1; } }
@media (max-width: 560px) { .enqueue { grid-template-columns: 1fr 1fr; } .enqueue > :first-child, .enqueue > button { grid-column: 1 / -1; } }
`;

const tones = { queued: "", running: "accent busy", done: "good", failed: "bad" };

export function createViews({ config, assets, database }) {
  function frame(content) {
    return layout({
      assets,
      name: config.title,
      title: `${config.title} · ${config.environment}`,
      ready: database.state.ready,
      content,
      foot: [
        "Background worker with queue",
        html`JSON at <a href="/api/stats">/api/stats</a> and <a href="/api/jobs">/api/jobs</a>`,
      ],
    });
  }

  const settings = () =>
    facts([
      ["Environment", config.environment],
      ["Attempts per job", config.attemptsAllowed],
      ["Database", html`<code>${describeDatabase(config.databaseUrl)}</code>`],
      ["Instance", html`<code>${instanceName}</code>`],
    ]);

  return {
    board({ board, typed, problem }) {
      return frame(html`<section class="hero"><div><h1>Background jobs</h1><p>The API queues jobs in PostgreSQL. Each job is claimed by one worker. If a worker fails, another one takes over its jobs.</p></div></section>
${awayNotice(board !== null)}
${problem && html`<p class="notice bad" role="alert">${problem}</p>`}
<div id="figures" data-live>${board && figures(board.figures)}</div>
<div class="columns">
<div class="stack">
${enqueueForm(typed, board !== null)}
<section class="card"><header><h2>Jobs</h2><div class="row">${bulkForm("retry", "Retry failed jobs")}${bulkForm("clear", "Clear finished jobs", "Delete all finished and failed jobs?")}</div></header>
<div id="jobs" class="scroll" tabindex="0" aria-label="Newest jobs" data-live>${board ? jobsTable(board.recent) : html`<div class="empty"><strong>Queue unavailable</strong>The queue appears when the database is available again.</div>`}</div></section>
</div>
<aside class="stack">
<section class="card"><header><h2>Finished</h2><span class="muted">Last 3 minutes</span></header><div id="chart" data-live>${board && chart(board.figures.history)}</div></section>
<section class="card"><header><h2>Workers</h2></header><div id="workers" data-live>${board && workerList(board.workers)}</div></section>
<section class="card"><header><h2>Configuration</h2></header>${settings()}</section>
</aside></div>`);
    },
    error: (answer) => frame(errorContent(answer)),
  };
}

function figures({ queued, running, done, failed, lastMinute }) {
  const entries = [
    ["Queued", queued],
    ["Running", running],
    ["Done", done],
    ["Failed", failed],
    ["Last minute", lastMinute],
  ];
  return html`<div class="figures five">${entries.map(([label, value]) => html`<div class="card figure">${label}<b>${value.toLocaleString("en")}</b></div>`)}</div>`;
}

function enqueueForm(typed, ready) {
  const options = Object.entries(kinds).map(
    ([name, { title }]) =>
      html`<option value="${name}" ${typed.kind === name ? raw("selected") : ""}>${title}</option>`,
  );
  return html`<form class="card enqueue" method="post" action="/jobs">
<div><label for="kind">Job</label><select id="kind" name="kind">${options}</select></div>
<div><label for="count">Count</label><input id="count" name="count" type="number" min="1" max="${mostAtOnce}" required value="${typed.count ?? 10}"></div>
<div><label for="amount">Amount</label><input id="amount" name="amount" type="number" min="0" placeholder="default" value="${typed.amount}"></div>
<button class="main" data-needs-ready ${ready ? "" : raw("disabled")}>Enqueue</button></form>`;
}

function bulkForm(name, label, question) {
  return html`<form method="post" action="/jobs/${name}" ${question ? html`data-confirm="${question}"` : ""}><button class="quiet" data-needs-ready>${label}</button></form>`;
}

function jobsTable(jobs) {
  if (jobs.length === 0)
    return html`<div class="empty"><strong>No jobs yet</strong>Enqueue jobs above to see them run.</div>`;
  return html`<table class="table jobs"><thead><tr><th>Job</th><th>Type</th><th>Status</th><th>Attempts</th><th>Result</th><th class="right">Duration</th></tr></thead><tbody>${jobs.map(jobRow)}</tbody></table>`;
}

function jobRow({ id, kind, amount, state, attempts, attemptsAllowed, result, tookMs }) {
  const { title, unit } = kinds[kind] ?? { title: kind, unit: "" };
  const detail =
    unit === "up to" ? `${unit} ${amount.toLocaleString("en")}` : `${amount.toLocaleString("en")} ${unit}`;
  return html`<tr><td class="muted">${id}</td><td class="nowrap">${title} <span class="muted small">${detail}</span></td>
<td><span class="status ${tones[state]}">${state}</span></td><td>${attempts} of ${attemptsAllowed}</td>
<td class="muted small">${result}</td><td class="right nowrap">${tookMs === null ? "" : `${tookMs.toLocaleString("en")} ms`}</td></tr>`;
}

function chart(history) {
  const highest = Math.max(1, ...history);
  const bars = history.map((count, index) => {
    const height = count === 0 ? 2 : Math.max(4, (count / highest) * 92);
    return html`<rect class="${count === 0 ? "none" : ""}" x="${index * 10 + 1}" y="${(96 - height).toFixed(1)}" width="8" height="${height.toFixed(1)}" rx="1.5"/>`;
  });
  const total = history.reduce((sum, count) => sum + count, 0);
  return html`<svg class="chart" viewBox="0 0 360 96" preserveAspectRatio="none" role="img" aria-label="${total} jobs finished in the last 3 minutes">${bars}</svg><p class="muted small">${total === 0 ? "No finished jobs" : `Peak: ${(highest / 5).toFixed(1)} per second`}</p>`;
}

function workerList(workers) {
  if (workers.length === 0) return html`<p class="muted">No workers yet.</p>`;
  return html`<ul class="list">${workers.map(
    ({
      name,
      slots,
      finished,
      running,
      alive,
      seenAt,
    }) => html`<li><div class="grow"><div class="row between"><code>${name}</code><span class="status ${alive ? "good" : "bad"}">${alive ? "online" : "offline"}</span></div>
<p class="muted small">${alive ? `${running} of ${slots} slots busy` : html`last seen ${timeAgo(seenAt)}`} · ${finished.toLocaleString("en")} finished</p></div></li>`,
  )}</ul>`;
}
