import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit, recordAuditAlone } from "@/lib/platform/audit";
import { type Actor, anonymousActor, requirePermission } from "@/lib/platform/auth";
import { hashToken, randomToken } from "@/lib/platform/crypto";
import { inTransaction } from "@/lib/platform/db";
import { demoAccessSeconds } from "./demo-cookie";
import { hasDemoUsers } from "./demo-users";
import type { SignInFacts } from "./people";
import { deleteUselessDemoLinks, insertDemoLink, spendDemoLink } from "./store-demo";

/** How long a link waits to be opened. */
export const demoLinkSeconds = 24 * 3600;
/** 192 random bits: 32 characters that fit into a line of a terminal. */
const tokenBytes = 24;

/**
 * Makes a link that opens once and answers its token, the only time it can be seen. What is of no more use is forgotten.
 * @throws AppError `conflict` while there are no demo users to sign in as
 */
export async function createDemoLink(actor: Actor): Promise<string> {
  requirePermission(actor, "settings.manage", { what: "Demo links", objectType: "demo_link" });
  if (!(await hasDemoUsers())) throw new AppError("conflict", "No demo data is loaded.");
  const token = randomToken(tokenBytes);
  const id = newId("demoLink");
  const nowMs = Date.now();
  await inTransaction(async (tx) => {
    const opened = new Date(nowMs - demoAccessSeconds * 1000);
    await deleteUselessDemoLinks(tx, opened, new Date(nowMs));
    const expiresAt = new Date(nowMs + demoLinkSeconds * 1000);
    await insertDemoLink(tx, { id, hash: hashToken(token), expiresAt });
    await recordAudit(tx, { actor, action: "demo.link-create", objectType: "demo_link", objectId: id });
  });
  return token;
}

/**
 * Uses up a link and answers its id; null for one that is unknown, expired or used, which is audited as a refusal.
 * Of several browsers that open it at once one gets it.
 */
export async function takeDemoLink(token: string, facts: SignInFacts): Promise<string | null> {
  const hash = hashToken(token);
  const now = new Date();
  const actor = anonymousActor(facts);
  const id = await inTransaction(async (tx) => {
    const used = await spendDemoLink(tx, hash, now);
    if (used === null) return null;
    await recordAudit(tx, { actor, action: "demo.link-use", objectType: "demo_link", objectId: used });
    return used;
  });
  if (id !== null) return id;
  // The token itself stays out of the audit log: someone may have mistyped one that still opens.
  const detail = { why: "unknown, expired or used" };
  await recordAuditAlone({
    actor,
    action: "demo.link-use",
    objectType: "demo_link",
    objectId: "",
    outcome: "denied",
    detail,
  });
  return null;
}
