/**
 * The gate every confined program passes first: it waits until Rostrum has placed it into its control group, so that
 * nothing it forks can be outside of it. A worker that dies before it opens the gate closes the pipe, which ends it.
 * File descriptor 3 is the gate; $1 is the largest file in KiB or "unlimited".
 */
export const gateScript =
  'read -r _ <&3 || exit 125; exec 3<&-; umask 077; ulimit -c 0; [ "$1" = unlimited ] || ulimit -f "$1"; shift; exec "$@"';

/** Units of `ulimit -f` in a POSIX shell. */
export const ulimitBlockBytes = 512;

/**
 * Process 1 inside: starts the program, reaps what is orphaned, and ends with the program's exit status. With its end
 * the kernel kills whatever is left in the process namespace, however it was forked. The program leads a session of its
 * own. $1 is the most processes, $2 says whether to tell on file descriptor 4 that the program was started. What comes
 * on file descriptor 6 exports the program's environment (environment.ts).
 */
export const initScript = [
  // bash calls it -u, dash -p (which is another thing to bash).
  '(ulimit -u "$1") 2>/dev/null && ulimit -u "$1" || ulimit -p "$1"',
  "notify=$2",
  "shift 2",
  "exec 9<&0 </dev/null",
  "alone=$(command -v setsid) || alone=",
  'eval "$({ cat <&6; } 2>/dev/null)"',
  "exec 6<&-",
  'ROSTRUM_STARTED=1 $alone "$@" <&9 9<&- 4>&- &',
  "main=$!",
  "exec 9<&-",
  'if [ "$notify" = notify ]; then echo started >&4; exec 4>&-; fi',
  // A signal to this process ends the wait early and must not be taken for the program's end.
  'while :; do wait "$main"; code=$?; kill -0 "$main" 2>/dev/null || exit "$code"; done',
].join("\n");

/** File descriptors of a confined child beside its three streams. */
export const gateFd = 3;
export const statusFd = 4;
export const filterFd = 5;
export const environmentFd = 6;
