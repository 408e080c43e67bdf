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
  return path.reduce<z.core.$ZodType[]>((open, step) => childSchemas(open, step), spread(root));
}

/** Every schema that may stand at a key or an index of what these may be. */
export function childSchemas(schemas: readonly z.core.$ZodType[], step: PropertyKey): z.core.$ZodType[] {
  return schemas.flatMap((schema) => {
    if (schema instanceof z.ZodObject) {
      const shape = schema.shape as Record<PropertyKey, z.core.$ZodType>;
      const child = Object.hasOwn(shape, step) ? shape[step] : undefined;
      return child ? spread(child) : [];
    }
    if (schema instanceof z.ZodRecord) return spread(schema.valueType);
    if (schema instanceof z.ZodArray) return spread(schema.element);
    // What is inside of anything is anything.
    return schema instanceof z.ZodUnknown ? [schema] : [];
  });
}

/** The forms that a schema has, bare. */
export function spread(schema: z.core.$ZodType): z.core.$ZodType[] {
  const bare = unwrap(schema);
  return bare instanceof z.ZodUnion ? bare.options.flatMap((option) => spread(option)) : [bare];
}

/** The keys a map may have at a path, when that is a closed list. */
export function keysAt(root: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const objects = schemasAt(root, path).filter((schema) => schema instanceof z.ZodObject);
  return [...new Set(objects.flatMap((schema) => Object.keys(schema.shape)))];
}
