import type { LogLine } from "@/lib/clouds/contract";
import { connectionFor } from "@/lib/features/clouds";
import { AppError, notFound } from "@/lib/kernel/errors";
import { type Actor, can, requirePermission } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { getEnvironmentRow } from "./context";
import { type KnownSecrets, knownSecrets } from "./masking";

/** A line may carry a secret that was made this long ago and is not looked for yet; a process starts no faster. */
const knownForMs = 100;

/**
 * Log lines of one component, live when `follow` is set; ends when the signal aborts. Who may not reveal the secrets of
 * the environment gets the lines without them.
 * @throws AppError not_found, or conflict when the cloud has no logs
 */
export async function componentLogs(
  actor: Actor,
  environmentId: string,
  component: string,
  options: { tailLines: number; follow: boolean; signal: AbortSignal },
): Promise<AsyncIterable<LogLine>> {
  const row = await getEnvironmentRow(environmentId);
  requirePermission(actor, "environment.read", {
    projectId: row.projectId,
    what: "The environment",
    objectType: "environment",
    objectId: environmentId,
  });
  const [resource] = await query<{ cloudId: string }>(
    `SELECT cloud_id AS "cloudId" FROM resource WHERE environment_id = $1 AND component = $2`,
    [environmentId, component],
  );
  if (!resource) throw notFound("The component");
  const connection = await connectionFor(resource.cloudId);
  if (!connection.logs) throw new AppError("conflict", "This cloud keeps no logs.");
  const lines = connection.logs({ environmentId, environmentName: row.name, component }, options);
  return can(actor, "secret.reveal", { projectId: row.projectId })
    ? lines
    : maskedLines(environmentId, lines);
}

/** Secrets may change while a log is followed: what is known of them is never older than the line by more than a moment. */
async function* maskedLines(environmentId: string, lines: AsyncIterable<LogLine>): AsyncGenerator<LogLine> {
  let known = await readableSecrets(environmentId);
  let loadedMs = performance.now();
  try {
    for await (const line of lines) {
      if (performance.now() - loadedMs > knownForMs) {
        loadedMs = performance.now();
        known = await readableSecrets(environmentId);
      }
      yield { ...line, text: known.masker.mask(line.text) };
    }
  } catch (error) {
    throw known.masker.maskError(error);
  }
}

/** @throws AppError conflict when a secret cannot be read: it could not be masked either */
async function readableSecrets(environmentId: string): Promise<KnownSecrets> {
  const known = (await knownSecrets([environmentId])).get(environmentId);
  if (known && known.unreadable === 0) return known;
  throw new AppError(
    "conflict",
    "Secrets of this environment can't be decrypted, so its log can't be masked. Ask an owner of the project to read it.",
  );
}
