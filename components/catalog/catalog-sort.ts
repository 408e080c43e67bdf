import type { TemplateSummary } from "@/lib/features/catalog/schema";

export const catalogSorts = ["used", "price", "time", "name"] as const;
export type CatalogSort = (typeof catalogSorts)[number];

export const catalogSortLabels: Record<CatalogSort, string> = {
  used: "Most used",
  price: "cheapest",
  time: "Fastest to create",
  name: "A to Z",
};

type Sortable = Pick<TemplateSummary, "title" | "running" | "price" | "typicalSeconds">;

/** Templates in another order than by category; what is not known comes last, what is equal from A to Z. */
export function sortTemplates<Template extends Sortable>(
  templates: readonly Template[],
  sort: CatalogSort,
): Template[] {
  const rank = (one: Template): number => {
    if (sort === "used") return -one.running;
    if (sort === "price") return one.price ? Number(one.price.from) : Number.POSITIVE_INFINITY;
    if (sort === "time") return one.typicalSeconds ?? Number.POSITIVE_INFINITY;
    return 0;
  };
  return [...templates].sort((left, right) => {
    const [first, second] = [rank(left), rank(right)];
    return first === second ? left.title.localeCompare(right.title, "en") : first < second ? -1 : 1;
  });
}
