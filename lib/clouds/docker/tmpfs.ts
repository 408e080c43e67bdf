import type { Problem } from "../contract";

/** What may stand after the path of a tmpfs. Never suid or dev: a file in memory is no way to more rights. */
const flags = new Set(["rw", "ro", "exec", "noexec", "nosuid", "nodev", "noatime", "nodiratime"]);
const values = /^(?:size=\d+[kmg]?|mode=[0-7]{3,4}|uid=\d+|gid=\d+|nr_inodes=\d+[kmg]?)$/;

/** What is wrong with the folders in memory that a component asks for. */
export function tmpfsProblems(asked: readonly string[] = []): Problem[] {
  return asked.flatMap((text, index) => {
    const { path, options } = split(text);
    const at = `tmpfs.${index}`;
    const found: Problem[] = [];
    if (!path.startsWith("/") || path === "/" || path.split("/").includes(".."))
      found.push({ path: at, message: `expected a path such as /tmp or /run:size=16m, not ${text}` });
    for (const option of options) {
      if (/^(?:size|nr_inodes)=0+[kmg]?$/.test(option)) {
        found.push({ path: at, message: `${option} means no limit; state a limit such as size=16m` });
        continue;
      }
      if (flags.has(option) || values.test(option)) continue;
      found.push({ path: at, message: `the tmpfs option ${option} isn't allowed` });
    }
    return found;
  });
}

/** The engine's own form: path → options. What is in it counts toward the container's memory limit. */
export function tmpfsOf(asked: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    asked.map((text) => {
      const { path, options } = split(text);
      return [path, ["nosuid", "nodev", ...options].join(",")];
    }),
  );
}

function split(text: string): { path: string; options: string[] } {
  const at = text.indexOf(":");
  if (at < 0) return { path: text, options: [] };
  return {
    path: text.slice(0, at),
    options: text
      .slice(at + 1)
      .split(",")
      .filter(Boolean),
  };
}
