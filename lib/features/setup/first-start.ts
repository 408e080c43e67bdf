import { syncBuiltinTemplates } from "@/lib/features/catalog";
import { ensureDefaultPriceBook } from "@/lib/features/chargeback";
import { registerLocalClouds, separateCloudHosts } from "@/lib/features/clouds";
import { ensureAdministrator, hasAdministrator, hasDemoUsers } from "@/lib/features/identity";
import { messageOf } from "@/lib/kernel/errors";
import { getConfig } from "@/lib/platform/config";
import { withLock } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { getDemoState } from "./demo/state";
import { checkKey } from "./key-check";
import { setUpLock } from "./lock";

export interface FirstStart {
  /** There are demo users to sign in as. */
  demo: boolean;
  /** The administrator made by this start; null when there was one. */
  adminEmail: string | null;
  /** Only when it was generated: the one time it can be seen. */
  adminPassword: string | null;
  templates: { added: number; replaced: number; refused: number };
  clouds: string[];
}

/** Writes the demo organization and answers how much that was. */
export type SeedDemo = () => Promise<object>;

/**
 * Fills an installation with what it needs to be used: administrator, price book, built-in templates, the clouds of
 * this machine, and on the very first start the demo organization. Called at every start, after the migrations;
 * doing it again changes nothing that people changed.
 * @param seedDemo of prisma/seed, which is no part of the portal
 */
export async function ensureFirstStart(seedDemo: SeedDemo): Promise<FirstStart> {
  return await withLock(setUpLock, () => setUp(seedDemo));
}

async function setUp(seedDemo: SeedDemo): Promise<FirstStart> {
  await checkKey();
  const isFirstStart = !(await hasAdministrator());
  await ensureDefaultPriceBook();
  const sync = await syncBuiltinTemplates();
  const clouds = await registerLocalClouds();
  await separateCloudHosts();
  if (await wantsDemo(isFirstStart)) await trySeeding(seedDemo);
  // Last: a first start that was ended before it was done is a first start again, and no password is lost unseen.
  const administrator = await ensureAdministrator();
  return {
    demo: await hasDemoUsers(),
    adminEmail: administrator?.email ?? null,
    adminPassword: administrator?.password ?? null,
    templates: {
      added: sync.added.length,
      replaced: sync.replaced.length,
      refused: sync.refused.length,
    },
    clouds,
  };
}

/** Once seeded or removed, never again, unless a reset removed it; `auto` means the very first start of an embedded installation. */
async function wantsDemo(isFirstStart: boolean): Promise<boolean> {
  const { demo, embedded } = getConfig();
  const { seededAt, removedAt, returns } = await getDemoState();
  if (returns) return demo !== "off";
  if (seededAt !== undefined || removedAt !== undefined) return false;
  return demo === "on" || (demo === "auto" && embedded && isFirstStart);
}

/** Without demo data Rostrum is empty but whole, so a failure here must not keep it from starting. */
async function trySeeding(seedDemo: SeedDemo): Promise<void> {
  const startedMs = Date.now();
  const log = moduleLog("setup");
  try {
    const seed = await seedDemo();
    log.info({ ...seed, tookMs: Date.now() - startedMs }, "demo data created");
  } catch (error) {
    log.error({ err: error }, `couldn't create demo data: ${messageOf(error)}`);
  }
}
