import Link from "next/link";
import { Badge } from "@/components/ui/badge";
import type { TemplateSummary } from "@/lib/features/catalog/schema";
import { formatCount, formatDuration, formatMoney } from "@/lib/kernel/format";
import { TemplateIcon } from "./template-icon";

/** "€12.40/mo" or "€12.40 to €180/mo"; unknown is said. */
export function priceWords(price: TemplateSummary["price"]): string {
  if (!price) return "Price varies";
  if (price.from === price.to) return formatMoney(price.from, price.currency, { period: "month" });
  const from = formatMoney(price.from, price.currency, { rounded: true });
  return `${from} to ${formatMoney(price.to, price.currency, { rounded: true, period: "month" })}`;
}

/** "Ready in ~40 s" and how many run. */
export function usageWords(template: Pick<TemplateSummary, "typicalSeconds" | "running">): string {
  const time =
    template.typicalSeconds === null
      ? "Setup time unknown"
      : `Ready in ~${formatDuration(template.typicalSeconds * 1000)}`;
  return template.running > 0 ? `${time} · ${formatCount(template.running, "environment")} running` : time;
}

export function TemplateCard({ template }: { template: TemplateSummary }) {
  return (
    <Link
      href={`/catalog/${template.name}`}
      className="group flex min-w-0 flex-col rounded-card border bg-panel px-4 py-4 shadow-panel transition-colors hover:border-line-strong"
    >
      <span className="flex items-start gap-3">
        <TemplateIcon name={template.icon} />
        <span className="min-w-0">
          <span className="block font-semibold group-hover:underline group-hover:decoration-line-strong group-hover:underline-offset-3">
            {template.title}
          </span>
          <span className="block truncate text-xs text-muted">
            {template.version ? `Version ${template.version}` : "No published version"}
            {template.owner ? ` · by ${template.owner}` : ""}
          </span>
        </span>
      </span>
      <span className="mt-3 line-clamp-3 text-ink-soft">{template.description}</span>
      <span className="mt-3 flex flex-wrap gap-1.5">
        {template.tags.map((tag) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
      </span>
      <span className="mt-auto block pt-4">
        <span className="block font-medium tabular">{priceWords(template.price)}</span>
        <span className="block text-xs text-muted tabular">{usageWords(template)}</span>
      </span>
    </Link>
  );
}
