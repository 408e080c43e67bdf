import { listRealMembers, listRealProjects } from "@/lib/features/projects";
import { AppError } from "@/lib/kernel/errors";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { type Tx, withLock } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { setUpLock } from "../lock";
import type { DemoRemoval } from "../schema";
import { removeDemo } from "./remove";
import { hasDemoData } from "./state";
import { lockRealEnvironments } from "./store-real";

/** How many things a refusal names. */
const mostNamed = 20;

/**
 * Starts the demo over: removes what belongs to it, and creates it again. Refuses while anything that isn't the demo's would be
 * lost or change hands. If creating it fails, the next start of Rostrum does it.
 * @param setUp what every start does (`ensureFirstStart`): it creates a demo that was removed to return
 * @throws AppError conflict without demo data, or with the names of what would be lost; unavailable when it wasn't created
 */
export async function resetDemo(actor: Actor, setUp: () => Promise<unknown>): Promise<DemoRemoval> {
  requirePermission(actor, "settings.manage", { what: "Demo data" });
  const removal = await withLock(setUpLock, async () => {
    if (await hasDemoData()) return await removeDemo(actor, { before: refuseReal, returns: true });
    throw new AppError("conflict", "No demo data is loaded, so there is nothing to reset.");
  });
  try {
    await setUp();
  } catch (error) {
    moduleLog("setup").error({ err: error }, "couldn't create demo data again");
  }
  if (await hasDemoData()) return removal;
  throw new AppError(
    "unavailable",
    "The demo data was removed, but couldn’t be created again. Rostrum tries again at its next start; the log says why it failed.",
  );
}

/** @throws AppError conflict that names what is real */
async function refuseReal(tx: Tx): Promise<void> {
  const real = [
    ...(await lockRealEnvironments(tx)),
    ...(await listRealMembers(tx)),
    ...(await listRealProjects(tx)),
  ];
  if (real.length === 0) return;
  const named = real.slice(0, mostNamed).map(({ name, why }) => `${name} ${why}`);
  const more = real.length > mostNamed ? [`and ${real.length - mostNamed} more`] : [];
  throw new AppError(
    "conflict",
    `Can’t reset the demo, because not everything in it is demo data: ${[...named, ...more].join("; ")}. Move or remove these first.`,
  );
}
