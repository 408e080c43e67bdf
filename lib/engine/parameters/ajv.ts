import { Ajv2020, type AnySchemaObject, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import formatsPlugin from "ajv-formats";
import { compilePattern } from "@/lib/kernel/patterns";
import { didYouMean } from "../template/suggest";
import type { Parameter } from "../template/types";

/** Ajv's door for another engine; `code` would only be read for validators written out as source. */
const linearPattern = Object.assign((source: string) => compilePattern(source), { code: "compilePattern" });

/** Ajv as parameters need it: defaults filled in, every problem reported, nothing coerced. */
function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    useDefaults: true,
    coerceTypes: false,
    // Keywords are checked by the manifest schema, with lines.
    strict: false,
    addUsedSchema: false,
    code: { regExp: linearPattern },
  });
  formatsPlugin.default(ajv, [
    "uri",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "date",
    "date-time",
    "time",
    "uuid",
    "regex",
  ]);
  ajv.addFormat("secret", true);
  return ajv;
}

const ajv = createAjv();

/** A validator of a JSON Schema. Ajv's own cache is emptied at once: it would keep every draft ever checked. */
export function compileSchema(schema: AnySchemaObject): ValidateFunction {
  const validate = ajv.compile(schema);
  ajv.removeSchema(schema);
  return validate;
}

/** Judges one value by one parameter's schema: answers what is wrong in words, or undefined. */
export function validatorFor(parameter: Parameter): (value: unknown) => string | undefined {
  const validate: ValidateFunction = compileSchema(parameter);
  return (value) => {
    if (validate(structuredClone(value))) return undefined;
    const [first] = validate.errors ?? [];
    return first ? errorMessage(first) : "is not valid";
  };
}

const formatWords: Readonly<Record<string, string>> = {
  uri: "an address such as https://example.org",
  email: "an e-mail address",
  hostname: "a host name",
  ipv4: "an IPv4 address",
  ipv6: "an IPv6 address",
  date: "a date such as 2030-01-31",
  "date-time": "a time such as 2030-01-31T12:00:00Z",
  time: "a time of day",
  uuid: "a UUID",
  regex: "a regular expression",
};

const typeWords: Readonly<Record<string, string>> = {
  string: "a text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
};

/** What an Ajv error means, as the end of a sentence that starts with the parameter's title. */
export function errorMessage({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case "type":
      return `must be ${typeWords[params.type as string] ?? String(params.type)}`;
    case "enum":
      return `must be one of ${(params.allowedValues as unknown[]).join(", ")}`;
    case "minimum":
      return `must be at least ${params.limit}`;
    case "maximum":
      return `must be at most ${params.limit}`;
    case "exclusiveMinimum":
      return `must be more than ${params.limit}`;
    case "exclusiveMaximum":
      return `must be less than ${params.limit}`;
    case "multipleOf":
      return `must be a multiple of ${params.multipleOf}`;
    case "minLength":
      return params.limit === 1 ? "must not be empty" : `must have at least ${params.limit} characters`;
    case "maxLength":
      return `must have at most ${params.limit} characters`;
    case "minItems":
      return `must have at least ${params.limit} entries`;
    case "maxItems":
      return `must have at most ${params.limit} entries`;
    case "uniqueItems":
      return "must not have the same entry twice";
    case "pattern":
      return `must match the pattern ${params.pattern}`;
    case "format":
      return `must be ${formatWords[params.format as string] ?? String(params.format)}`;
    case "required":
      return "is required";
    case "const":
      return `must be ${JSON.stringify(params.allowedValue)}`;
    default:
      return message ?? "is not valid";
  }
}

/** What to say of a parameter nobody asked for. */
export function unknownMessage(name: string, known: readonly string[]): string {
  return `there is no parameter "${name}"${didYouMean(name, known)}`;
}
