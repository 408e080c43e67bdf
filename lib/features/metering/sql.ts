const gib = 1024 ** 3;

/**
 * Quantity of each meter held between two moments, per resource and period of its history. A stopped component holds
 * its storage only. `$1` and `$2` are the moments.
 */
export const heldSql = `
  SELECT h.id AS history_id, h.resource_id, h.environment_id, h.component, h.cloud_id, h.project_id, h.cost_center_id,
    h.owner_id, h.template_version_id, h.valid_from, m.meter, m.unit,
    m.amount * extract(epoch FROM least(coalesce(h.valid_to, $2), $2) - greatest(h.valid_from, $1))::numeric / 3600 AS quantity
  FROM resource_history h
  CROSS JOIN LATERAL (VALUES
    ('cpu', 'Core-Hours', CASE WHEN h.running THEN h.cpu * h.replicas ELSE 0 END),
    ('memory', 'GiB-Hours', CASE WHEN h.running THEN h.memory_bytes::numeric * h.replicas / ${gib} ELSE 0 END),
    ('storage', 'GiB-Hours', h.storage_bytes::numeric / ${gib})) AS m(meter, unit, amount)
  WHERE h.valid_from < $2 AND (h.valid_to IS NULL OR h.valid_to > $1) AND m.amount > 0`;

/** The price of a meter in a cloud at a moment: of the cloud's own price book, else of the default one. */
export function priceJoin(cloud: string, meter: string, at: string): string {
  return `
  JOIN LATERAL (
    SELECT p.id, p.unit_price, b.currency FROM price p JOIN price_book b ON b.id = p.price_book_id
    WHERE b.id = coalesce((SELECT price_book_id FROM cloud WHERE id = ${cloud}), (SELECT id FROM price_book WHERE is_default))
      AND p.meter = ${meter} AND p.valid_from <= ${at} ORDER BY p.valid_from DESC LIMIT 1) price ON true`;
}
