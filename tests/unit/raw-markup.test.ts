import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { CloudFacts } from "@/components/admin/cloud-card";
import { Callout } from "@/components/ui/callout";

/** Ways to make markup or code out of text. */
const ways =
  /dangerouslySetInnerHTML|\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|\bnew Function\(|\beval\(|srcDoc=|DOMParser|createContextualFragment/;

/** The one file that may, because its script is a constant of the code. */
const allowed = ["components/shell/early-input.tsx"];

describe("text", () => {
  it("is never made into markup or code", () => {
    const files = execFileSync("git", ["ls-files", "app", "components", "lib", "proxy.ts"], {
      encoding: "utf8",
    })
      .split("\n")
      .filter((file) => /(?<!\.test)\.tsx?$/.test(file));
    expect(files.length).toBeGreaterThan(500);
    expect(files.filter((file) => ways.test(readFileSync(file, "utf8")))).toEqual(allowed);
  });

  it.each([
    '<img src=x onerror="alert(1)">',
    '"><svg onload=alert(1)>',
    "</script><script>alert(1)</script>",
    "<!-- & &lt;b&gt; -->",
  ])("is shown as it is: %s", (text) => {
    const facts = renderToStaticMarkup(createElement(CloudFacts, { facts: { [text]: text } }));
    const callout = renderToStaticMarkup(createElement(Callout, { tone: "bad", title: text }, text));
    for (const html of [facts, callout]) {
      expect(html).not.toMatch(/<(img|script|!--)|<svg onload/);
      expect(html).not.toContain(text);
      const shown = html
        .replaceAll(/<[^>]*>/g, "\n")
        .replaceAll("&quot;", '"')
        .replaceAll("&gt;", ">");
      expect(shown.replaceAll("&lt;", "<").replaceAll("&amp;", "&").split(text)).toHaveLength(3);
    }
  });

  it("of the one inline script holds nothing of a request", () => {
    const source = readFileSync("components/shell/early-input.tsx", "utf8");
    expect(source).toContain("dangerouslySetInnerHTML={{ __html: script }}");
    expect(source).toMatch(/^const script = /m);
  });
});
