import { Layers } from "lucide-react";
import Link from "next/link";
import { CsvLink } from "@/components/data/csv-link";
import { FilterSelect, SearchBox } from "@/components/data/list-controls";
import { listHref, type SearchParams } from "@/components/data/list-params";
import { optionsOf } from "@/components/data/options";
import { ButtonLink } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { EmptyState } from "@/components/ui/empty-state";
import type { TemplateSummary } from "@/lib/features/catalog/schema";
import { type CatalogSort, catalogSortLabels, catalogSorts, sortTemplates } from "./catalog-sort";
import { TemplateCard } from "./template-card";

export interface CatalogViewProps {
  templates: readonly TemplateSummary[];
  categories: readonly string[];
  tags: readonly string[];
  category?: string;
  sort?: CatalogSort;
  csvHref: string;
  filtered: boolean;
  params: SearchParams;
  /** May bring templates in. */
  author: boolean;
}

/** The catalog by category, or as one list in another order. */
export function CatalogView(props: CatalogViewProps) {
  const sorted = props.sort ? sortTemplates(props.templates, props.sort) : undefined;
  const categories = sorted ? [] : [...new Set(props.templates.map((template) => template.category))];
  return (
    <div className="grid gap-6">
      <div className="flex flex-wrap items-center gap-2">
        <SearchBox placeholder="Search the catalog" />
        <FilterSelect
          name="tag"
          label="Tag"
          options={props.tags.map((tag) => ({ value: tag, label: tag }))}
        />
        <FilterSelect
          name="sort"
          label="Sort by"
          all="Category"
          options={optionsOf(catalogSorts, catalogSortLabels)}
        />
        <nav aria-label="Categories" className="flex flex-wrap gap-1 sm:ml-2">
          <CategoryLink {...props} label="All" />
          {props.categories.map((name) => (
            <CategoryLink key={name} {...props} name={name} label={name} />
          ))}
        </nav>
      </div>
      {props.templates.length === 0 ? (
        <div className="rounded-card border bg-panel">
          <Nothing filtered={props.filtered} author={props.author} />
        </div>
      ) : null}
      {sorted && sorted.length > 0 ? (
        <section aria-label={`Templates, ${catalogSortLabels[props.sort ?? "used"]}`}>
          <Cards templates={sorted} />
        </section>
      ) : null}
      {categories.map((category) => (
        <section key={category} aria-label={category} className="grid gap-3">
          <h2 className="text-sm font-semibold">{category}</h2>
          <Cards templates={props.templates.filter((template) => template.category === category)} />
        </section>
      ))}
      {props.templates.length > 0 ? <CsvLink href={props.csvHref} className="justify-self-start" /> : null}
    </div>
  );
}

function Cards({ templates }: { templates: readonly TemplateSummary[] }) {
  return (
    <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
      {templates.map((template) => (
        <TemplateCard key={template.id} template={template} />
      ))}
    </div>
  );
}

function CategoryLink(props: CatalogViewProps & { name?: string; label: string }) {
  const active = props.category === props.name;
  return (
    <Link
      href={listHref("/catalog", props.params, { category: props.name })}
      scroll={false}
      aria-current={active ? "true" : undefined}
      className={cn(
        "rounded-control px-2.5 py-1.5 text-sm text-muted hover:bg-hover hover:text-ink",
        active && "bg-hover font-medium text-ink",
      )}
    >
      {props.label}
    </Link>
  );
}

function Nothing({ filtered, author }: { filtered: boolean; author: boolean }) {
  if (filtered) {
    return (
      <EmptyState
        icon={<Layers />}
        title="No templates found"
        action={<ButtonLink href="/catalog">Clear filters</ButtonLink>}
      >
        Try a different search or clear the filters.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Layers />}
      title="No templates published yet"
      action={author ? <ButtonLink href="/admin/templates">Add a template</ButtonLink> : undefined}
    >
      {author
        ? "Create a template and submit it for review."
        : "Templates appear here after an administrator publishes them."}
    </EmptyState>
  );
}
