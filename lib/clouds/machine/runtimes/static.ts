import { dirname, join } from "node:path";
import { nodeProgram, reachableProgram } from "../machine";
import { scriptFile } from "../scripts";
import { type Runtime, textOption } from "./runtime";

/** Serves files. Options: `root` (folder of the component to serve), `spa` (unknown paths get index.html). */
export const staticRuntime: Runtime = {
  web: true,
  scalable: true,
  stopSignal: "SIGTERM",
  validate(_machine, spec) {
    const root = textOption(spec, "root") ?? ".";
    const problems = [];
    if (root.startsWith("/") || root.split("/").includes("..")) {
      problems.push({ path: "process.options.root", message: "expected a folder of the component" });
    }
    if (spec.ports.length === 0)
      problems.push({ path: "process.ports", message: "enter the port to serve on" });
    return problems;
  },
  launch({ machine, spec, owner, dir }) {
    const script = scriptFile(machine.host.runtimeDir, "static-server");
    const root = join(dir, textOption(spec, "root") ?? ".");
    const mode = textOption(spec, "spa") === "true" ? "spa" : "files";
    return {
      command: [reachableProgram(machine, nodeProgram(), owner), script, root, mode],
      mounts: [{ source: dirname(script) }],
    };
  },
};
