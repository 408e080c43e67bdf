import type { Discovered } from "@/lib/clouds/contract";
import { AppError, messageOf, notFound } from "@/lib/kernel/errors";
import { query } from "@/lib/platform/db";
import { connectionFor } from "./connections";
import { credentialsMasker } from "./credentials";
import type { OrphanDto } from "./schema";

const maxFound = 10_000;
const maxShown = 1_000;
const timeoutMs = 30_000;

/**
 * What exists in a cloud although no resource stands for it: left behind by something of ours, or made by
 * somebody else. What runs are working on is never called an orphan.
 * @throws AppError not_found, unavailable when the cloud does not answer
 */
export async function discoverOrphans(cloudId: string): Promise<{ items: OrphanDto[]; truncated: boolean }> {
  const [cloud] = await query<{ title: string }>("SELECT title FROM cloud WHERE id = $1", [cloudId]);
  if (!cloud) throw notFound("The cloud");
  // Looked up before and after: what is made or removed while the cloud lists itself is known at one of the two.
  const before = await knownIn(cloudId);
  const found = await discover(cloudId, cloud.title);
  const after = await knownIn(cloudId);
  const orphans = found.filter((thing) => !isKnown(thing, before) && !isKnown(thing, after));
  return {
    items: orphans.slice(0, maxShown).map(toDto),
    truncated: found.length >= maxFound || orphans.length > maxShown,
  };
}

async function discover(cloudId: string, title: string): Promise<Discovered[]> {
  const found: Discovered[] = [];
  try {
    const connection = await connectionFor(cloudId);
    for await (const thing of connection.discover(AbortSignal.timeout(timeoutMs))) {
      found.push(thing);
      if (found.length >= maxFound) break;
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    const masked = (await credentialsMasker(cloudId)).maskError(error);
    throw new AppError("unavailable", `${title} does not answer: ${messageOf(masked)}`, { cause: masked });
  }
  return found;
}

type Known = Awaited<ReturnType<typeof knownIn>>;

async function knownIn(cloudId: string) {
  const resources = await query<{ environment_id: string; component: string; external_id: string }>(
    "SELECT environment_id, component, external_id FROM resource WHERE cloud_id = $1",
    [cloudId],
  );
  const busy = await query<{ environment_id: string }>(
    "SELECT environment_id FROM run WHERE status IN ('queued', 'running', 'parked')",
  );
  return {
    refs: new Set(resources.map((row) => `${row.environment_id}/${row.component}`)),
    externalIds: new Set(resources.map((row) => row.external_id)),
    busy: new Set(busy.map((row) => row.environment_id)),
  };
}

function isKnown({ externalId, ref }: Discovered, known: Known): boolean {
  if (known.externalIds.has(externalId)) return true;
  if (!ref) return false;
  return known.refs.has(`${ref.environmentId}/${ref.component}`) || known.busy.has(ref.environmentId);
}

function toDto(thing: Discovered): OrphanDto {
  return {
    externalId: thing.externalId,
    name: thing.name,
    type: thing.type,
    kind: thing.ref ? "ours" : "stranger",
    environmentId: thing.ref?.environmentId ?? null,
    component: thing.ref?.component ?? null,
    createdAt: thing.createdAt?.toISOString() ?? null,
  };
}
