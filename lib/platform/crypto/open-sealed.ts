import { SealError, unseal } from "./seal";

/** What a sealed text holds, or one sentence that says why no one can tell. */
export type Opened<T> = { ok: true; value: T } | { ok: false; reason: string };

/** Opens a sealed text that may be damaged, so that one damaged row takes away no more than itself. */
export function openSealed(sealed: string, context: string): Opened<string> {
  try {
    return { ok: true, value: unseal(sealed, context) };
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    return { ok: false, reason: error.message };
  }
}

/** As `openSealed`, for JSON; `T` is the caller's claim about its shape, as it was when it was sealed. */
export function openSealedJson<T>(sealed: string, context: string): Opened<T> {
  const opened = openSealed(sealed, context);
  if (!opened.ok) return opened;
  try {
    return { ok: true, value: JSON.parse(opened.value) as T };
  } catch {
    // The parser's message would show a piece of the secret.
    return { ok: false, reason: "The decrypted value is not valid JSON." };
  }
}
