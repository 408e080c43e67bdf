import Link from "next/link";
import { priceWords } from "@/components/catalog/template-card";
import { TemplateIcon } from "@/components/catalog/template-icon";
import { Card } from "@/components/ui/card";
import type { TemplateSummary } from "@/lib/features/catalog/schema";

/** The offerings most relied on, one click from their form. */
export function QuickStart({ templates }: { templates: readonly TemplateSummary[] }) {
  if (templates.length === 0) return null;
  return (
    <Card
      flush
      title="Quick start"
      aside={
        <Link href="/catalog" className="link-quiet hover:text-ink">
          Browse catalog
        </Link>
      }
    >
      <ul className="divide-y">
        {templates.map((template) => (
          <li key={template.id}>
            <Link
              href={`/catalog/${template.name}/request`}
              className="flex items-center gap-3 px-4 py-2.5 outline-offset-[-2px] transition-colors hover:bg-subtle"
            >
              <TemplateIcon name={template.icon} size="sm" />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{template.title}</span>
                <span className="block truncate text-xs text-muted tabular">
                  {priceWords(template.price)}
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
