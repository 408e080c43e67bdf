/**
 * Running programs that no one vouches for: each in namespaces of its own (user, mount, process, IPC, host name, and
 * network where there is one), without privileges and without a way to get any, seeing the system read-only and of
 * everything else only what is listed.
 */

/**
 * What this host can do, best first. `namespaces`: the kernel hides everything that is not listed. `separate-users`:
 * Rostrum is root but may not create namespaces, so user ids alone keep programs apart. `none`: programs run as
 * Rostrum's own user and can read what it can.
 */
export type IsolationLevel = "namespaces" | "separate-users" | "none";

/** How processes are confined on this host, found by trying. */
export interface Isolation {
  level: IsolationLevel;
  /** What creates the namespaces; null where there are none. */
  tool: "bwrap" | "unshare" | null;
  /** Whether a system call filter is applied too. */
  seccomp: boolean;
  /** Why it is no better, one sentence; null at the best level. */
  reason: string | null;
}

/** A user and group id that a program runs with. */
export interface Identity {
  uid: number;
  gid: number;
}

/** A file or directory that a confined program sees, at `target` (by default where it is). */
export interface Mount {
  source: string;
  target?: string;
  writable?: boolean;
}

/** How one program is confined. Paths are absolute. */
export interface SandboxSpec {
  /** The user it runs as outside and inside; null = the user Rostrum runs as. */
  identity: Identity | null;
  hostname: string;
  /** In order: later ones may lie inside earlier ones. */
  mounts: readonly Mount[];
  /** Directories that stay empty although a mount would show them. */
  hidden: readonly string[];
  /** Sizes of /tmp, of /var/tmp and of /dev/shm, bytes each; they live in memory and are counted as the program's. */
  temporaryBytes: number;
  sharedMemoryBytes: number;
  /** `host` shares the network, `none` has only a loopback of its own; else the path of a network namespace. */
  network: "host" | "none" | { namespace: string };
  /** At most so many processes and threads. */
  processes: number;
  /** Largest file it may write, bytes; null = no limit. */
  fileBytes: number | null;
  cwd: string;
  /** Whether it ends with the process that started it. */
  diesWithParent: boolean;
}
