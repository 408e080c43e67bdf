/** Every capability of Linux, without CAP_. */
export const linuxCapabilities = [
  "AUDIT_CONTROL",
  "AUDIT_READ",
  "AUDIT_WRITE",
  "BLOCK_SUSPEND",
  "BPF",
  "CHECKPOINT_RESTORE",
  "CHOWN",
  "DAC_OVERRIDE",
  "DAC_READ_SEARCH",
  "FOWNER",
  "FSETID",
  "IPC_LOCK",
  "IPC_OWNER",
  "KILL",
  "LEASE",
  "LINUX_IMMUTABLE",
  "MAC_ADMIN",
  "MAC_OVERRIDE",
  "MKNOD",
  "NET_ADMIN",
  "NET_BIND_SERVICE",
  "NET_BROADCAST",
  "NET_RAW",
  "PERFMON",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYSLOG",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_CHROOT",
  "SYS_MODULE",
  "SYS_NICE",
  "SYS_PACCT",
  "SYS_PTRACE",
  "SYS_RAWIO",
  "SYS_RESOURCE",
  "SYS_TIME",
  "SYS_TTY_CONFIG",
  "WAKE_ALARM",
] as const;

/**
 * What a container's root keeps: standard images start as root, take over their data folder and become another user.
 * Docker's own default without NET_RAW, MKNOD, AUDIT_WRITE, SETFCAP, SYS_CHROOT and FSETID. SETPCAP only lets an
 * image give up more of them.
 */
export const defaultCapabilities: readonly string[] = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "KILL",
  "NET_BIND_SERVICE",
  "SETGID",
  "SETPCAP",
  "SETUID",
];

/** NET_ADMIN of "cap_net_admin". */
export function capabilityName(text: string): string {
  return text.trim().toUpperCase().replace(/^CAP_/, "");
}

/** What a container gets: the default without what it drops, and what it adds. Sorted, so that equal wishes look alike. */
export function keptCapabilities(dropped: readonly string[] = [], added: readonly string[] = []): string[] {
  const drop = dropped.map(capabilityName);
  const kept = drop.includes("ALL") ? [] : defaultCapabilities.filter((name) => !drop.includes(name));
  return [...new Set([...kept, ...added.map(capabilityName)])].sort();
}

/** What is wrong with the capabilities a component adds and drops: path and sentence. */
export function capabilityProblems(
  asked: { cap_add?: readonly string[] | undefined; cap_drop?: readonly string[] | undefined },
  allowed: readonly string[],
): { path: string; message: string }[] {
  const known = new Set<string>(linuxCapabilities);
  const mayAdd = new Set([...defaultCapabilities, ...allowed]);
  const added = (asked.cap_add ?? []).flatMap((text, index) => {
    const name = capabilityName(text);
    const path = `cap_add.${index}`;
    if (name === "ALL")
      return [{ path, message: "containers can’t get all capabilities; list the ones needed" }];
    if (!known.has(name)) return [{ path, message: `unknown capability ${text}` }];
    if (mayAdd.has(name)) return [];
    return [
      {
        path,
        message: `capability ${name} isn't allowed on this cloud; an administrator can add it to Allowed capabilities`,
      },
    ];
  });
  const dropped = (asked.cap_drop ?? []).flatMap((text, index) => {
    const name = capabilityName(text);
    if (name === "ALL" || known.has(name)) return [];
    return [{ path: `cap_drop.${index}`, message: `unknown capability ${text}` }];
  });
  return [...added, ...dropped];
}
