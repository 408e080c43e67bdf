/**
 * A confined program's environment is its owner's to choose, and some of it steers the loader and the shell of whatever
 * is started with it (LD_PRELOAD, LD_DEBUG_OUTPUT; see ld.so(8)). So the programs that build the sandbox never have it:
 * it goes through a pipe to process 1 inside, where it can hurt no one.
 */

/** What programs outside the sandbox get of it: Rostrum's own marks, by which processes are found again. */
export function launcherEnvironment(environment: Record<string, string>): Record<string, string> {
  const marks = Object.entries(environment).filter(([name]) => name.startsWith("ROSTRUM_"));
  return { ...Object.fromEntries(marks), PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Names that mean something to the shell itself; it would refuse some and act on others. */
const ofTheShell = /^(IFS|PPID|UID|EUID|_|OPTIND|SHELLOPTS|BASH.*|PS[0-9]|FUNCNAME|GROUPS|PIPESTATUS)$/;

/** Lines for process 1 that export an environment; what a shell cannot export is handed over by env(1). */
export function environmentScript(environment: Record<string, string>): string {
  const entries = Object.entries(environment);
  const isPlain = (name: string) => identifier.test(name) && !ofTheShell.test(name);
  const exports = entries.filter(([name]) => isPlain(name));
  const others = entries.filter(([name]) => !isPlain(name));
  const words = others.map(([name, value]) => quote(`${name}=${value}`)).join(" ");
  return [
    ...exports.map(([name, value]) => `export ${name}=${quote(value)}`),
    ...(others.length > 0 ? [`set -- /usr/bin/env ${words} "$@"`] : []),
    "",
  ].join("\n");
}

/** A word of a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
