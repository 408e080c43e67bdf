import { hasReadme } from "@/lib/features/catalog";
import { isGuide } from "@/lib/features/guides";
import { requireSight, type Sight } from "@/lib/features/sight";
import { AppError, notFound } from "@/lib/kernel/errors";
import { isWrittenDown, type PersonActor, recordDenied } from "@/lib/platform/auth";
import { covers, type DoorPath, doors } from "./navigation";
import { recordTurnedAway } from "./turned-away";

/** The addresses that name something, and what. Those of screens that are always there are not among them. */
const named: readonly [address: RegExp, sight: Sight][] = [
  [/^\/environments\/([^/]+)/, "environment"],
  [/^\/requests\/(?!(?:approvals|mine|runs)$)([^/]+)$/, "request"],
  [/^\/approvals\/([^/]+)$/, "request"],
  [/^\/runs\/([^/]+)$/, "run"],
  [/^\/catalog\/([^/]+)/, "template"],
  [/^\/projects\/([^/]+)/, "project"],
  [/^\/costs\/statements\/([^/]+)$/, "statement"],
  [/^\/admin\/clouds\/(?!new$)([^/]+)$/, "cloud"],
  [/^\/admin\/projects\/([^/]+)$/, "project"],
  [/^\/admin\/templates\/([^/]+)\/([^/]+)$/, "template version"],
];

/** Pages that only some things have, or of which there are only some. */
const parts: readonly [address: RegExp, isThere: (key: string) => Promise<boolean>][] = [
  [/^\/catalog\/([^/]+)\/readme$/, hasReadme],
  [/^\/guides\/([^/]+)$/, async (name) => isGuide(name)],
];

/** Whether an address is one whose page may turn out not to be there for someone. */
export function mayLeadNowhere(pathname: string): boolean {
  return doorsOf(pathname).length > 0 || [...named, ...parts].some(([address]) => address.test(pathname));
}

/** Where a URL leads: to its page, to something that is not there for this user, or to a page that is not for them. */
export type Destination = "page" | "missing" | "forbidden";

/**
 * Where a URL leads for this user. A read or two by key, so that it can be asked before a page begins to answer,
 * when its status can still be chosen; the page asks again for itself.
 */
export async function destinationOf(viewer: PersonActor, pathname: string): Promise<Destination> {
  const shut = doorsOf(pathname).find((door) => !doors[door].allows(viewer));
  if (shut) {
    await recordTurnedAway(viewer, shut);
    return "forbidden";
  }
  for (const [address, sight] of named) {
    const found = address.exec(pathname);
    if (found) return await sightOf(viewer, sight, found.slice(1).map(decodeURIComponent), pathname);
  }
  return await sightOf(viewer, null, [], pathname);
}

/** The pages a URL lies in that not everybody has. */
function doorsOf(pathname: string): DoorPath[] {
  const paths = Object.keys(doors) as DoorPath[];
  return paths.filter((door) => covers(door, pathname));
}

async function sightOf(
  viewer: PersonActor,
  sight: Sight | null,
  keys: string[],
  pathname: string,
): Promise<Destination> {
  try {
    if (sight) await requireSight(viewer, sight, keys);
    await requirePart(pathname);
    return "page";
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== "not_found" && error.code !== "forbidden"))
      throw error;
    if (!isWrittenDown(error)) {
      const object = { objectType: sight ?? "page", objectId: (keys.join("/") || pathname).slice(0, 200) };
      await recordDenied(viewer, "page.open", {
        ...object,
        detail: { code: error.code, reason: error.message },
      });
    }
    return error.code === "forbidden" ? "forbidden" : "missing";
  }
}

/** @throws AppError `not_found` for a page that this thing doesn't have */
async function requirePart(pathname: string): Promise<void> {
  for (const [address, isThere] of parts) {
    const key = address.exec(pathname)?.[1];
    if (key !== undefined && !(await isThere(decodeURIComponent(key)))) throw notFound("The page");
  }
}
