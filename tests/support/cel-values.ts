import { UnsignedInt } from "@marcbachmann/cel-js/evaluator";
import { z } from "zod";

/** A cel.expr.Value in the JSON form of Protocol Buffers. */
export type ValueJson =
  | { nullValue: null }
  | { boolValue: boolean }
  | { int64Value: string }
  | { uint64Value: string }
  | { doubleValue: number | string }
  | { stringValue: string }
  | { bytesValue: string }
  | { listValue: { values: ValueJson[] } }
  | { mapValue: { entries: { key: ValueJson; value: ValueJson }[] } }
  | { typeValue: string }
  | { objectValue: Record<string, unknown> }
  | { enumValue: Record<string, unknown> };

export const valueSchema: z.ZodType<ValueJson> = z.lazy(() =>
  z.union([
    z.strictObject({ nullValue: z.null() }),
    z.strictObject({ boolValue: z.boolean() }),
    z.strictObject({ int64Value: z.string() }),
    z.strictObject({ uint64Value: z.string() }),
    z.strictObject({ doubleValue: z.union([z.number(), z.string()]) }),
    z.strictObject({ stringValue: z.string() }),
    z.strictObject({ bytesValue: z.string() }),
    z.strictObject({ listValue: z.strictObject({ values: z.array(valueSchema).default([]) }) }),
    z.strictObject({
      mapValue: z.strictObject({
        entries: z.array(z.strictObject({ key: valueSchema, value: valueSchema })).default([]),
      }),
    }),
    z.strictObject({ typeValue: z.string() }),
    z.strictObject({ objectValue: z.record(z.string(), z.unknown()) }),
    z.strictObject({ enumValue: z.record(z.string(), z.unknown()) }),
  ]),
);

/** The name of a type as a value; equal to the name only. */
class TypeValue {
  constructor(readonly name: string) {}
}

/** A message of Protocol Buffers, which Rostrum's CEL has none of: equal to nothing. */
class MessageValue {}

/** The value as cel-js takes and gives it. */
export function celValue(json: ValueJson): unknown {
  if ("nullValue" in json) return null;
  if ("boolValue" in json) return json.boolValue;
  if ("int64Value" in json) return BigInt(json.int64Value);
  if ("uint64Value" in json) return new UnsignedInt(BigInt(json.uint64Value));
  if ("doubleValue" in json) return Number(json.doubleValue);
  if ("stringValue" in json) return json.stringValue;
  if ("bytesValue" in json) return new Uint8Array(Buffer.from(json.bytesValue, "base64"));
  if ("listValue" in json) return json.listValue.values.map(celValue);
  if ("mapValue" in json) {
    return new Map(json.mapValue.entries.map(({ key, value }) => [celValue(key), celValue(value)]));
  }
  return "typeValue" in json ? new TypeValue(json.typeValue) : new MessageValue();
}

/** Whether a computed value isn't the expected one, of the same type at every depth. */
export function differs(value: unknown, expected: unknown): boolean {
  if (typeof expected === "number") return typeof value !== "number" || !sameDouble(value, expected);
  if (expected === null || typeof expected !== "object") return value !== expected;
  if (expected instanceof UnsignedInt)
    return !(value instanceof UnsignedInt) || value.value !== expected.value;
  if (expected instanceof Uint8Array)
    return !(value instanceof Uint8Array) || !Buffer.from(value).equals(expected);
  if (expected instanceof TypeValue) return String(value) !== `Type<${expected.name}>`;
  if (Array.isArray(expected)) {
    const same = Array.isArray(value) && value.length === expected.length;
    return !same || expected.some((item, at) => differs(value[at], item));
  }
  return !(expected instanceof Map) || differsFromMap(value, expected);
}

function sameDouble(value: number, expected: number): boolean {
  return value === expected || (Number.isNaN(value) && Number.isNaN(expected));
}

/** A map with only strings as keys may be an object. */
function differsFromMap(value: unknown, expected: Map<unknown, unknown>): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return true;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  if (entries.length !== expected.size) return true;
  return [...expected].some(([key, item]) => {
    const found = entries.find(([own]) => !differs(own, key));
    return !found || differs(found[1], item);
  });
}

const primitives: Readonly<Record<string, string>> = {
  BOOL: "bool",
  INT64: "int",
  UINT64: "uint",
  DOUBLE: "double",
  STRING: "string",
  BYTES: "bytes",
};

const typeSchema = z.union([
  z.strictObject({ primitive: z.string() }),
  z.strictObject({ listType: z.strictObject({ elemType: z.unknown() }) }),
  z.strictObject({ mapType: z.strictObject({ keyType: z.unknown(), valueType: z.unknown() }) }),
  z.strictObject({ null: z.null() }),
  z.strictObject({ dyn: z.unknown() }),
]);

/** How cel-js writes a cel.expr.Type; undefined when it has none like it. */
export function typeName(json: unknown): string | undefined {
  const { data: type } = typeSchema.safeParse(json);
  if (!type) return undefined;
  if ("primitive" in type) return primitives[type.primitive];
  if ("null" in type) return "null";
  if ("dyn" in type) return "dyn";
  if ("listType" in type) {
    const item = typeName(type.listType.elemType);
    return item === "dyn" ? "list" : item && `list<${item}>`;
  }
  const [key, value] = [typeName(type.mapType.keyType), typeName(type.mapType.valueType)];
  return key === "dyn" && value === "dyn" ? "map" : key && value && `map<${key}, ${value}>`;
}
