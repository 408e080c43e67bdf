import { hash } from "node:crypto";
import { canonicalJson } from "./canonical-json";

export { canonicalJson };

/** SHA-256 of the canonical JSON of a value, as `sha256:` and 64 hex digits. */
export function digestOf(value: unknown): string {
  return `sha256:${hash("sha256", canonicalJson(value))}`;
}
