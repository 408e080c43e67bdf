import type { Discovered } from "@/lib/clouds/contract";
import { AppError, messageOf, notFound } from "@/lib/kernel/errors";
import { query } from "@/lib/platform/db";
import { connectionFor } from "./connections";
import { credentialsMasker } from "./credentials";
import type { OrphanDto } from "./schema";

const maxFound = 10_000;
const maxShown = 1_000;
const timeoutMs = 30_000;
/** What a component is found by in a cloud; all else is left over from one. */
const components: ReadonlySet<string> = new Set(["component", "container", "simulated"]);

/** An orphaned resource with the labels it carries. */
export interface Orphan {
  found: Discovered;
  dto: OrphanDto;
}

/**
 * What exists in a cloud although no resource stands for it: left behind by Rostrum, or made by somebody else. What runs are
 * working on is never called an orphan, nor what a living environment has beside its components, such as its network.
 * @param withIgnored also what an administrator chose to leave alone
 * @throws AppError not_found, unavailable when the cloud does not answer
 */
export async function discoverOrphans(
  cloudId: string,
  withIgnored = false,
): Promise<{ items: OrphanDto[]; truncated: boolean }> {
  const { orphans, isWhole } = await findOrphans(cloudId);
  const shown = orphans.filter(({ dto }) => withIgnored || !dto.ignored);
  return {
    items: shown.slice(0, maxShown).map(({ dto }) => dto),
    truncated: !isWhole || shown.length > maxShown,
  };
}

/** Every orphaned resource of a cloud, ignored ones too. @throws AppError not_found, unavailable */
export async function findOrphans(cloudId: string): Promise<{ orphans: Orphan[]; isWhole: boolean }> {
  const [cloud] = await query<{ title: string }>("SELECT title FROM cloud WHERE id = $1", [cloudId]);
  if (!cloud) throw notFound("The cloud");
  // Looked up before and after: what is made or removed while the cloud lists itself is known at one of the two.
  const before = await knownIn(cloudId);
  const found = await discover(cloudId, cloud.title);
  const after = await knownIn(cloudId);
  const living = await environmentsOf(found);
  const ignored = await ignoredIn(cloudId);
  const orphans = found
    .filter((thing) => !isKnown(thing, before, living) && !isKnown(thing, after, living))
    .map((thing) => ({ found: thing, dto: toDto(thing, living, ignored) }));
  return { orphans, isWhole: found.length < maxFound };
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
    throw new AppError("unavailable", `Cloud ${title} is unreachable: ${messageOf(masked)}`, {
      cause: masked,
    });
  }
  return found;
}

type Known = Awaited<ReturnType<typeof knownIn>>;
type Environments = Map<string, { name: string; status: string }>;

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

/** The environments that labels name, as far as there is a record of them. */
async function environmentsOf(found: readonly Discovered[]): Promise<Environments> {
  const ids = [...new Set(found.flatMap(({ ref }) => (ref ? [ref.environmentId] : [])))];
  const rows = await query<{ id: string; name: string; status: string }>(
    "SELECT id, name, status::text AS status FROM environment WHERE id = ANY($1)",
    [ids],
  );
  return new Map(rows.map(({ id, ...row }) => [id, row]));
}

async function ignoredIn(cloudId: string): Promise<Set<string>> {
  const rows = await query<{ type: string; externalId: string }>(
    `SELECT type, external_id AS "externalId" FROM ignored_orphan WHERE cloud_id = $1`,
    [cloudId],
  );
  return new Set(rows.map((row) => `${row.type} ${row.externalId}`));
}

function isKnown({ externalId, ref }: Discovered, known: Known, environments: Environments): boolean {
  if (known.externalIds.has(externalId)) return true;
  if (!ref) return false;
  if (known.busy.has(ref.environmentId)) return true;
  if (ref.component !== "") return known.refs.has(`${ref.environmentId}/${ref.component}`);
  return isLiving(environments.get(ref.environmentId));
}

function isLiving(environment: { status: string } | undefined): boolean {
  return environment !== undefined && environment.status !== "destroyed";
}

function toDto(thing: Discovered, environments: Environments, ignored: ReadonlySet<string>): OrphanDto {
  const environment = environments.get(thing.ref?.environmentId ?? "");
  const isIgnored = ignored.has(`${thing.type} ${thing.externalId}`);
  const settled = isLiving(environment) && !["pending", "destroying"].includes(environment?.status ?? "");
  return {
    externalId: thing.externalId,
    name: thing.name,
    type: thing.type,
    kind: thing.ref ? "ours" : "stranger",
    environmentId: thing.ref?.environmentId ?? null,
    component: thing.ref?.component ?? null,
    createdAt: thing.createdAt?.toISOString() ?? null,
    environment: environment ?? null,
    ignored: isIgnored,
    can: {
      adopt: thing.ref !== null && settled && components.has(thing.type),
      remove: thing.ref !== null,
      ignore: !isIgnored,
    },
  };
}
