import type { Release } from "./schema";

const maxItems = 500;

/**
 * The latest part of a changelog in the format of Keep a Changelog: its first second-level heading with the lists below
 * it. Lines that continue a list item are joined with it; sentences between lists are left out.
 */
export function latestRelease(changelog: string): Release | null {
  const [, ...parts] = changelog.split(/^## /m);
  const latest = parts[0];
  if (!latest) return null;
  const [title = "", ...lines] = latest.split("\n");
  const release: Release = { title: title.trim(), sections: [] };
  let count = 0;
  for (const line of lines) {
    const section = release.sections.at(-1);
    const items = section?.items;
    if (line.startsWith("### ")) release.sections.push({ title: line.slice(4).trim(), items: [] });
    else if (line.startsWith("- ") && items && count++ < maxItems) items.push(line.slice(2).trim());
    else if (/^ {2,}\S/.test(line) && items?.length) items.push(`${items.pop()} ${line.trim()}`);
  }
  release.sections = release.sections.filter((section) => section.items.length > 0);
  return release.sections.length > 0 ? release : null;
}
