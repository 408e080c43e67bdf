import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileStore, LooseFilesError, nameRepaired, repairPrivateFiles } from "@/lib/platform/storage";

const isRoot = process.getuid?.() === 0;
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "rostrum-modes-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function put(name: string, mode: number): string {
  const path = join(dataDir, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, "content");
  chmodSync(path, mode);
  return path;
}

const modeOf = (name: string) => lstatSync(join(dataDir, name)).mode & 0o7777;

describe("files of the data directory", () => {
  it("are closed to others, however deep they lie, and named once", () => {
    chmodSync(dataDir, 0o777);
    put("secret.key", 0o644);
    put("rostrum.pid", 0o644);
    put("logs/portal.log", 0o640);
    put("backups/env_1/bak_1/db.dump.gz", 0o644);
    put("postgres/port", 0o644);
    put("runtime/bin/node-1/node", 0o755);
    put("runtime/postgres-cluster-1.tar", 0o666);
    put("clouds/cld_1/env_1/web/component.json", 0o644);
    put("clouds/cld_1/env_1/web/logs/output.log", 0o644);
    put("clouds/cld_1/env_1/web/balancer.json", 0o640);
    chmodSync(join(dataDir, "backups"), 0o755);
    const said = nameRepaired(repairPrivateFiles(dataDir));
    for (const name of ["secret.key", "rostrum.pid", "logs", "backups", "the data directory itself"]) {
      expect(said).toContain(name);
    }
    for (const name of ["secret.key", "rostrum.pid", "logs/portal.log", "postgres/port"])
      expect(modeOf(name)).toBe(0o600);
    expect(modeOf("backups/env_1/bak_1/db.dump.gz")).toBe(0o600);
    for (const name of ["backups", "backups/env_1", "backups/env_1/bak_1", "logs"])
      expect(modeOf(name)).toBe(0o700);
    for (const name of [".", "postgres", "runtime", "clouds"])
      expect(modeOf(name)).toBe(isRoot ? 0o711 : 0o700);
    for (const name of ["component.json", "logs/output.log"])
      expect(modeOf(`clouds/cld_1/env_1/web/${name}`)).toBe(0o600);
    expect(modeOf("clouds/cld_1/env_1/web/logs")).toBe(0o700);
    expect(modeOf("clouds/cld_1/env_1/web/balancer.json"), "the component's group reads it").toBe(0o640);
    expect(modeOf("runtime/bin/node-1/node"), "a program that others run stays theirs to run").toBe(0o755);
    expect(modeOf("runtime/postgres-cluster-1.tar"), "components of every user unpack it").toBe(0o644);
    expect(repairPrivateFiles(dataDir), "a second time there is nothing to do").toEqual([]);
  });

  it("are never given to anybody who could not read them before", () => {
    put("secret.key", 0o400);
    chmodSync(dataDir, 0o700);
    expect(repairPrivateFiles(dataDir)).toEqual([]);
    expect([modeOf("."), modeOf("secret.key")]).toEqual([0o700, 0o600 & 0o400]);
  });

  it("follow a folder that lies on another disk, and no link inside", () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "rostrum-disk-"));
    const outside = put("outside", 0o644);
    writeFileSync(join(elsewhere, "db.gz"), "");
    chmodSync(join(elsewhere, "db.gz"), 0o644);
    symlinkSync(elsewhere, join(dataDir, "backups"));
    symlinkSync("/etc/passwd", join(elsewhere, "link"));
    symlinkSync(join(dataDir, "nowhere"), join(dataDir, "uploads"));
    const before = lstatSync("/etc/passwd").mode;
    repairPrivateFiles(dataDir);
    expect(lstatSync(join(elsewhere, "db.gz")).mode & 0o777).toBe(0o600);
    expect(lstatSync("/etc/passwd").mode).toBe(before);
    expect(lstatSync(outside).mode & 0o777).toBe(0o600);
    rmSync(elsewhere, { recursive: true });
  });

  it.runIf(isRoot)("that belong to others stop an ordinary user's start, and are taken back by root", () => {
    const key = put("secret.key", 0o644);
    chownSync(key, 65_532, 65_532);
    expect(() => repairPrivateFiles(dataDir, 65_533)).toThrow(LooseFilesError);
    expect(() => repairPrivateFiles(dataDir, 65_533)).toThrow(/belongs to user 65532.*chown -R 65533/);
    expect(repairPrivateFiles(dataDir)).toContain("secret.key");
    expect(lstatSync(key)).toMatchObject({ uid: 0 });
    chownSync(dataDir, 65_532, 65_532);
    chmodSync(dataDir, 0o777);
    expect(() => repairPrivateFiles(dataDir)).toThrow(/Every user can write/);
  });

  it("are private in a store, whatever the umask is", async () => {
    // The tests' own umask lets others read.
    expect(process.umask() & 0o044).toBe(0);
    await new FileStore(join(dataDir, "backups")).write("env/bak/db.gz", async (sink) => {
      sink.write("rows");
    });
    expect([modeOf("backups"), modeOf("backups/env/bak"), modeOf("backups/env/bak/db.gz")]).toEqual([
      0o700, 0o700, 0o600,
    ]);
  });
});
