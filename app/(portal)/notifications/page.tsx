import type { Metadata } from "next";
import { csvHref } from "@/components/data/api-href";
import { ChoiceLinks } from "@/components/data/choice-links";
import { CsvLink } from "@/components/data/csv-link";
import { firstParam, listHref, type SearchParams } from "@/components/data/list-params";
import { NotificationList, ReadAll } from "@/components/notifications/notification-list";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page-header";
import { countUnread, listNotifications } from "@/lib/features/notifications";
import { LiveRefresh } from "../live-refresh";
import { getViewer } from "../viewer";

export const metadata: Metadata = { title: "Notifications" };

export default async function NotificationsPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, getViewer()]);
  const unreadOnly = firstParam(params, "unread") === "true";
  const [page, unread] = await Promise.all([
    listNotifications(viewer, { limit: 50, cursor: firstParam(params, "cursor"), unread: unreadOnly }),
    countUnread(viewer.userId),
  ]);
  return (
    <Page narrow>
      <PageHeader
        title="Notifications"
        description={unread === 0 ? "You’re all caught up" : `${unread} unread`}
        actions={unread > 0 ? <ReadAll /> : null}
      />
      <ChoiceLinks
        label="Filter notifications"
        items={[
          { label: "All", href: "/notifications", active: !unreadOnly },
          { label: `Unread (${unread})`, href: "/notifications?unread=true", active: unreadOnly },
        ]}
      />
      <NotificationList items={page.items} unreadOnly={unreadOnly} />
      <div className="flex items-center justify-between text-xs text-muted">
        {page.items.length > 0 ? (
          <CsvLink href={csvHref("/notifications", { query: { unread: unreadOnly ? "true" : undefined } })} />
        ) : (
          <span />
        )}
        {page.nextCursor ? (
          <ButtonLink size="sm" href={listHref("/notifications", params, { cursor: page.nextCursor })}>
            Load older
          </ButtonLink>
        ) : null}
      </div>
      <LiveRefresh topics={[`user:${viewer.userId}`]} />
    </Page>
  );
}
