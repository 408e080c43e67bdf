import { guides } from "@/lib/features/guides/schema";

/**
 * Where a link of a guide leads in the portal: within the page, to another guide or elsewhere on the web. Null for files of the
 * repository that the portal doesn't show.
 */
export function guideHref(href: string): string | null {
  if (href.startsWith("#") || /^https?:\/\//.test(href)) return href;
  const [, name, anchor = ""] = /^(?:\.\/)?([a-z-]+)\.md(#[\w-]+)?$/.exec(href) ?? [];
  return guides.some((guide) => guide.name === name) ? `/guides/${name}${anchor}` : null;
}
