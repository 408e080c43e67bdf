/** The environment of this process, for another process of Rostrum itself: with its secrets, so never for anything else. */
export function ownEnvironment(): Record<string, string> {
  const set = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(set);
}
