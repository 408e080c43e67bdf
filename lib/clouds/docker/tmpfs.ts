import type { Problem, Size } from "../contract";

/** What may stand after the path of a tmpfs. Never suid or dev: a file in memory is no way to more rights. */
const flags = new Set(["rw", "ro", "exec", "noexec", "nosuid", "nodev", "noatime", "nodiratime"]);
const values = /^(?:size=\d+[kmg]?|mode=[0-7]{3,4}|uid=\d+|gid=\d+|nr_inodes=\d+[kmg]?)$/;

/** A tmpfs of a component without a memory limit would else take half of the host's memory. */
const unlimitedSize = "size=256m";

/** What is wrong with the folders in memory that a component asks for. */
export function tmpfsProblems(asked: readonly string[] = []): Problem[] {
  return asked.flatMap((text, index) => {
    const { path, options } = split(text);
    const at = `tmpfs.${index}`;
    const found: Problem[] = [];
    if (!path.startsWith("/") || path === "/" || path.split("/").includes(".."))
      found.push({ path: at, message: `expected a path such as /tmp or /run:size=16m, not ${text}` });
    for (const option of options) {
      if (flags.has(option) || values.test(option)) continue;
      found.push({ path: at, message: `a folder in memory may not be mounted with ${option}` });
    }
    return found;
  });
}

/** The engine's own form: path → options. */
export function tmpfsOf(asked: readonly string[], size: Size): Record<string, string> {
  return Object.fromEntries(
    asked.map((text) => {
      const { path, options } = split(text);
      const bounded = size.memoryBytes > 0 || options.some((option) => option.startsWith("size="));
      return [path, ["nosuid", "nodev", ...options, ...(bounded ? [] : [unlimitedSize])].join(",")];
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
