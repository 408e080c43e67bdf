import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { ConfigError, checkKeyFile, loadConfig } from "@/lib/platform/config";

const directory = mkdtempSync(join(tmpdir(), "rostrum-key-file-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const key = Buffer.alloc(32, 5).toString("base64");
const damaged: Record<string, [Buffer | string, RegExp]> = {
  empty: ["", /is empty\. Restore it/],
  blank: ["\n \n", /is empty\. Restore it/],
  short: [key.slice(0, 20), /the content has 15 bytes instead of 32/],
  long: [Buffer.alloc(48, 1).toString("base64"), /the content has 48 bytes instead of 32/],
  binary: [Buffer.from(Array.from({ length: 256 }, (_, index) => index)), /is not base64/],
  "one of two": [`${key}\nnonsense!`, /line 2 is not base64/],
};

function place(content: Buffer | string): string {
  const dataDir = mkdtempSync(join(directory, "data-"));
  writeFileSync(join(dataDir, "secret.key"), content);
  return dataDir;
}

it.each(Object.entries(damaged))("says what is wrong with a key file that is %s", (_, [content, says]) => {
  const config = loadConfig({ DATA_DIR: place(content) });
  expect(() => checkKeyFile(config)).toThrow(says);
  expect(() => checkKeyFile(config)).toThrow(ConfigError);
});

it("takes whole ones, none yet, and says what cannot be read", () => {
  checkKeyFile(loadConfig({ DATA_DIR: place(`${key}\n${key}\n`) }));
  checkKeyFile(loadConfig({ DATA_DIR: join(directory, "nowhere") }));
  const folder = join(directory, "folder");
  mkdirSync(join(folder, "secret.key"), { recursive: true });
  expect(() => checkKeyFile(loadConfig({ DATA_DIR: folder }))).toThrow(/can't be read \(EISDIR\)/);
});

it("keeps the first-start process from showing a stack", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "scripts/setup.ts"], {
    encoding: "utf8",
    env: {
      ...process.env,
      NODE_ENV: "production",
      DATA_DIR: place("short"),
      DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none",
      LOG_LEVEL: "silent",
      ROSTRUM_KEY: "",
    },
  });
  expect(status).toBe(1);
  expect(`${stdout}${stderr}`).not.toMatch(/^\s+at /m);
});
