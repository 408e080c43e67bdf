/** No core files, private files, and a bound for the largest: $1, or "unlimited". */
const bounds = 'umask 077; ulimit -c 0; [ "$1" = unlimited ] || ulimit -f "$1"; shift';

/**
 * Every confined program waits at a gate until Rostrum has placed it into its control group, so that nothing it forks can
 * be outside of it. A worker that dies before it opens the gate closes the pipe, which ends what waits. File descriptor 3
 * is the gate.
 */
const gate = "read -r _ <&3 || exit 125; exec 3<&-";

/**
 * The gate of a program without namespaces: it is all that stands before the program. `bounds` says what $1 is. The
 * program's environment comes as it does where there are walls: it must not steer this shell before the gate is open.
 */
export const gateScript = [
  "script=$(cat <&6) || exit 125",
  "exec 6<&- 4>&-",
  gate,
  bounds,
  'eval "$script"',
  "unset script",
  'exec "$@"',
].join("\n");

/** Units of `ulimit -f` in a POSIX shell. */
export const ulimitBlockBytes = 512;

/**
 * Process 1 inside: starts the program, reaps what is orphaned, and ends with the program's exit status. With its end
 * the kernel kills whatever is left in the process namespace, however it was forked. The program leads a session of its
 * own. $1 is the largest file, $2 the most processes.
 */
export const initScript = [
  bounds,
  // bash calls it -u, dash -p (which is another thing to bash).
  '(ulimit -u "$1") 2>/dev/null && ulimit -u "$1" || ulimit -p "$1"',
  "shift",
  "exec 9<&0 </dev/null",
  "alone=$(command -v setsid) || alone=",
  '$alone "$@" <&9 9<&- &',
  "main=$!",
  "exec 3<&- 4>&- 6<&- 9<&-",
  // A signal to this process ends the wait early and must not be taken for the program's end.
  'while :; do wait "$main"; code=$?; kill -0 "$main" 2>/dev/null || exit "$code"; done',
].join("\n");

/**
 * What becomes the program. Its gate is here, behind all that it costs to build the walls, which is not the component's to
 * pay; file descriptor 4 says when it stands there. What comes on file descriptor 6 exports the program's environment
 * (environment.ts): nothing that it steers is started before the gate is open.
 */
export const startScript = [
  "script=$(cat <&6) || exit 125",
  "exec 6<&-",
  "echo walls >&4; exec 4>&-",
  gate,
  'eval "$script"',
  "unset script; export ROSTRUM_STARTED=1",
  'exec "$@"',
].join("\n");

/** File descriptors of a confined child beside its three streams. */
export const gateFd = 3;
export const statusFd = 4;
export const filterFd = 5;
export const environmentFd = 6;
