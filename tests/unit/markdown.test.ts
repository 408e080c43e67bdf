import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { MarkdownText } from "@/components/catalog/markdown";

const html = (text: string) => renderToStaticMarkup(createElement(MarkdownText, { text }));

describe("a README", () => {
  it("is read as GitHub reads it", () => {
    const shown = html(
      "# Shop\n\nA **fast** shop:\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n`x`\n",
    );
    expect(shown).toContain("<strong>fast</strong>");
    expect(shown).toMatch(/<h3[^>]*>Shop<\/h3>/);
    expect(shown).toMatch(/<ul[^>]*>\s*<li>one<\/li>/);
    expect(shown).toMatch(/<td[^>]*>1<\/td>/);
    expect(shown).toMatch(/<code[^>]*>x<\/code>/);
  });

  it.each([
    ["a script", "<script>alert(1)</script>"],
    ["an image that runs code", '<img src=x onerror="alert(1)">'],
    ["a frame", '<iframe src="https://evil.example"></iframe>'],
    ["a link that runs code", "[x](javascript:alert(1))"],
    ["a link in disguise", "[x](JaVaScRiPt:alert(1))"],
    ["a link with data", "[x](data:text/html;base64,PHNjcmlwdD4=)"],
    ["a link through an entity", "[x](&#106;avascript:alert(1))"],
    ["a reference that runs code", "[x][1]\n\n[1]: javascript:alert(1)"],
    ["an automatic link that runs code", "<javascript:alert(1)>"],
    ["a style", "<style>body{display:none}</style>"],
  ])("interprets no HTML and follows no dangerous address: %s", (_what, text) => {
    const shown = html(text);
    expect(shown).not.toMatch(/<(script|img|iframe|style)\b/i);
    expect(shown).not.toMatch(/href="\s*(javascript|data|vbscript):/i);
    expect(shown).not.toMatch(/<[^>]*\bon\w+=/i);
  });

  it("loads no picture from elsewhere and says that there is one", () => {
    const shown = html("![a diagram](https://tracker.example/pixel.png)");
    expect(shown).not.toContain("tracker.example");
    expect(shown).toContain("[Image: a diagram]");
  });

  it("leads within the text, and not by paths to pages of the portal", () => {
    const shown = html("## How to connect\n\n[below](#how-to-connect) [path](/admin) [file](LICENSE)");
    expect(shown).toMatch(/<h3 id="text-how-to-connect"/);
    expect(shown).toMatch(/<a href="#text-how-to-connect" class="[^"]*">below<\/a>/);
    expect(shown.match(/<a /g)).toHaveLength(1);
  });

  it("opens links elsewhere, and gives them nothing of this page", () => {
    expect(html("[docs](https://docs.example/a)")).toMatch(
      /<a href="https:\/\/docs\.example\/a" target="_blank" rel="noopener noreferrer nofollow"/,
    );
  });
});
