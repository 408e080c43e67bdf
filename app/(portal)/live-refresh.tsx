import { RefreshOnEvents, type RefreshOnEventsProps } from "@/components/data/refresh-on-events";
import { livePosition } from "@/lib/features/live";

export type LiveRefreshProps = Omit<RefreshOnEventsProps, "since">;

/**
 * Draws the page's server parts again, in place, when something it shows has changed: also what changed after they were
 * drawn and before the browser listened.
 */
export async function LiveRefresh(props: LiveRefreshProps) {
  if (props.topics.length === 0) return <RefreshOnEvents {...props} since={undefined} />;
  return <RefreshOnEvents {...props} since={await livePosition()} />;
}
