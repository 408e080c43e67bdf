import { nodeProgram, reachableProgram } from "../machine";
import type { Runtime } from "./runtime";

/** A Node program: the same Node that runs Rostrum, with the script and its arguments in `args`. */
export const nodeRuntime: Runtime = {
  web: true,
  scalable: true,
  stopSignal: "SIGTERM",
  validate: (_machine, spec) =>
    spec.args.length > 0
      ? []
      : [{ path: "process.args", message: "enter the script to run, for example [server.mjs]" }],
  launch: ({ machine, owner, args }) => ({
    command: [reachableProgram(machine, nodeProgram(), owner), ...args],
    environment: { NODE_ENV: "production" },
  }),
};
