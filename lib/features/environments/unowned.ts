/**
 * SQL condition of an environment `e` whose owner `u` (left-joined) is gone, disabled or, unless an administrator, no
 * member of its project any more.
 */
export const unownedCondition = `(u.id IS NULL OR u.disabled_at IS NOT NULL OR (u.org_role IS DISTINCT FROM 'admin'
  AND NOT EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = e.project_id AND m.user_id = e.owner_id)))`;
