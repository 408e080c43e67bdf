/**
 * SQL: the rows of `resource` for each environment of `$1`, by the index on its environments; `asked.id` is the
 * environment. A prepared `= ANY($1)` would read the whole table as long as its plan is from a time when that was small.
 */
export function resourcesOfEach(condition = "true"): string {
  return `unnest($1::text[]) AS asked(id), LATERAL (
    SELECT * FROM resource WHERE environment_id = asked.id AND ${condition} OFFSET 0)`;
}
