import type { EnvironmentStatus } from "@/gen/kysely/enums";
import type { Discovered } from "@/lib/clouds/contract";
import { AppError, messageOf } from "@/lib/kernel/errors";
import { connectionFor } from "./connections";
import { credentialsMasker } from "./credentials";
import type { OrphanDto } from "./schema";
import { getCloudTitle, listCloudIds } from "./store";
import { type KnownThings, listEnvironmentsById, listIgnored, readKnown } from "./store-orphans";

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
 * What exists in a cloud although no resource stands for it: left behind by this installation, or made by another one or
 * outside Rostrum. What runs are working on is never called an orphan, nor what a living environment has beside its
 * components, such as its network, nor what another cloud of this installation made at the same place.
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
  const title = await getCloudTitle(cloudId);
  // Looked up before and after: what is made or removed while the cloud lists itself is known at one of the two.
  const before = await readKnown(cloudId);
  const found = await discover(cloudId, title);
  const after = await readKnown(cloudId);
  const named = new Set(found.flatMap(({ ref }) => (ref ? [ref.environmentId] : [])));
  const living = await listEnvironmentsById([...named]);
  const ignored = await listIgnored(cloudId);
  const clouds = await listCloudIds();
  const orphans = found
    .filter(({ otherCloudId }) => otherCloudId === undefined || !clouds.has(otherCloudId))
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

type Environments = Awaited<ReturnType<typeof listEnvironmentsById>>;

function isKnown({ externalId, ref }: Discovered, known: KnownThings, environments: Environments): boolean {
  if (known.externalIds.has(externalId)) return true;
  if (!ref) return false;
  if (known.busy.has(ref.environmentId)) return true;
  if (ref.component !== "") return known.refs.has(`${ref.environmentId}/${ref.component}`);
  return isLiving(environments.get(ref.environmentId));
}

function isLiving(environment: { status: EnvironmentStatus } | undefined): boolean {
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
    kind: thing.ref ? "managed" : thing.otherCloudId ? "other_installation" : "external",
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
