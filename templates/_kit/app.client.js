// Makes pages that already work without it livelier: relative times, counters, and whether the database or API behind them answers.
(() => {
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" });
  const units = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
    ["second", 1],
  ];

  function showTimes() {
    for (const element of document.querySelectorAll("time[data-relative]")) {
      const at = new Date(element.dateTime);
      const seconds = Math.min(0, Math.round((at.getTime() - Date.now()) / 1_000));
      const [unit, size] = units.find(([, length]) => -seconds >= length) ?? units[3];
      element.textContent = seconds > -10 ? "just now" : relative.format(Math.ceil(seconds / size), unit);
      element.title = at.toLocaleString();
    }
  }

  function showCounts() {
    for (const counter of document.querySelectorAll("[data-counts]")) {
      const field = document.getElementById(counter.dataset.counts);
      const show = () => {
        counter.textContent = `${field.value.length} of ${field.maxLength}`;
      };
      field.addEventListener("input", show);
      show();
    }
  }

  function showReadiness(ready) {
    for (const element of document.querySelectorAll("[data-readiness]")) {
      element.textContent = ready ? element.dataset.good : element.dataset.away;
      element.className = `status ${ready ? "good" : "warning busy"}`;
    }
    for (const element of document.querySelectorAll("[data-when-away]")) element.hidden = ready;
    for (const element of document.querySelectorAll("[data-needs-ready]")) element.disabled = !ready;
  }

  /** A page drawn while its database or API was away has no content: it is loaded anew once that is back. */
  async function watchReadiness() {
    const drawnReady = document.body.dataset.ready === "true";
    try {
      const answer = await fetch(document.body.dataset.status, { signal: AbortSignal.timeout(4_000) });
      if (answer.ok && !drawnReady) return location.reload();
      showReadiness(answer.ok);
    } catch {
      showReadiness(false);
    }
    setTimeout(watchReadiness, document.hidden ? 15_000 : 3_000);
  }

  /** Replaces the marked parts of the page by their newest state, unless somebody is using one. */
  async function refresh() {
    const parts = document.querySelectorAll("[data-live]");
    if (parts.length === 0) return;
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href, { signal: AbortSignal.timeout(4_000) });
        if (answer.ok) replaceParts(parts, await answer.text());
      } catch {
        // The next round tries again; the outage itself is shown by watchReadiness.
      }
    }
    setTimeout(refresh, 2_000);
  }

  function replaceParts(parts, text) {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    for (const part of parts) {
      const next = fresh.getElementById(part.id);
      if (next && !part.contains(document.activeElement) && next.innerHTML !== part.innerHTML) {
        part.replaceChildren(...next.childNodes);
      }
    }
    showTimes();
  }

  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !confirm(question)) event.preventDefault();
  });
  showTimes();
  setInterval(showTimes, 10_000);
  showCounts();
  if (document.body.dataset.ready) watchReadiness();
  refresh();
})();
