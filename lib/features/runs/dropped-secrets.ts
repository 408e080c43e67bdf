import type { ClientBase } from "pg";
import { compileParameters } from "@/lib/engine/parameters";
import { generatedSecrets } from "@/lib/engine/plan";
import type { Manifest } from "@/lib/engine/template/types";

/**
 * Deletes the values of secrets that the environments' versions no longer know, once a change to those versions has
 * succeeded: until then a roll back may need them. What was printed with them stays masked (see `former_secret`).
 */
export async function deleteDroppedSecrets(
  client: ClientBase,
  changed: readonly { environmentId: string; manifest: Manifest }[],
): Promise<void> {
  if (changed.length === 0) return;
  const known = changed.flatMap(({ environmentId, manifest }) => [
    ...compileParameters(manifest).names.map((name) => ({ environmentId, component: "", name })),
    ...generatedSecrets(manifest).map(({ component, name }) => ({ environmentId, component, name })),
  ]);
  await client.query({
    name: "runs_ended_dropped_secrets",
    text: `
      DELETE FROM environment_secret s WHERE s.environment_id = ANY($1) AND NOT EXISTS (
        SELECT 1 FROM json_to_recordset($2::json) AS k("environmentId" text, component text, name text)
        WHERE k."environmentId" = s.environment_id AND k.component = s.component AND k.name = s.name)`,
    values: [changed.map((one) => one.environmentId), JSON.stringify(known)],
  });
}
