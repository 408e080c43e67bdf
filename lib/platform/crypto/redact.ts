const mask = "[redacted]";
const secretKey =
  /(^|[_.-])(pass(word|phrase|wd)?|secrets?|tokens?|credentials?|authorization|cookie|private_?key|api_?key|access_?key|client_?secret|hash)$/i;
const camelSecretKey = /(Password|Secret|Token|Credentials?|PrivateKey|ApiKey|AccessKey|Hash)$/;
const maxDepth = 12;

/**
 * A copy of a value without secrets: values under telling names ("password", "apiToken") are replaced, and every
 * occurrence of one of `secrets` inside any text. Secrets under 4 characters are left, they would mask ordinary words.
 */
export function redact<T>(value: T, secrets: readonly string[] = []): T {
  const needles = [...new Set(secrets)].filter((secret) => secret.length >= 4);
  // Longest first: a secret may contain another one.
  needles.sort((left, right) => right.length - left.length);
  return walk(value, needles, 0) as T;
}

/** A text without any of the given secrets. */
export function redactText(text: string, secrets: readonly string[]): string {
  return redact(text, secrets);
}

/** Whether a key by its name holds something secret. */
export function isSecretName(name: string): boolean {
  return secretKey.test(name) || camelSecretKey.test(name);
}

function walk(value: unknown, needles: readonly string[], depth: number): unknown {
  if (typeof value === "string")
    return needles.reduce((text, needle) => text.replaceAll(needle, mask), value);
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Date) return value;
  if (depth >= maxDepth) return mask;
  if (Array.isArray(value)) return value.map((item) => walk(item, needles, depth + 1));
  if (value instanceof Uint8Array) return mask;
  // Decimals and other values that know their own JSON form.
  if ("toJSON" in value && typeof value.toJSON === "function")
    return walk(value.toJSON(), needles, depth + 1);
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const hide = isSecretName(key) && item !== null && typeof item !== "boolean" && item !== "";
    out[key] = hide ? mask : walk(item, needles, depth + 1);
  }
  return out;
}
