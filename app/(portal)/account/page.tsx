import type { Metadata } from "next";
import { NotificationPreferences } from "@/components/account/notification-preferences";
import { PasswordForm } from "@/components/account/password-form";
import { SessionList } from "@/components/account/session-list";
import { TokenList } from "@/components/account/token-list";
import { Card } from "@/components/ui/card";
import { DescriptionList } from "@/components/ui/description-list";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listSessions } from "@/lib/features/identity";
import { getPreferences } from "@/lib/features/notifications";
import { listTokens } from "@/lib/features/tokens";
import { roleWord } from "../navigation";
import { getViewer } from "../viewer";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const viewer = await getViewer();
  const [sessions, tokens, preferences] = await Promise.all([
    listSessions(viewer),
    listTokens(viewer),
    getPreferences(viewer),
  ]);
  return (
    <Page>
      <PageHeader title="Account" description={`${viewer.name} · ${viewer.email}`} />
      <div className="grid gap-4 lg:grid-cols-2">
        <Card title="Profile">
          <DescriptionList
            items={[
              { term: "Name", value: viewer.name },
              { term: "Email", value: viewer.email },
              { term: "Role", value: roleWord(viewer) },
            ]}
          />
        </Card>
        <Card title="Password">
          {viewer.isDemo ? <p className="text-muted">Demo users don’t have a password.</p> : <PasswordForm />}
        </Card>
      </div>
      <Card id="notifications" title="Notifications" aside="Email" className="scroll-mt-4">
        <NotificationPreferences preferences={preferences} />
      </Card>
      <Card id="tokens" title="API tokens" aside="For scripts and the CLI" className="scroll-mt-4">
        <TokenList tokens={tokens} />
      </Card>
      <Card title="Active sessions">
        <SessionList sessions={sessions} />
      </Card>
    </Page>
  );
}
