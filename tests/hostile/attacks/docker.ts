/** An attack by what a container asks for, or by what it does once it runs. */
export interface ContainerAttack {
  id: string;
  aim: string;
  /** Parts of the container block, beside its image. */
  spec?: Record<string, unknown>;
  /** Runs in the container; what it reached it says in lines `REACHED …`. */
  script?: string;
  /** The image with Node instead of the one with BusyBox. */
  node?: boolean;
  /** A command that is run in it afterwards. */
  exec?: string;
  /** Is only to be refused: nothing is said of what it would do. */
  refused?: true;
}

const capabilities = [
  ...["ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "SYS_TIME", "SYS_BOOT", "NET_ADMIN"],
  ...[
    "DAC_READ_SEARCH",
    "BPF",
    "PERFMON",
    "MAC_ADMIN",
    "SYSLOG",
    "CHECKPOINT_RESTORE",
    "CAP_SYS_ADMIN",
    "sys_admin",
  ],
];

/** Keys by which a container gets a part of the host. */
const keys: Record<string, unknown> = {
  privileged: true,
  pid: "host",
  ipc: "host",
  network_mode: "host",
  userns_mode: "host",
  uts: "host",
  cgroup: "host",
  cgroup_parent: "/",
  devices: ["/dev/sda:/dev/sda"],
  device_cgroup_rules: ["a *:* rwm"],
  security_opt: ["seccomp=unconfined", "apparmor=unconfined"],
  sysctls: { "kernel.core_pattern": "|/tmp/x" },
  volumes: ["/:/host"],
  volumes_from: ["other"],
  runtime: "other",
  group_add: ["docker"],
  oom_score_adj: -1_000,
  ulimits: { nproc: 1_000_000 },
  extra_hosts: ["portal:127.0.0.1"],
  shm_size: "64g",
  pids_limit: -1,
};

const asked: ContainerAttack[] = [
  ...capabilities.map(
    (name): ContainerAttack => ({
      id: `capability-${name.toLowerCase().replaceAll("_", "-")}${name === "sys_admin" ? "-small" : ""}`,
      aim: `the capability ${name}`,
      spec: { cap_add: [name] },
      refused: true,
    }),
  ),
  ...Object.entries(keys).map(
    ([key, value]): ContainerAttack => ({
      id: `key-${key.replaceAll("_", "-")}`,
      aim: `a part of the host by ${key}`,
      spec: { [key]: value },
      refused: true,
    }),
  ),
  {
    id: "volume-engine-socket",
    aim: "the engine by its socket",
    spec: { volumes: ["/var/run/docker.sock:/s"] },
    refused: true,
  },
  {
    id: "volume-over-system",
    aim: "the container's own system folders from outside",
    spec: { volumes: ["../../etc:/etc"] },
    refused: true,
  },
];

const loot = "for f in $HIDDEN /host$HIDDEN /proc/1/root$HIDDEN; do cat $f 2>/dev/null; done; true";

const done: ContainerAttack[] = [
  {
    id: "files-of-the-host",
    aim: "a file of the host or the engine's socket",
    script: `${loot}; for s in /var/run/docker.sock /run/docker.sock /run/containerd/containerd.sock; do [ -e $s ] && echo "REACHED $s"; done`,
  },
  {
    id: "privileges",
    aim: "privileges by set-id programs and capabilities",
    script: `grep -q '^NoNewPrivs:.1' /proc/self/status || echo REACHED a process that may gain privileges
      caps=$(grep CapEff /proc/self/status | cut -f2); echo caps $caps
      [ $((0x$caps >> 21 & 1)) = 1 ] && echo REACHED CAP_SYS_ADMIN; [ $((0x$caps >> 16 & 1)) = 1 ] && echo REACHED CAP_SYS_MODULE
      [ $((0x$caps >> 19 & 1)) = 1 ] && echo REACHED CAP_SYS_PTRACE; [ $((0x$caps >> 12 & 1)) = 1 ] && echo REACHED CAP_NET_ADMIN`,
  },
  {
    id: "namespaces",
    aim: "a namespace of the host",
    script: `for n in pid net mnt ipc uts; do [ "$(readlink /proc/self/ns/$n)" = "$(echo "$HOST_NAMESPACES" | grep "^$n:")" ] && echo "REACHED the host's namespace $n"; done`,
  },
  {
    id: "devices",
    aim: "disks and memory of the host",
    script: `for d in "b 254 0" "b 8 0" "b 253 0" "c 1 1" "c 1 2"; do mknod /tmp/d $d 2>/dev/null && dd if=/tmp/d of=/dev/null bs=512 count=1 2>/dev/null && echo "REACHED device $d"; rm -f /tmp/d; done
      for d in /dev/mem /dev/kmsg /dev/vda /dev/sda /dev/fuse; do dd if=$d of=/dev/null bs=512 count=1 2>/dev/null && echo "REACHED $d"; done`,
  },
  {
    id: "kernel-settings",
    aim: "settings of the host",
    script: `for f in /proc/sys/kernel/core_pattern /proc/sys/vm/drop_caches /proc/sysrq-trigger /sys/kernel/uevent_helper /proc/sys/kernel/modprobe; do (: >> $f) 2>/dev/null && echo "REACHED $f"; done
      for c in /sys/fs/cgroup /sys/fs/cgroup/*/; do mkdir $c/hostile 2>/dev/null && [ -e $c/hostile/cgroup.procs ] && echo "REACHED control groups: $c"; done; dd if=/proc/kcore of=/dev/null bs=64 count=1 2>/dev/null && echo REACHED kcore
      mount -t tmpfs none /mnt 2>/dev/null && echo REACHED a mount; date -s "$(date '+%Y-%m-%d %H:%M:%S')" 2>&1 | grep -q "can't set" || echo REACHED the clock; hostname hostile 2>/dev/null && echo REACHED the name; true`,
  },
  {
    id: "user-namespaces",
    aim: "root of another namespace",
    script: "unshare -Urm true 2>/dev/null && echo REACHED a namespace of its own; true",
  },
  {
    id: "loopback-of-the-host",
    aim: "a service of the host on loopback",
    script: `gw=$(ip route | awk '/default/ {print $3}'); for h in 127.0.0.1 localhost host.docker.internal $gw; do wget -T 2 -q -O - http://$h:$PORTAL_PORT/ 2>/dev/null; done; true`,
  },
  {
    id: "neighbor",
    aim: "a container of another environment",
    script: `for h in $NEIGHBOR shop; do wget -T 2 -q -O - http://$h:8080/ 2>/dev/null; done; true`,
  },
  {
    id: "abstract-socket",
    aim: "an abstract socket of the host",
    node: true,
    script: `require("node:net").connect("\\0" + process.env.ABSTRACT).on("data", (text) => console.log("LOOT " + text)).on("error", (error) => console.log(error.code)); setInterval(() => {}, 1000)`,
  },
  {
    id: "fork-bomb",
    aim: "so many processes that no one else can start one",
    script: `i=0; while [ $i -lt 1800 ]; do sleep 30 & i=$((i+1)); done 2>/dev/null; n=$(ls -d /proc/[0-9]* | wc -l); echo processes $n; [ $n -gt 1200 ] && echo "REACHED $n processes"; true`,
  },
  {
    id: "memory",
    aim: "more memory than it was given",
    script: `head -c 400m /dev/zero | tail -c 390m | wc -c > /tmp/n; [ "$(cat /tmp/n)" = 408944640 ] && echo REACHED 390 MiB instead of 64; true`,
  },
  {
    id: "shared-memory",
    aim: "the host's memory by /dev/shm",
    script: `dd if=/dev/zero of=/dev/shm/x bs=1M count=300 2>/dev/null; n=$(du -m /dev/shm/x | cut -f1); echo $n MiB; [ "$n" -gt 128 ] && echo "REACHED $n MiB"; true`,
  },
  {
    id: "descriptors",
    aim: "a descriptor that was left open",
    script: `for f in /proc/self/fd/*; do n=\${f##*/}; [ $n -gt 2 ] && t=$(readlink $f) && [ -n "$t" ] && case "$t" in /proc/*) ;; *) echo "REACHED descriptor $n $t";; esac; done; true`,
  },
  {
    id: "processes-of-the-host",
    aim: "processes of the host",
    script: `[ "$(ls -d /proc/[0-9]* | wc -l)" -gt 30 ] && echo REACHED a list; kill -0 $HOST_PID 2>/dev/null && echo REACHED the harness; true`,
  },
  {
    id: "ignores-the-end",
    aim: "living on after SIGTERM",
    script: "trap '' TERM INT HUP; (trap '' TERM; while :; do sleep 1; done) &",
    exec: "(trap '' TERM HUP; while :; do sleep 1; done) > /dev/null 2>&1 &",
  },
  {
    id: "log-flood",
    aim: "the host's disk by its log",
    script: "timeout 3 yes 'a line of nothing much'; true",
  },
  {
    id: "log-binary",
    aim: "a reader that breaks at what is no text",
    script: "head -c 200000 /dev/urandom; printf '\\n\\033[2J\\377\\376\\n'; true",
  },
  {
    id: "exec-reads",
    aim: "files of the host by a command",
    exec: `${loot}; cat /proc/1/environ /proc/*/environ | tr '\\0' '\\n'`,
  },
];

export const containerAttacks: readonly ContainerAttack[] = [...asked, ...done];
