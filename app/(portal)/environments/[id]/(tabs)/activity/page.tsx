import { csvHref } from "@/components/data/api-href";
import { CsvLink } from "@/components/data/csv-link";
import { FilterSelect, SearchBox } from "@/components/data/list-controls";
import { choiceParam, firstParam, type SearchParams } from "@/components/data/list-params";
import { optionsOf } from "@/components/data/options";
import { ActivityList } from "@/components/environments/activity-list";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { listActivity } from "@/lib/features/environments";
import { activityKindLabels, activityKinds } from "@/lib/features/environments/schema";
import { readEnvironment } from "../environment";

const most = 200;

export default async function ActivityPage(props: {
  params: Promise<{ id: string }>;
  searchParams: Promise<SearchParams>;
}) {
  const [{ id }, search] = await Promise.all([props.params, props.searchParams]);
  const { viewer } = await readEnvironment(id);
  const filter = {
    kind: choiceParam(search, "kind", activityKinds),
    q: firstParam(search, "q")?.trim().slice(0, 100) || undefined,
  };
  const items = await listActivity(viewer, id, most, filter);
  const csv = csvHref("/environments/{id}/activity", { path: { id }, query: { ...filter, limit: most } });
  return (
    <div className="grid max-w-3xl gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <SearchBox placeholder="Search activity" />
        <FilterSelect name="kind" label="Kind" options={optionsOf(activityKinds, activityKindLabels)} />
      </div>
      <Card title="Activity" aside={<CsvLink href={csv} />}>
        {items.length === 0 && (filter.kind || filter.q) ? (
          <EmptyState
            title="No results"
            action={<ButtonLink href={`/environments/${id}/activity`}>Clear filters</ButtonLink>}
          />
        ) : (
          <ActivityList items={items} />
        )}
        {items.length === most ? (
          <p className="mt-4 text-xs text-muted">
            Showing the latest {most}. See the audit log for the full history.
          </p>
        ) : null}
      </Card>
    </div>
  );
}
