import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { templateApps } from "@/tests/support/template-apps";

const apps = templateApps();

describe("static-site", () => {
  const environment = {
    PAGE_TITLE: 'Tea & "cake" <b>',
    PAGE_TAGLINE: "On Thursday",
    PAGE_TEXT: "When: at five\n\nJust come",
    PAGE_BUTTON: "Tell us",
    PAGE_LINK: "javascript:alert(1)",
    PAGE_ACCENT: "red;}body{display:none",
  };

  it("is written from the parameters, which can hold no markup, script or style", () => {
    const target = apps.path("rendered");
    expect(apps.run("static-site/site", ["render.mjs", target], environment).stdout).toContain(
      "Wrote 5 files",
    );
    const page = readFileSync(join(target, "index.html"), "utf8");
    expect(page).toContain("<h1>Tea &amp; &quot;cake&quot; &lt;b&gt;</h1>");
    expect(page).toContain("<h2>When</h2><p>at five</p>");
    expect(page).not.toContain("javascript:");
    expect(readFileSync(join(target, "site.css"), "utf8")).not.toContain("display:none");
    for (const [, file] of page.matchAll(/(?:href|src)="\/([^"]+)"/g))
      expect(existsSync(join(target, file ?? ""))).toBe(true);
  });

  it("serves the same page in a container", async () => {
    const site = await apps.start("static-site/site", ["serve.mjs"], {
      ...environment,
      PAGE_LINK: "https://example.com/",
    });
    const page = await (await fetch(site.url)).text();
    expect(page).toContain('href="https://example.com/"');
    const font = await fetch(`${site.url}/geist.woff2`);
    expect(font.headers.get("content-type")).toBe("font/woff2");
    expect((await font.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
    const missing = await fetch(`${site.url}/missing`);
    expect([missing.status, await missing.text()]).toEqual([404, expect.stringContaining("Page not found")]);
  }, 30_000);
});
