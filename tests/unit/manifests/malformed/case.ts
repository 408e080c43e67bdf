/**
 * Malformed manifests: `from` is replaced by `to` in web-with-postgres.yaml (or the whole text is `text`), and
 * a problem must say `says` on the line where `at` first stands in the changed text.
 */
export type MalformedCase = {
  name: string;
  says: string;
  at?: string;
  from?: string;
  to?: string;
  text?: string;
};

/** A case that changes the whole manifest in one place. */
export const edit = (name: string, from: string, to: string, at: string, says: string): MalformedCase => ({
  name,
  from,
  to,
  at,
  says,
});
/** A case with a text of its own. */
export const whole = (name: string, text: string, says: string, at?: string): MalformedCase => ({
  name,
  text,
  says,
  ...(at ? { at } : {}),
});
