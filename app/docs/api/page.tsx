import type { Metadata } from "next";
import { routes } from "@/app/api/v1/routes";
import { ApiReference } from "@/components/api-reference/api-reference";
import { referenceOf } from "@/components/api-reference/reference";
import { getConfig } from "@/lib/platform/config";
import { buildOpenApi } from "@/lib/platform/http";
import packageJson from "@/package.json" with { type: "json" };

export const metadata: Metadata = { title: "API reference" };
export const dynamic = "force-dynamic";

export default function ApiReferencePage() {
  const { publicUrl } = getConfig();
  const document = buildOpenApi(routes, { version: packageJson.version, serverUrl: publicUrl });
  return (
    <ApiReference reference={referenceOf(document)} serverUrl={publicUrl} version={packageJson.version} />
  );
}
