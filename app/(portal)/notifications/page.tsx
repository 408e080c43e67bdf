import type { Metadata } from "next";
import { firstParam, listHref, type SearchParams } from "@/components/data/list-params";
import { LiveRefresh } from "@/components/data/live-refresh";
import { NotificationList, ReadAll } from "@/components/notifications/notification-list";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page-header";
import { countUnread, listNotifications } from "@/lib/features/notifications";
import { getViewer } from "../viewer";

export const metadata: Metadata = { title: "Notifications" };

export default async function NotificationsPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, getViewer()]);
  const [page, unread] = await Promise.all([
    listNotifications(viewer, { limit: 50, cursor: firstParam(params, "cursor") }),
    countUnread(viewer.userId),
  ]);
  return (
    <Page narrow>
      <PageHeader
        title="Notifications"
        description={unread === 0 ? "You have read everything." : `${unread} not read.`}
        actions={unread > 0 ? <ReadAll /> : null}
      />
      <NotificationList items={page.items} />
      {page.nextCursor ? (
        <ButtonLink
          href={listHref("/notifications", params, { cursor: page.nextCursor })}
          className="justify-self-end"
        >
          Older
        </ButtonLink>
      ) : null}
      <LiveRefresh topics={[`user:${viewer.userId}`]} />
    </Page>
  );
}
