import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { machineDriver } from "@/lib/clouds/machine";
import { environmentOf, listProcesses } from "@/lib/platform/exec/process-table";
import { describeDriverContract } from "../support/driver-contract";
import { machineTrial, processComponent, webFiles } from "../support/machine-cloud";

const writer = "require('fs').writeFileSync(process.env.DATA + '/note', process.argv[1])";
const reader =
  "const f=process.env.DATA+'/note';console.log(require('fs').existsSync(f)?require('fs').readFileSync(f,'utf8'):'none')";

/** Answers, and ends a moment later. */
const fleeting = `require("http").createServer((q, s) => s.end("once")).listen(process.env.PORT, process.env.HOST);
require("net").createServer().on("error", () => 0); setTimeout(() => process.exit(1), 180)`;

/** Every way in which components are confined somewhere; as an ordinary user there are no users to keep apart. */
const ways = ([["bwrap", "unshare"], ["unshare"], []] as const).filter(
  (tools) => tools.length > 0 || process.getuid?.() === 0,
);

for (const tools of ways)
  describeDriverContract(`machine, confined by ${tools[0] ?? "users"}`, {
    driver: machineDriver,
    badConfig: { portRange: [30_000, 20_000] },
    async open() {
      const trial = machineTrial([24_200, 24_259]);
      const reopen = () => trial.open(tools);
      const connection = await reopen();
      return {
        connection,
        reopen,
        files: webFiles,
        answers: true,
        desired: ({ greeting, replicas = 1, size }) =>
          processComponent(
            {
              program: "node",
              args: ["server.mjs"],
              files: { dir: "app" },
              ports: [8080],
              volumes: ["data:/data"],
              environment: { GREETING: greeting, DATA: "{data}" },
            },
            { replicas, ...(size ? { size } : {}) },
          ),
        broken: processComponent({
          program: "node",
          args: ["missing.mjs"],
          files: { dir: "app" },
          ports: [8080],
        }),
        identity: (observation) => String(observation.attributes.pids),
        kill: async (_ref, observation) => {
          process.kill(Number(observation.attributes.pid), "SIGKILL");
        },
        forgetStart: async (ref, key) =>
          trial.edit(ref, (record) => {
            record.applied = null;
            record.intent = { key, digest: "", at: new Date().toISOString(), cleared: false };
            for (const entry of record.processes as object[]) Object.assign(entry, { pid: 0, start: "" });
          }),
        stranger: async () => {
          const directory = join(trial.root, "data", "env_strange", "thing");
          mkdirSync(directory, { recursive: true });
          return {
            isIt: (found) => found.externalId === "env_strange/thing",
            remove: async () => rmSync(join(directory, ".."), { recursive: true }),
          };
        },
        vanish: {
          folder: async (ref) => rmSync(dirname(trial.recordFile(ref)), { recursive: true, force: true }),
          "folder of the environment": async (ref) =>
            rmSync(dirname(dirname(trial.recordFile(ref))), { recursive: true, force: true }),
          record: async (ref) => rmSync(trial.recordFile(ref), { force: true }),
          "whole record": async (ref) => {
            if (existsSync(dirname(trial.recordFile(ref)))) writeFileSync(trial.recordFile(ref), "{ rubbish");
          },
          "program files": async (ref) =>
            rmSync(join(dirname(trial.recordFile(ref)), "releases"), { recursive: true, force: true }),
          volume: async (ref) =>
            rmSync(join(dirname(trial.recordFile(ref)), "volumes", "data"), { recursive: true, force: true }),
        },
        losesData: ["folder", "folder of the environment", "volume"],
        fleeting: () =>
          processComponent({
            program: "node",
            args: ["-e", fleeting],
            ports: [8080],
            volumes: ["data:/data"],
          }),
        write: (text) => ["node", "-e", writer, text],
        read: () => ["node", "-e", reader],
        volumePath: "data",
        leftovers: async (environmentId) => leftovers(join(trial.root, "data"), environmentId),
        close: async () => {
          await connection.close();
          trial.dispose();
        },
      };
    },
  });

/** Directories, ports, users, control groups and processes that still name an environment. */
function leftovers(root: string, environmentId: string): string[] {
  const named = (directory: string) =>
    existsSync(directory)
      ? readdirSync(directory).filter(
          (name) => name.includes(environmentId) || readIfFile(join(directory, name)).includes(environmentId),
        )
      : [];
  const processes = listProcesses().filter((info) =>
    environmentOf(info.pid)?.get("ROSTRUM_REF")?.startsWith(environmentId),
  );
  const places = [root, join(root, "ports"), join(root, "locks"), "/var/lib/rostrum/uids"];
  const groups = ["/sys/fs/cgroup/rostrum", "/sys/fs/cgroup/memory/rostrum", "/sys/fs/cgroup/cpu/rostrum"];
  return [...[...places, ...groups].flatMap(named), ...processes.map((info) => `pid ${info.pid}`)];
}

function readIfFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // A directory, or gone meanwhile.
    return "";
  }
}
