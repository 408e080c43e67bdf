import { Card } from "@/components/ui/card";
import type { Release } from "@/lib/features/news/schema";
import { InlineText } from "./inline-text";

/** The changes of a release, by kind. */
export function ReleaseNotes({ release }: { release: Release }) {
  return release.sections.map((section) => (
    <Card key={section.title} title={section.title} aside={section.items.length}>
      <ul className="grid list-disc gap-2 pl-4.5 text-ink-soft marker:text-muted">
        {section.items.map((item) => (
          <li key={item} className="break-words">
            <InlineText text={item} />
          </li>
        ))}
      </ul>
    </Card>
  ));
}
