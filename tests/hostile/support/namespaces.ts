import { spawnSync } from "node:child_process";

const inside = ["sh", "-c", "test $$ -le 2"];
const ways = [
  ["bwrap", "--unshare-user", "--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", ...inside],
  ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc", ...inside],
];

/** Whether a user can have namespaces on this machine, found by having some, without asking the cloud. */
export function namespacesWork(uid: number): boolean {
  const who = uid === process.getuid?.() ? {} : { uid, gid: uid };
  return ways.some(([program = "", ...args]) => {
    const result = spawnSync(program, args, {
      ...who,
      cwd: "/",
      env: { PATH: process.env.PATH ?? "" } as unknown as NodeJS.ProcessEnv,
      timeout: 10_000,
    });
    return result.status === 0;
  });
}
