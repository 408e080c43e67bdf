/**
 * Volumes that programs of a process component have although its manifest lists none: the databases that Rostrum knows keep
 * their data outside their release.
 */
const byProgram: Readonly<Record<string, readonly string[]>> = {
  postgres: ["data"],
  redis: ["data"],
  valkey: ["data"],
};

/** Names of the volumes that a program has by itself. */
export function runtimeVolumes(program: unknown): readonly string[] {
  return typeof program === "string" && Object.hasOwn(byProgram, program) ? (byProgram[program] ?? []) : [];
}
