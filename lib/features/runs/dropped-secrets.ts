import { compileParameters } from "@/lib/engine/parameters";
import { generatedSecrets } from "@/lib/engine/plan";
import type { Manifest } from "@/lib/engine/template/types";
import type { Tx } from "@/lib/platform/db";
import { deleteUnknownSecrets } from "./ended.sql";

/**
 * Deletes the values of secrets that the environments' versions no longer know, once a change to those versions has
 * succeeded: until then a roll back may need them. What was printed with them stays masked (see `former_secret`).
 */
export async function deleteDroppedSecrets(
  tx: Tx,
  changed: readonly { environmentId: string; manifest: Manifest }[],
): Promise<void> {
  if (changed.length === 0) return;
  const known = changed.flatMap(({ environmentId, manifest }) => [
    ...compileParameters(manifest).names.map((name) => ({ environmentId, component: "", name })),
    ...generatedSecrets(manifest).map(({ component, name }) => ({ environmentId, component, name })),
  ]);
  await deleteUnknownSecrets(
    tx,
    changed.map((one) => one.environmentId),
    known,
  );
}
