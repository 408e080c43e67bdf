import type { Problem } from "../contract";

/** Names that Rostrum and Docker act on. */
export function isReservedLabel(name: string): boolean {
  return /^(?:rostrum|com\.docker)(?:\.|$)/i.test(name.trim());
}

/**
 * Programs on the engine's host read labels of containers: a proxy publishes what they name, an updater replaces, a
 * scheduler runs. So a container has the labels that an administrator's prefixes cover, and Rostrum's own.
 */
export function isAllowedLabel(name: string, prefixes: readonly string[]): boolean {
  return !isReservedLabel(name) && prefixes.some((prefix) => name.startsWith(prefix));
}

/** What is wrong with the labels that a component asks for. */
export function labelProblems(asked: readonly string[], prefixes: readonly string[]): Problem[] {
  const allowed =
    prefixes.length > 0 ? `Use a name that starts with ${prefixes.join(" or ")}` : "No labels are allowed";
  return asked.flatMap((name) => {
    if (isAllowedLabel(name, prefixes)) return [];
    const message = isReservedLabel(name)
      ? `Label ${name} is reserved. Use another prefix.`
      : `Label ${name} isn't allowed on this cloud. ${allowed}.`;
    return [{ path: "labels", message }];
  });
}

/** Labels of an image come into its containers; they are emptied, because an image's author sets them, not the administrator. */
export function emptiedLabels(
  ofImage: readonly string[],
  own: Readonly<Record<string, string>>,
  prefixes: readonly string[],
): Record<string, string> {
  const foreign = ofImage.filter((name) => !(name in own) && !isAllowedLabel(name, prefixes));
  return Object.fromEntries(foreign.map((name) => [name, ""]));
}
