import { describe, expect, it } from "vitest";
import { DriverError } from "@/lib/clouds/contract";
import { isGitRef, judgeGitAddress, parseGitAddress } from "@/lib/clouds/machine/sources/git-address";
import { canPin, gitCommand, gitVersion } from "@/lib/clouds/machine/sources/git-command";
import { openGitSource } from "@/lib/clouds/machine/sources/git-source";
import { type Lookup, type OutgoingTarget, openTarget, parseAddress } from "@/lib/platform/outgoing";
import { hostileAddresses } from "../support/hostile-addresses";

const inward: Lookup = async () => [{ address: "127.0.0.1", family: 4 }];
const outward: Lookup = async () => [{ address: "93.184.216.34", family: 4 }];
const open = (git: string, lookup: Lookup, ref?: string) =>
  openGitSource({ git, ...(ref !== undefined && { ref }) }, false, {}, { lookup });

const hostileGit = [
  "ext::sh -c id",
  "fd::17/foo",
  "git://93.184.216.34/x.git",
  "--upload-pack=touch /tmp/x",
  "-oProxyCommand=id",
  "ssh://-oProxyCommand=id/x.git",
  "ssh://git@-oProxyCommand=id/x.git",
  "ssh://-oProxyCommand=id@93.184.216.34/x.git",
  "ssh://git:password@93.184.216.34/x.git",
  "ssh://git%20-o@93.184.216.34/x.git",
  "ssh://git@93.184.216.34$(id)/x.git",
  "ssh://127.1/x.git",
  "ssh://git@[::1]/x.git",
  "ssh://git@0x7f000001:22/x.git",
  "git@127.0.0.1:x.git",
  "git@2130706433:x.git",
  "git@localhost:x.git",
  "git@127.0.0.1\\@93.184.216.34:x.git",
  "git@93.184.216.34:-x.git",
  "git@93.184.216.34:x .git",
  "git@93.184.216.34:x\n.git",
  "-git@93.184.216.34:x.git",
  "git@@93.184.216.34:x.git",
  "a:b@93.184.216.34:x.git",
  "93.184.216.34:x.git",
  "/etc",
  "../x.git",
  ".",
  "file:///etc",
  "FILE:///etc",
  "file://93.184.216.34/x",
  "https://93.184.216.34",
  "https://token@93.184.216.34/x.git",
  "https://user:token@93.184.216.34/x.git",
  "https://93.184.216.34\\@127.0.0.1/x.git",
  "HTTPS://LOCALHOST/x.git",
];
const withRepository = hostileAddresses.map((one) => (one.endsWith("/") ? `${one}x.git` : one));

