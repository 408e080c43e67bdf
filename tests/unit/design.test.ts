import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync("app/globals.css", "utf8");

/** The tokens of a theme: those of dark go before those of light. */
function tokensOf(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split("}")[0] ?? "";
  return Object.fromEntries(
    [...block.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6});/g)].map(([, name = "", value = ""]) => [name, value]),
  );
}

/** Relative luminance by WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((left, right) => right - left);
  return (light + 0.05) / (dark + 0.05);
}

const surfaces = ["background", "panel", "raised", "subtle", "hover"];
const text: [string, string][] = [
  ...["ink", "ink-soft", "muted", "accent-ink"].flatMap((ink) =>
    surfaces
      .filter((surface) => surface !== "hover" || ink !== "muted")
      .map((on): [string, string] => [ink, on]),
  ),
  ["on-primary", "primary"],
  ["on-primary", "primary-hover"],
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["accent-ink", "accent-soft"],
  ...["good", "warning", "bad"].flatMap((tone): [string, string][] => [
    [`${tone}-ink`, `${tone}-soft`],
    [`${tone}-ink`, "panel"],
    [`${tone}-ink`, "background"],
  ]),
];
const graphics = ["good", "bad", "chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-6"];

describe.each([":root", ".dark"])("the theme %s", (selector) => {
  const tokens = { ...tokensOf(":root"), ...tokensOf(selector) };
  const between = (one: string, other: string) => contrast(tokens[one] ?? "", tokens[other] ?? "");

  it("has every token of the other theme", () => {
    expect(Object.keys(tokensOf(".dark")).sort()).toEqual(Object.keys(tokensOf(":root")).sort());
  });

  it.each(text)("can be read: %s on %s", (ink, surface) => {
    expect(between(ink, surface)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(graphics)("can be told from its panel: %s", (name) => {
    expect(between(name, "panel")).toBeGreaterThanOrEqual(3);
  });
});
