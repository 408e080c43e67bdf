import { rm } from "node:fs/promises";
import { deleteDemoTemplates } from "@/lib/features/catalog";
import { cloudDataDir, forgetConnection } from "@/lib/features/clouds";
import { putSetting } from "@/lib/features/settings";
import { findFirstAdministrator } from "@/lib/features/users";
import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import type { DemoRemoval } from "../schema";
import { demoSettingKey } from "./state";
import {
  allowPurge,
  deleteClouds,
  deleteEnvironments,
  deleteProjects,
  deleteUsers,
  handOverReal,
  keepProjectsOfReal,
  lockRealOfDemo,
  markTrials,
} from "./store-removal";

export interface RemovalOptions {
  /** Looks at what is there, in the same transaction; what it throws ends it. */
  before?: (tx: Tx) => Promise<void>;
  /** The demo is written again afterward. */
  returns?: true;
}

/**
 * Removes the demo organization in one transaction: simulated environments with history and costs, demo people,
 * projects and the demo cloud. A demo project in which something real lives becomes an ordinary one and belongs to
 * the administrator; audit events stay, because that trail never loses anything.
 * @throws AppError conflict while something real would stay that no one but demo people could own
 */
export async function removeDemo(actor: Actor, options: RemovalOptions = {}): Promise<DemoRemoval> {
  requirePermission(actor, "settings.manage", { what: "Demo data" });
  const removal = await inTransaction(async (tx) => {
    await options.before?.(tx);
    await allowPurge(tx);
    // What people made of demo data while they tried Rostrum goes with it.
    await markTrials(tx);
    const heir = await heirOf(tx, actor);
    const kept = await adoptReal(tx, heir);
    const environments = await deleteEnvironments(tx);
    await deleteProjects(tx);
    await deleteDemoTemplates(tx);
    const clouds = await deleteClouds(tx);
    const people = await deleteUsers(tx, options.returns ?? false);
    await putSetting(tx, demoSettingKey, {
      removedAt: new Date().toISOString(),
      ...(options.returns && { returns: true }),
    });
    await publishEvent(tx, "admin", "demo.removed", { environments, people });
    await recordAudit(tx, {
      actor,
      action: options.returns ? "demo.reset" : "demo.remove",
      objectType: "organization",
      objectId: "demo",
      detail: { environments, people, kept },
    });
    return { environments, people, kept, clouds };
  });
  const { clouds, ...answer } = removal;
  for (const id of clouds) {
    forgetConnection(id);
    await rm(cloudDataDir(id), { recursive: true, force: true });
  }
  return answer;
}

/** Who real things go to: the acting administrator, or the first real one when a demo person asks. */
async function heirOf(tx: Tx, actor: Actor): Promise<string | null> {
  if (actor.userId !== null && !actor.isDemo) return actor.userId;
  return await findFirstAdministrator(tx);
}

/**
 * Real environments of demo people or projects find another owner, also the destroyed ones, whose history and costs stay; the
 * projects of the living become real. Answers the names of the living.
 */
async function adoptReal(tx: Tx, heir: string | null): Promise<string[]> {
  const real = await lockRealOfDemo(tx);
  const living = real.flatMap((one) => (one.lives ? [one.name] : []));
  if (real.length === 0) return living;
  if (heir === null) {
    const list = living.length > 0 ? ` (${living.join(", ")})` : "";
    const otherwise = living.length > 0 ? ", or destroy them first" : "";
    throw new AppError(
      "conflict",
      `No administrator can own the remaining environments${list}. Create an administrator${otherwise}.`,
    );
  }
  await keepProjectsOfReal(tx);
  await handOverReal(tx, heir);
  return living;
}
