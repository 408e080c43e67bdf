/** Reads system catalogs: privileges, membership and owners are functions of PostgreSQL over sets of its own objects. */
import type { Connection } from "./builder";

export interface AuditPowers {
  role: string;
  superuser: boolean;
  /** Audit tables and functions that it owns. */
  owns: string[];
  /** It owns the schema, or can create objects in it. */
  schema: boolean;
  /** "table: PRIVILEGE", for each that changes events. */
  writes: string[];
}

const sql = `
  WITH guarded AS (
    SELECT c.oid, c.relname, c.relowner FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relname IN ('audit_event', 'audit_seal'))
  SELECT current_user::text AS role,
    (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser,
    ARRAY(SELECT relname::text FROM guarded WHERE pg_has_role(current_user, relowner, 'MEMBER')
      UNION SELECT p.proname::text FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
        AND p.proname LIKE 'rostrum\\_audit\\_%' AND pg_has_role(current_user, p.proowner, 'MEMBER') ORDER BY 1) AS owns,
    (SELECT pg_has_role(current_user, nspowner, 'MEMBER') OR has_schema_privilege(oid, 'CREATE')
       FROM pg_namespace WHERE nspname = 'public') AS schema,
    ARRAY(SELECT relname || ': ' || privilege FROM guarded, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS privilege
      WHERE has_table_privilege(oid, privilege) ORDER BY 1) AS writes`;

/** What the connected role owns of the audit, and may do to it. */
export async function readAuditPowers(db: Connection): Promise<AuditPowers | null> {
  const { rows } = await db.query<AuditPowers>(sql);
  return rows[0] ?? null;
}
