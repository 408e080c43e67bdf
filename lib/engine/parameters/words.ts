import type { Breach } from "@/lib/kernel/values";
import { didYouMean } from "../template/suggest";

const formatWords: Readonly<Record<string, string>> = {
  uri: "a URL such as https://example.org",
  email: "an email address",
  hostname: "a hostname",
  ipv4: "an IPv4 address",
  ipv6: "an IPv6 address",
  date: "a date such as 2030-01-31",
  "date-time": "a time such as 2030-01-31T12:00:00Z",
  time: "a time of day",
  uuid: "a UUID",
  regex: "a regular expression",
};

const typeWords: Readonly<Record<string, string>> = {
  string: "a string",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
};

/** What a breach means, as the end of a sentence that starts with the parameter's title. */
export function breachMessage(breach: Breach): string {
  switch (breach.rule) {
    case "type":
      return `must be ${typeWords[breach.type]}`;
    case "enum":
      return `must be one of ${breach.choices.join(", ")}`;
    case "minimum":
      return `must be at least ${breach.limit}`;
    case "maximum":
      return `must be at most ${breach.limit}`;
    case "exclusiveMinimum":
      return `must be more than ${breach.limit}`;
    case "exclusiveMaximum":
      return `must be less than ${breach.limit}`;
    case "multipleOf":
      return `must be a multiple of ${breach.limit}`;
    case "minLength":
      return breach.limit === 1 ? "must not be empty" : `must have at least ${breach.limit} characters`;
    case "maxLength":
      return `must have at most ${breach.limit} characters`;
    case "minItems":
      return `must have at least ${breach.limit} entries`;
    case "maxItems":
      return `must have at most ${breach.limit} entries`;
    case "uniqueItems":
      return "must not have duplicate entries";
    case "pattern":
      return `must match the pattern ${String(breach.limit)}`;
    case "format":
      return `must be ${formatWords[String(breach.limit)] ?? String(breach.limit)}`;
    case "const":
      return `must be ${JSON.stringify(breach.limit)}`;
    case "required":
      return "is required";
    case "unknown":
      return "is not one of the properties";
    case "inexact":
      return `must be a whole number up to ${Number.MAX_SAFE_INTEGER}; larger numbers lose digits`;
    case "userinfo":
      return "must not contain a user name or password; store Git credentials in the project's settings";
  }
}

/** What to say of a parameter no one asked for. */
export function unknownMessage(name: string, known: readonly string[]): string {
  return `there is no parameter "${name}"${didYouMean(name, known)}`;
}
