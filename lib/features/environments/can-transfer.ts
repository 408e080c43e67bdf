import { type Actor, can } from "@/lib/platform/auth";

/** Whether an actor may give an environment away: their own, or any of a project they own or administer. */
export function canTransfer(actor: Actor, environment: { ownerId: string; projectId: string }): boolean {
  const at = { projectId: environment.projectId };
  if (!can(actor, "environment.transfer", at)) return false;
  return environment.ownerId === actor.userId || can(actor, "member.manage", at);
}
