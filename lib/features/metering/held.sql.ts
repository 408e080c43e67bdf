/**
 * SQL of what was held, out of the history of resources: one row per hour, resource and meter with the exact quantity,
 * the hour's fraction to the millisecond. Sizes, replicas and stops count from the moment they changed; owners are those
 * at the end of the hour (or of the resource). A stopped resource holds its storage only.
 *
 * Wants a relation `scope(environment_id, from_at, until_at)`; `from_at` is a full hour.
 */
export const heldSql = `
  SELECT g.hour, h.resource_id, h.environment_id, h.component, m.meter, m.unit,
    (array_agg(h.project_id ORDER BY h.valid_from DESC, h.id DESC))[1] AS project_id,
    (array_agg(h.cost_center_id ORDER BY h.valid_from DESC, h.id DESC))[1] AS cost_center_id,
    (array_agg(h.owner_id ORDER BY h.valid_from DESC, h.id DESC))[1] AS owner_id,
    (array_agg(h.template_version_id ORDER BY h.valid_from DESC, h.id DESC))[1] AS template_version_id,
    (array_agg(h.cloud_id ORDER BY h.valid_from DESC, h.id DESC))[1] AS cloud_id,
    round(sum(
      extract(epoch FROM least(h.valid_to, g.hour + interval '1 hour', s.until_at) - greatest(h.valid_from, g.hour))
      * CASE m.meter
          WHEN 'storage' THEN h.storage_bytes / 1073741824.0
          WHEN 'cpu' THEN CASE WHEN h.running THEN h.cpu * h.replicas ELSE 0 END
          ELSE CASE WHEN h.running THEN h.memory_bytes / 1073741824.0 * h.replicas ELSE 0 END
        END) / 3600, 10) AS quantity
  FROM scope s
  JOIN resource_history h ON h.environment_id = s.environment_id AND h.valid_from < s.until_at
    AND (h.valid_to IS NULL OR h.valid_to > s.from_at)
  CROSS JOIN LATERAL generate_series(
    greatest(s.from_at, date_trunc('hour', h.valid_from, 'UTC')),
    least(h.valid_to, s.until_at) - interval '1 microsecond', interval '1 hour') AS g(hour)
  CROSS JOIN (VALUES ('cpu', 'Core-Hours'), ('memory', 'GiB-Hours'), ('storage', 'GiB-Hours')) AS m(meter, unit)
  GROUP BY g.hour, h.resource_id, h.environment_id, h.component, m.meter, m.unit`;

/**
 * SQL that joins rows `u` (cloud_id, meter, hour) with the price `p` in force when the hour began, of the cloud's own
 * price book `b` or else the default one. Rows without a price fall out; with LEFT they stay.
 */
export function priceJoin(kind: "JOIN" | "LEFT JOIN" = "JOIN"): string {
  return `LEFT JOIN cloud c ON c.id = u.cloud_id
    ${kind} price_book b ON b.id = coalesce(c.price_book_id, (SELECT id FROM price_book WHERE is_default))
    ${kind} LATERAL (
      SELECT id, unit_price FROM price
       WHERE price_book_id = b.id AND meter = u.meter AND valid_from <= u.hour ORDER BY valid_from DESC LIMIT 1) p ON true`;
}
