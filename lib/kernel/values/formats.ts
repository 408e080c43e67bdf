import { fullFormats } from "ajv-formats/dist/formats.js";

const checked = [
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
] as const;

/** Whether a text has a format of JSON Schema. Formats that say nothing about the text (secret) have every one. */
export function hasFormat(format: string, text: string): boolean {
  const name = checked.find((one) => one === format);
  if (!name) return true;
  const test = fullFormats[name];
  if (test instanceof RegExp) return test.test(text);
  if (typeof test === "function") return test(text);
  if (typeof test !== "object" || !("validate" in test)) return true;
  const { validate } = test;
  if (validate instanceof RegExp) return validate.test(text);
  return typeof validate === "function" ? (validate as (value: string) => boolean)(text) : true;
}
