import { findProgram } from "@/lib/platform/exec/find-program";
import { reachableProgram } from "../machine";
import type { Runtime } from "./runtime";

/** A program of the host that the cloud's administrator has allowed. */
export function programRuntime(name: string): Runtime {
  return {
    web: true,
    scalable: true,
    stopSignal: "SIGTERM",
    validate(machine) {
      const path = "process.program";
      if (!machine.config.allowPrograms.includes(name)) {
        return [{ path, message: `this cloud doesn’t allow the program "${name}"` }];
      }
      return findProgram(name) ? [] : [{ path, message: `${name} is not installed on this machine` }];
    },
    launch: ({ machine, owner, args }) => ({
      command: [reachableProgram(machine, findProgram(name) ?? name, owner), ...args],
    }),
  };
}
