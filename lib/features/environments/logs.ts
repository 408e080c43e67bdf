import type { LogLine } from "@/lib/clouds/contract";
import { connectionFor } from "@/lib/features/clouds";
import { AppError, notFound } from "@/lib/kernel/errors";
import { type Actor, can, requirePermission } from "@/lib/platform/auth";
import { getEnvironmentRow } from "./context";
import { type KnownSecrets, knownSecrets } from "./masking";
import { findCloudOf } from "./store-resources";

/** A line may carry a secret that was made this long ago and is not looked for yet; a process starts no faster. */
const knownForMs = 100;

/**
 * Log lines of one component, live when `follow` is set; ends when the signal aborts. Who may not reveal the secrets of
 * the environment gets the lines without them.
 * @param reader who reads, as of now: asked again with every line, since a log is followed for long
 * @throws AppError not_found, or conflict when the cloud has no logs
 */
export async function componentLogs(
  reader: () => Actor,
  environmentId: string,
  component: string,
  options: { tailLines: number; follow: boolean; signal: AbortSignal },
): Promise<AsyncIterable<LogLine>> {
  const row = await getEnvironmentRow(environmentId);
  requirePermission(reader(), "environment.read", {
    projectId: row.projectId,
    what: "The environment",
    objectType: "environment",
    objectId: environmentId,
  });
  const cloudId = await findCloudOf(environmentId, component);
  if (cloudId === null) throw notFound("The component");
  const connection = await connectionFor(cloudId);
  if (!connection.logs) throw new AppError("conflict", "This cloud doesn’t provide logs.");
  const lines = connection.logs({ environmentId, environmentName: row.name, component }, options);
  return maskedLines(environmentId, lines, () =>
    can(reader(), "secret.reveal", { projectId: row.projectId }),
  );
}

/**
 * Secrets may change while a log is followed, and so may the reader's role: what is known of secrets is never older than
 * the line by more than a moment, and whether they are shown is decided with the line.
 */
async function* maskedLines(
  environmentId: string,
  lines: AsyncIterable<LogLine>,
  mayReveal: () => boolean,
): AsyncGenerator<LogLine> {
  let known: KnownSecrets | undefined;
  let loadedMs = 0;
  const secrets = async () => {
    if (!known || performance.now() - loadedMs > knownForMs) {
      loadedMs = performance.now();
      known = await readableSecrets(environmentId);
    }
    return known;
  };
  if (!mayReveal()) await secrets();
  try {
    for await (const line of lines) {
      if (mayReveal()) yield line;
      else {
        const text = (await secrets()).masker.mask(line.text);
        yield { ...line, text };
      }
    }
  } catch (error) {
    if (mayReveal()) throw error;
    throw (await secrets()).masker.maskError(error);
  }
}

/** @throws AppError conflict when a secret cannot be read: it could not be masked either */
async function readableSecrets(environmentId: string): Promise<KnownSecrets> {
  const known = (await knownSecrets([environmentId])).get(environmentId);
  if (known && known.unreadable === 0) return known;
  throw new AppError(
    "conflict",
    "Secrets of this environment can't be decrypted, so its log can't be masked. Ask a project owner to read it.",
  );
}
