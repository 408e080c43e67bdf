import { z } from "zod";

/** A schema without what stands around it: optional, default, transform, lazy. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let at = schema;
  for (;;) {
    if (at instanceof z.ZodOptional || at instanceof z.ZodNullable) at = at.unwrap();
    else if (at instanceof z.ZodDefault || at instanceof z.ZodPrefault) at = at.unwrap();
    else if (at instanceof z.ZodPipe) at = at.in;
    else if (at instanceof z.ZodLazy) at = at.unwrap();
    else return at;
  }
}

/** Every schema that may stand at a path of a manifest. */
function schemasAt(root: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType[] {
  let open = spread(root);
  for (const step of path) {
    open = open.flatMap((schema) => {
      if (schema instanceof z.ZodObject) {
        const child = (schema.shape as Record<PropertyKey, z.core.$ZodType | undefined>)[step];
        return child ? spread(child) : [];
      }
      if (schema instanceof z.ZodRecord) return spread(schema.valueType);
      if (schema instanceof z.ZodArray) return spread(schema.element);
      return [];
    });
  }
  return open;
}

function spread(schema: z.core.$ZodType): z.core.$ZodType[] {
  const bare = unwrap(schema);
  return bare instanceof z.ZodUnion ? bare.options.flatMap((option) => spread(option)) : [bare];
}

/** The keys a map may have at a path, when that is a closed list. */
export function keysAt(root: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const objects = schemasAt(root, path).filter((schema) => schema instanceof z.ZodObject);
  return [...new Set(objects.flatMap((schema) => Object.keys(schema.shape)))];
}
