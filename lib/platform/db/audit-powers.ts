import { readAuditPowers } from "./audit-powers.sql";
import type { Connection } from "./builder";

/**
 * What the connected role could do to the audit beyond reading and adding, one sentence each; empty when nothing.
 * A role that may rewrite events could also compute a new hash chain; then only seals and heads tell.
 */
export async function findAuditPowers(db: Connection): Promise<string[]> {
  const powers = await readAuditPowers(db);
  if (!powers) return [];
  const role = `The application’s database role "${powers.role}"`;
  if (powers.superuser) return [`${role} is a superuser.`];
  return [
    ...(powers.owns.length > 0 ? [`${role} owns audit tables: ${powers.owns.join(", ")}.`] : []),
    ...(powers.schema ? [`${role} owns the schema public or can create objects in it.`] : []),
    ...(powers.owns.length === 0 && powers.writes.length > 0
      ? [`${role} can change audit tables: ${powers.writes.join(", ")}.`]
      : []),
  ];
}
