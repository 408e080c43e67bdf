import type pg from "pg";

interface Powers {
  role: string;
  superuser: boolean;
  owns: string[];
  schema: boolean;
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

/**
 * What the connected role could do to the audit beyond reading and adding, one sentence each; empty when nothing.
 * A role that may rewrite events could also compute a new hash chain; then only seals and heads tell.
 */
export async function findAuditPowers(db: pg.Pool | pg.ClientBase): Promise<string[]> {
  const { rows } = await db.query<Powers>(sql);
  const [powers] = rows;
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
