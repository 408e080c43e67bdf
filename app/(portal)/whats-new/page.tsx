import { Sparkles } from "lucide-react";
import type { Metadata } from "next";
import { ReleaseNotes } from "@/components/news/release-notes";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Page, PageHeader } from "@/components/ui/page-header";
import { whatsNew } from "@/lib/features/news";
import packageJson from "@/package.json" with { type: "json" };
import { getViewer } from "../viewer";

export const metadata: Metadata = { title: "What’s new" };

export default async function WhatsNewPage() {
  await getViewer();
  const release = await whatsNew();
  return (
    <Page narrow>
      <PageHeader
        title="What’s new"
        description={
          release ? `Rostrum ${packageJson.version} · ${release.title}` : `Rostrum ${packageJson.version}`
        }
      />
      {release ? (
        <ReleaseNotes release={release} />
      ) : (
        <Card>
          <EmptyState icon={<Sparkles />} title="No release notes">
            The changelog isn’t installed with this version.
          </EmptyState>
        </Card>
      )}
    </Page>
  );
}
