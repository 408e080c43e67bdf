import type { Metadata } from "next";
import { DeliveryTable } from "@/components/admin/delivery-table";
import { WebhookList } from "@/components/admin/webhook-list";
import { Callout } from "@/components/ui/callout";
import { Mono } from "@/components/ui/code";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listDeliveries, listWebhooks } from "@/lib/features/notifications";
import { can } from "@/lib/platform/auth";
import { getConfig, mailVariables } from "@/lib/platform/config";
import { viewerFor } from "../../door";

export const metadata: Metadata = { title: "Settings" };

const shown = 50;

export default async function AdminNotificationsPage() {
  const viewer = await viewerFor("/admin/settings");
  const [webhooks, failed, recent] = await Promise.all([
    listWebhooks(viewer),
    listDeliveries(viewer, { limit: shown, status: "failed" }),
    listDeliveries(viewer, { limit: shown }),
  ]);
  const { mail } = getConfig();
  const manages = can(viewer, "settings.manage");
  return (
    <Page>
      <PageHeader title="Settings" description="Webhooks, email and the delivery status of every message" />
      {mail ? (
        <Callout title="Email">
          Sent from {mail.from} through {mail.host}:{mail.port}.
        </Callout>
      ) : (
        <Callout tone="warning" title="Email isn’t configured">
          <p>
            Users see notifications in the portal only. Set these environment variables and restart Rostrum:
          </p>
          <p>
            {mailVariables.map((name, index) => (
              <span key={name}>
                {index > 0 ? ", " : null}
                <Mono>{name}</Mono>
              </span>
            ))}
          </p>
        </Callout>
      )}
      <WebhookList webhooks={webhooks} manages={manages} />
      {failed.items.length > 0 ? (
        <DeliveryTable title="Failed deliveries" deliveries={failed.items} manages={manages} />
      ) : null}
      <DeliveryTable title="Recent deliveries" deliveries={recent.items} manages={manages} />
    </Page>
  );
}
