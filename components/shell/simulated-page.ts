import { createHash } from "node:crypto";

const style = `
:root{color-scheme:light dark;--background:#fbfbfa;--panel:#fff;--ink:#16181d;--soft:#3a3f4a;--muted:#656b7a;--line:#e7e7e4}
@media(prefers-color-scheme:dark){:root{--background:#0d0e11;--panel:#14161a;--ink:#edeef1;--soft:#c3c7d0;--muted:#949baa;--line:#25272e}}
*{box-sizing:border-box}
body{margin:0;min-height:100dvh;display:grid;place-items:center;padding:2rem 1rem;background:var(--background);color:var(--ink);
font:14px/1.5 Inter,ui-sans-serif,system-ui,sans-serif;-webkit-font-smoothing:antialiased}
main{width:100%;max-width:30rem;padding:1.75rem;border:1px solid var(--line);border-radius:12px;background:var(--panel)}
svg{width:2rem;height:2rem;color:var(--muted)}
h1{margin:1rem 0 0;font-size:1.25rem;line-height:1.4;font-weight:600;letter-spacing:-.01em}
p{margin:.5rem 0 0;color:var(--soft)}
dl{display:grid;grid-template-columns:auto 1fr;gap:.375rem 1.5rem;margin:1.25rem 0 0;padding-top:1.25rem;border-top:1px solid var(--line)}
dt{color:var(--muted)}
dd{margin:0;min-width:0;overflow-wrap:anywhere;text-align:right;font-weight:500}`;

/** Nothing is loaded, no script runs, and it counts as another site than the portal that serves it. */
export const simulatedPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "sandbox",
].join("; ");

/** What names of environments and components consist of; anything else isn't repeated. */
const name = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * What stands in for a workload of a simulated cloud: a document that says so. It depends on the URL alone and reads nothing.
 * @param path of the URL below /simulated: environment, component, and what the workload would be asked for
 */
export function simulatedPage(path: readonly string[]): string {
  const facts = [
    ["Environment", path[0]],
    ["Component", path[1]],
  ].flatMap(([term, value]) =>
    value !== undefined && name.test(value) ? [`<dt>${term}</dt><dd>${value}</dd>`] : [],
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Simulated workload · Rostrum</title>
<style>${style}</style>
</head>
<body>
<main>
<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M14 2v6a2 2 0 0 0 .245.96l5.51 10.08A2 2 0 0 1 18 22H6a2 2 0 0 1-1.755-2.96l5.51-10.08A2 2 0 0 0 10 8V2"/><path d="M6.453 15h11.094"/><path d="M8.5 2h7"/></svg>
<h1>This workload is simulated</h1>
<p>The environment runs on a simulated cloud, so nothing answers here. On a real cloud, this link opens the running component.</p>
${facts.length > 0 ? `<dl>${facts.join("")}</dl>` : ""}
</main>
</body>
</html>
`;
}
