import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";

export const maxPageSize = 200;

/** Query of every list: how many, and from where on. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(maxPageSize).default(50).describe("Items per page"),
  cursor: z.string().max(500).optional().describe("`nextCursor` of the previous page"),
});

export type PageQuery = z.output<typeof pageQuery>;

/** Schema of a list's answer. */
export function listResponse<S extends z.ZodType>(item: S) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** One page; `nextCursor` is null on the last one. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** The sort values of a page's last row, as an opaque text. */
export function encodeCursor(values: Record<string, string | number | null>): string {
  return Buffer.from(JSON.stringify(values), "utf8").toString("base64url");
}

/** Sort values in a cursor, as PostgreSQL writes them. A cursor of another order of the same list is refused, not tried. */
export const sortKeys = {
  text: z.string(),
  numeric: z.string().regex(/^-?\d+(\.\d+)?$/),
  timestamptz: z.string().regex(/^(infinity|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?)$/),
};

/**
 * The values `encodeCursor` was given, checked by `schema`; undefined without a cursor.
 * @throws AppError `validation_failed` for anything else
 */
export function decodeCursor<S extends z.ZodType>(
  cursor: string | undefined,
  schema: S,
): z.output<S> | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    if (parsed.success) return parsed.data;
  } catch {
    // Not JSON: refused below like any other wrong cursor.
  }
  const message = "invalid cursor; omit it to start from the first page";
  throw new AppError("validation_failed", `cursor: ${message}`, { problems: [{ path: "cursor", message }] });
}

/**
 * A page out of `limit + 1` rows: the surplus row only says that there is more.
 * `cursorOf` names the sort values of a row.
 */
export function toPage<R, T>(
  rows: readonly R[],
  limit: number,
  cursorOf: (row: R) => Record<string, string | number | null>,
  map: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(map), nextCursor: more ? encodeCursor(cursorOf(last)) : null };
}
