import { z } from "zod";

type JsonSchema = Record<string, unknown>;

/**
 * JSON Schemas of one OpenAPI document. A recursive schema comes with `$defs` of its own, whose references would point
 * nowhere inside the document: those move to the document's `components.schemas`.
 */
export class DocumentSchemas {
  private readonly shared = new Map<string, { name: string; schema: JsonSchema }>();

  of(schema: z.ZodType, io: "input" | "output"): JsonSchema {
    const made = z.toJSONSchema(schema, { io, unrepresentable: "any", reused: "inline" });
    const { $schema: _, $defs = {}, ...rest } = made as JsonSchema & { $defs?: Record<string, JsonSchema> };
    const names = new Map<string, string>();
    for (const [name, definition] of Object.entries($defs)) names.set(name, this.nameOf(definition));
    for (const [name, definition] of Object.entries($defs)) {
      const entry = this.shared.get(JSON.stringify(definition));
      if (entry) entry.schema = pointTo(names, definition) as JsonSchema;
      else throw new TypeError(`The definition ${name} was not kept.`);
    }
    return pointTo(names, rest) as JsonSchema;
  }

  /** What the schemas made so far refer to, by name. */
  components(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.shared.values()].map(({ name, schema }) => [name, schema]));
  }

  private nameOf(definition: JsonSchema): string {
    const key = JSON.stringify(definition);
    const known = this.shared.get(key);
    if (known) return known.name;
    const name = `Value${this.shared.size + 1}`;
    this.shared.set(key, { name, schema: definition });
    return name;
  }
}

function pointTo(names: ReadonlyMap<string, string>, value: unknown): unknown {
  if (names.size === 0 || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => pointTo(names, item));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const name =
        key === "$ref" && typeof item === "string" ? names.get(item.replace("#/$defs/", "")) : undefined;
      return [key, name === undefined ? pointTo(names, item) : `#/components/schemas/${name}`];
    }),
  );
}
