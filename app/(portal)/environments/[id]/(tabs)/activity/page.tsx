import { ActivityList } from "@/components/environments/activity-list";
import { Card } from "@/components/ui/card";
import { listActivity } from "@/lib/features/environments";
import { readEnvironment } from "../environment";

const most = 200;

export default async function ActivityPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { viewer } = await readEnvironment(id);
  const items = await listActivity(viewer, id, most);
  return (
    <Card
      title="Everything that happened"
      aside={
        <a
          href={`/api/v1/environments/${id}/activity?limit=${most}&format=csv`}
          download
          className="link-quiet"
        >
          CSV
        </a>
      }
      className="max-w-3xl"
    >
      <ActivityList items={items} />
      {items.length === most ? (
        <p className="mt-4 text-xs text-muted">The newest {most} are shown; the audit log has everything.</p>
      ) : null}
    </Card>
  );
}
