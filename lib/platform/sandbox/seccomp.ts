import { arch, endianness } from "node:os";

/**
 * A system call filter as classic BPF for `bwrap --seccomp`: what no service needs and kernel exploits like.
 * Sources: seccomp(2), bpf(4) in Linux' Documentation/networking/filter.rst, Docker's and Flatpak's default profiles.
 * Call numbers: linux/arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
 */

const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97];

interface Table {
  auditArch: number;
  clone: number;
  clone3: number;
  unshare: number;
  socket: number;
  ioctl: number;
  /** Refused whatever their arguments. */
  denied: readonly number[];
}

/** Calls that have one number everywhere: new mounts, io_uring. */
const common = [425, 426, 427, 428, 429, 430, 431, 432, 433, 442, 443];

const tables: Record<string, Table> = {
  x64: {
    auditArch: 0xc000003e,
    clone: 56,
    clone3: 435,
    unshare: 272,
    socket: 41,
    ioctl: 16,
    // syslog, modify_ldt, pivot_root, acct, settimeofday, mount, umount2, swapon, swapoff, reboot, sethostname,
    // setdomainname, iopl, ioperm, create_module, init_module, delete_module, quotactl, nfsservctl, lookup_dcookie,
    // clock_settime, kexec_load, add_key, request_key, keyctl, perf_event_open, fanotify_init, open_by_handle_at,
    // setns, kcmp, finit_module, kexec_file_load, bpf, userfaultfd
    denied: [
      103, 154, 155, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 175, 176, 179, 180, 212, 227,
      246, 248, 249, 250, 298, 300, 304, 308, 312, 313, 320, 321, 323,
    ],
  },
  arm64: {
    auditArch: 0xc00000b7,
    clone: 220,
    clone3: 435,
    unshare: 97,
    socket: 198,
    ioctl: 29,
    denied: [
      116, 41, 89, 170, 40, 39, 224, 225, 142, 161, 162, 105, 106, 60, 42, 18, 112, 104, 217, 218, 219, 241,
      262, 265, 268, 272, 273, 294, 280, 282,
    ],
  },
};

/** Flags of clone and unshare that create namespaces. */
const namespaceFlags = 0x7e020000;
/** Terminal requests that type for the person at the terminal: TIOCSTI, TIOCLINUX. */
const typingRequests = [0x5412, 0x541c];
/** Address families that only administrators' tools use: AF_KEY, AF_PACKET, AF_ALG, AF_VSOCK, AF_XDP. */
const deniedFamilies = [15, 17, 38, 40, 44];

const [load, jumpEqual, jumpSet, jumpAbove, answer] = [0x20, 0x15, 0x45, 0x35, 0x06];
const allow = 0x7fff0000;
const refuse = (errno: number) => 0x00050000 | errno;
/** Offsets in struct seccomp_data. */
const [numberAt, archAt, firstAt, secondAt] = [0, 4, 16, 24];

type Instruction = [code: number, ifTrue: number, ifFalse: number, value: number];

/** The filter's bytes, null for a processor it has no table for. */
export function seccompFilter(architecture: string = arch()): Buffer | null {
  const table = tables[architecture];
  if (!table || endianness() !== "LE") return null;
  const body: Instruction[] = [];
  const check = (number: number, argumentAt: number, tests: Instruction[]) => {
    // Not this call: step over the tests of its argument. The number is loaded again behind them.
    body.push([jumpEqual, 0, tests.length + 2, number], [load, 0, 0, argumentAt], ...tests);
    body.push([load, 0, 0, numberAt]);
  };
  for (const number of [...table.denied, ...common]) {
    body.push([jumpEqual, 0, 1, number], [answer, 0, 0, refuse(EPERM)]);
  }
  body.push([jumpEqual, 0, 1, table.clone3], [answer, 0, 0, refuse(ENOSYS)]);
  const anyNamespace: Instruction[] = [
    [jumpSet, 0, 1, namespaceFlags],
    [answer, 0, 0, refuse(EPERM)],
  ];
  check(table.clone, firstAt, anyNamespace);
  check(table.unshare, firstAt, anyNamespace);
  const equalTo = (values: number[], errno: number): Instruction[] =>
    values.flatMap((value): Instruction[] => [
      [jumpEqual, 0, 1, value],
      [answer, 0, 0, refuse(errno)],
    ]);
  check(table.ioctl, secondAt, equalTo(typingRequests, EPERM));
  check(table.socket, firstAt, equalTo(deniedFamilies, EAFNOSUPPORT));
  const head: Instruction[] = [
    [load, 0, 0, archAt],
    // Programs for another processor (32 bits) have other numbers: they get none at all.
    [jumpEqual, 1, 0, table.auditArch],
    [answer, 0, 0, refuse(EPERM)],
    [load, 0, 0, numberAt],
    // The x32 numbers of x86-64.
    [jumpAbove, 0, 1, 0x40000000],
    [answer, 0, 0, refuse(ENOSYS)],
  ];
  return encode([...head, ...body, [answer, 0, 0, allow]]);
}

/** struct sock_filter: code (16 bits), jt, jf (8 bits each), k (32 bits). */
function encode(instructions: Instruction[]): Buffer {
  const bytes = Buffer.alloc(instructions.length * 8);
  for (const [index, [code, ifTrue, ifFalse, value]] of instructions.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4);
  }
  return bytes;
}
