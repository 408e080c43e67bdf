import { nodeRuntime } from "./node";
import { postgresRuntime } from "./postgres";
import { programRuntime } from "./program";
import { redisRuntime } from "./redis";
import type { Runtime } from "./runtime";
import { staticRuntime } from "./static";

const runtimes: Record<string, Runtime> = {
  node: nodeRuntime,
  postgres: postgresRuntime,
  redis: redisRuntime("redis-server", "valkey-server"),
  valkey: redisRuntime("valkey-server", "redis-server"),
  static: staticRuntime,
};

/** The runtime a manifest's `program` names; any other name is a program of the host. */
export function runtimeFor(program: string): Runtime {
  return Object.hasOwn(runtimes, program)
    ? (runtimes[program] ?? programRuntime(program))
    : programRuntime(program);
}
