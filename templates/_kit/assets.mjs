import { createHash } from "node:crypto";
import geist from "geist-sans.woff2";
import script from "./app.client.js";
import style from "./design.css";
import { asset } from "./http.mjs";

/** Black or white, whichever can be read on the color (relative luminance as in WCAG 2.2). */
export function inkOn(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return luminance > 0.36 ? "#16181d" : "#ffffff";
}

function digest(content) {
  return createHash("sha256").update(content).digest("hex").slice(0, 10);
}

/** Style sheet, script and typeface of the pages: their addresses and their routes. `extra` adds to the style. */
export function createAssets({ accent, extra = "" }) {
  const colors = `:root{--accent:${accent};--on-accent:${inkOn(accent)}}\n`;
  const sheet = `${style}\n${colors}${extra}`;
  const font = Buffer.from(geist);
  return {
    style: `/assets/${digest(sheet)}.css`,
    script: `/assets/${digest(script)}.js`,
    routes: {
      [`GET /assets/${digest(sheet)}.css`]: () => asset(sheet, "text/css; charset=utf-8"),
      [`GET /assets/${digest(script)}.js`]: () => asset(script, "text/javascript; charset=utf-8"),
      "GET /assets/geist.woff2": () => asset(font, "font/woff2"),
      "GET /favicon.ico": () => asset(icon(accent), "image/svg+xml"),
    },
  };
}

function icon(accent) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${accent}"/><path d="M9 11h14M9 16h14M9 21h9" stroke="${inkOn(accent)}" stroke-width="2.6" stroke-linecap="round"/></svg>`;
}
