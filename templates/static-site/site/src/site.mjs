import geist from "geist-sans.woff2";
import { inkOn } from "../../../_kit/assets.mjs";
import { html, raw } from "../../../_kit/html.mjs";
import { artwork } from "./artwork.mjs";
import style from "./site.css";

const colorPattern = /^#[0-9a-f]{6}$/i;
const linkPattern = /^(https?:\/\/|mailto:)\S+$/;

/** File name → content of the whole site, from the variables of the environment. */
export function renderSite(variables) {
  const site = {
    title: variables.PAGE_TITLE || "Something good is coming",
    tagline: variables.PAGE_TAGLINE ?? "",
    highlights: parseHighlights(variables.PAGE_TEXT ?? ""),
    button: variables.PAGE_BUTTON ?? "",
    link: linkPattern.test(variables.PAGE_LINK ?? "") ? variables.PAGE_LINK : "",
    accent: colorPattern.test(variables.PAGE_ACCENT ?? "") ? variables.PAGE_ACCENT : "#c2570a",
  };
  return {
    "index.html": String(frame(site, indexContent(site))),
    "404.html": String(frame(site, missingContent())),
    "site.css": `:root{--accent:${site.accent};--on-accent:${inkOn(site.accent)}}\n${style}`,
    "icon.svg": `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="14" fill="${site.accent}"/></svg>`,
    "geist.woff2": Buffer.from(geist),
  };
}

/** "Heading: sentence" a line; a line without a colon is all sentence. */
function parseHighlights(text) {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter(Boolean).map((line) => {
    const at = line.indexOf(": ");
    return at < 0
      ? { heading: "", sentence: line }
      : { heading: line.slice(0, at), sentence: line.slice(at + 2) };
  });
}

function frame({ title, tagline }, content) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${tagline}">
<title>${title}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="preload" href="/geist.woff2" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="/site.css">
</head>
<body>${content}</body>
</html>
`;
}

function indexContent({ title, tagline, highlights, button, link }) {
  return html`<main>
<section class="hero"><div><h1>${title}</h1>${tagline && html`<p>${tagline}</p>`}
${button && link && html`<a class="button" href="${link}">${button}</a>`}</div>
<div class="art">${raw(artwork(title))}</div></section>
${highlights.length > 0 && html`<ul class="highlights">${highlights.map(({ heading, sentence }) => html`<li>${heading && html`<h2>${heading}</h2>`}<p>${sentence}</p></li>`)}</ul>`}
</main>`;
}

function missingContent() {
  return html`<main><section class="hero"><div><h1>Page not found</h1><p>The URL may be outdated.</p><a class="button" href="/">Back to home</a></div></section></main>`;
}
