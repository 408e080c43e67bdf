/** The colors of app/globals.css that this page needs: its style sheet is one of the files that may be missing now. */
const style = `
:root{color-scheme:light;--background:#fbfbfa;--ink:#16181d;--ink-soft:#3a3f4a;--muted:#656b7a;--line:#e7e7e4;--on-primary:#fff}
.dark{color-scheme:dark;--background:#0d0e11;--ink:#edeef1;--ink-soft:#c3c7d0;--muted:#949baa;--line:#25272e;--on-primary:#121317}
*{box-sizing:border-box}
body{margin:0;min-height:100dvh;display:grid;place-items:center;padding:3rem 1rem;background:var(--background);color:var(--ink);
font:14px/1.5 Inter,ui-sans-serif,system-ui,sans-serif;-webkit-font-smoothing:antialiased}
main{width:100%;max-width:28rem}
svg{width:2rem;height:2rem}
h1{margin:1.25rem 0 0;font-size:1.5rem;line-height:1.33;font-weight:600;letter-spacing:-.02em}
p{margin:.5rem 0 0;color:var(--ink-soft)}
a{display:inline-block;margin-top:1.25rem;padding:.5rem .875rem;border-radius:.5rem;background:var(--ink);color:var(--on-primary);
font-weight:500;text-decoration:none}
a:focus-visible{outline:2px solid var(--ink);outline-offset:2px}
small{display:block;margin-top:1.5rem;padding-top:.75rem;border-top:1px solid var(--line);color:var(--muted);font-size:.75rem}
code{font-family:ui-monospace,monospace;color:var(--ink-soft)}`;

/** The theme as people chose it (next-themes keeps it there); then looks until the database is back. */
const script = `
const system = matchMedia("(prefers-color-scheme: dark)");
function paint() {
  const theme = localStorage.getItem("theme") ?? "system";
  document.documentElement.className = theme !== "system" ? theme : system.matches ? "dark" : "light";
}
paint();
system.addEventListener("change", paint);
async function look() {
  try {
    const answer = await fetch("/api/v1/health/ready", { cache: "no-store" });
    if ((await answer.json()).checks.database.state === "ok") return location.reload();
  } catch {
    // The portal itself is restarting; it is asked again.
  }
  setTimeout(look, 3000);
}
setTimeout(look, 3000);`;

/**
 * What a browser gets instead of a page while the database is away: 503, which proxies, monitors and search engines
 * understand, and a document that needs no other file and reloads when the database is back.
 * @param nonce of the content security policy, without which the script does not run
 */
export function unavailablePage(nonce: string, requestId: string): { body: string; init: ResponseInit } {
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Temporarily unavailable · Rostrum</title>
<link rel="icon" href="/icon.svg">
<style>${style}</style>
</head>
<body>
<script nonce="${nonce}">${script}</script>
<main>
<svg viewBox="0 0 24 24" aria-hidden="true"><rect width="24" height="24" rx="6.5" fill="var(--ink)"/>
<g fill="var(--on-primary)"><rect x="5.5" y="6" width="13" height="2.8" rx="1.1"/>
<rect x="7.25" y="10.6" width="9.5" height="2.8" rx="1.1"/><rect x="5.5" y="15.2" width="13" height="2.8" rx="1.1"/></g></svg>
<h1>Rostrum is temporarily unavailable</h1>
<p>The database isn’t responding. Your environments keep running.</p>
<p role="status">This page reloads when the database is back.</p>
<a href="">Try again</a>
<small>Request ID <code>${requestId}</code></small>
</main>
</body>
</html>
`;
  return {
    body,
    init: {
      status: 503,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "retry-after": "5",
        "x-request-id": requestId,
      },
    },
  };
}