describe("a Git address", () => {
  it.each([...withRepository, ...hostileGit])("is refused at the fetch: %j", async (address) => {
    await expect(open(address, inward)).rejects.toMatchObject({
      constructor: DriverError,
      kind: "permanent",
    });
  });

  it("is refused at the plan too, unless only its name's servers know where it leads", () => {
    const passed = [...withRepository, ...hostileGit].filter(
      (one) => judgeGitAddress(one, undefined, false) === null,
    );
    expect(passed).toEqual(["http://rebound.example/x.git", "http://half.example/x.git"]);
  });

  it.each([
    ["https://git.example.com/team/x.git", "https://git.example.com/team/x.git"],
    ["https://GIT.example.com:443/team/../x.git", "https://git.example.com/x.git"],
    ["http://git.example.com:3000/x", "http://git.example.com:3000/x"],
    ["ssh://git@git.example.com:2222/x.git", "ssh://git@git.example.com:2222/x.git"],
    ["ssh://git.example.com/~a/x.git", "ssh://git.example.com/~a/x.git"],
    ["git@git.example.com:team/x.git", "git@git.example.com:team/x.git"],
    ["https://[2606:2800::1]/x.git", "https://[2606:2800::1]/x.git"],
  ])("is rebuilt from its parts: %s", async (address, href) => {
    expect(judgeGitAddress(address, "main", false)).toBeNull();
    expect(await open(address, outward)).toMatchObject({ kind: "network", href });
  });

  it("may be local where the cloud allows it, but never a metadata service", () => {
    expect(judgeGitAddress("file:///srv/git/x.git", undefined, true)).toBeNull();
    expect(judgeGitAddress("http://127.0.0.1:3000/x.git", undefined, true)).toBeNull();
    expect(judgeGitAddress("http://169.254.169.254/x.git", undefined, true)).toMatch(/metadata/);
    expect(() => parseGitAddress("file:///a\\b", true)).toThrow();
  });

  it("that carries a password says where passwords belong, and does not repeat it", () => {
    const said = judgeGitAddress("https://bob:hunter2hunter2@git.example.com/x.git", undefined, false);
    expect(said).toMatch(/project's settings/);
    expect(said).not.toMatch(/hunter2/);
  });

  it.each([
    "-u",
    "--upload-pack=x",
    "a..b",
    "a//b",
    "a/.b",
    "a.lock",
    "a.lock/b",
    "a/",
    "a.",
    "a b",
    "a:b",
    "+a",
    "@{-1}",
    "a~1",
    "a^",
    "a\n",
    "@",
    "/a",
    ".a",
    "a?b",
    "a[b",
    "a\\b",
    "a\u202eb",
    "",
    "x".repeat(202),
  ])("has no such branch, tag or commit: %j", async (ref) => {
    expect(isGitRef(ref)).toBe(false);
    await expect(open("https://git.example.com/x.git", outward, ref)).rejects.toThrow(/not a valid branch/);
  });

  it.each([
    "main",
    "feature/x-1",
    "v1.2.3",
    "#38-x",
    "v1+b",
    "ümlaut",
    "機能/検索",
    "a@b",
    "_x",
    "0123456789abcdef0123456789abcdef01234567",
  ])("has such a one: %s", (ref) => expect(isGitRef(ref)).toBe(true));
});

describe("how Git is started", () => {
  const network = (
    target: OutgoingTarget,
    credential: { username: string; password: string } | null = null,
  ) => gitCommand("/tmp", { kind: "network", href: target.href, target, credential });
  const target = (address: string, lookup: Lookup) =>
    openTarget(parseAddress(address, ["https:", "http:", "ssh:"]), { lookup });
  const both: Lookup = async () => [
    { address: "93.184.216.34", family: 4 },
    { address: "2606:2800::7", family: 6 },
  ];

  it("binds a name to every address that was judged, and only the scheme in use is allowed", async () => {
    const { options, environment } = network(await target("https://git.example.com:8443/x", both));
    expect(options).toContain("http.curloptResolve=git.example.com:8443:93.184.216.34,[2606:2800::7]");
    expect(options).toEqual(expect.arrayContaining(["http.proxy=", "http.followRedirects=false"]));
    expect(options).toEqual(expect.arrayContaining(["protocol.allow=never", "protocol.https.allow=always"]));
    expect(environment.GIT_ALLOW_PROTOCOL).toBe("https");
    expect(environment.GIT_CONFIG_GLOBAL).toBe("/dev/null");
  });

  it("binds ssh to the judged address, checks keys by the name, and lends no key of this machine", async () => {
    const { options } = network(await target("ssh://git@git.example.com/x", both));
    const command = options.find((one) => one.startsWith("core.sshCommand="));
    expect(command).toContain("ssh -F /dev/null ");
    for (const part of ["Hostname=93.184.216.34", "HostKeyAlias=git.example.com", "ProxyCommand=none"])
      expect(command).toContain(`-o ${part}`);
    expect(command).toContain("-o IdentityFile=none");
  });

  it("keeps user name and password out of arguments and environment", async () => {
    const credential = { username: "robot-user", password: "hunter2hunter2" };
    const command = network(await target("https://git.example.com/x", both), credential);
    expect(JSON.stringify([command.options, command.environment])).not.toMatch(/robot-user|hunter2/);
    expect(command.secretInput).toContain("u:robot-user\np:hunter2hunter2\n");
  });

  it("knows from which version on names can be bound", async () => {
    const named = await target("https://git.example.com/x", both);
    const old = gitVersion("git version 2.34.1");
    expect(canPin(old, named)).toBe(false);
    expect(canPin(old, await target("https://93.184.216.34/x", both))).toBe(true);
    expect(canPin(old, await target("ssh://git.example.com/x", both))).toBe(true);
    expect(canPin(gitVersion("git version 2.39.5 (Apple Git-1)"), named)).toBe(true);
    expect(canPin(gitVersion("git version 3.0.0"), named)).toBe(true);
    expect(canPin(gitVersion("no git"), named)).toBe(false);
  });
});
