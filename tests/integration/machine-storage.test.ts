import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { refKey } from "@/lib/clouds/contract";
import { changeContext, eventually, pause } from "../support/cloud-changes";
import { filesOf, processComponent, webFiles, webProcess } from "../support/machine-cloud";
import { openMachine } from "../support/open-machine";

const mebibyte = 2 ** 20;
const size = { storageBytes: 64 * mebibyte };

/** A server that does `work` once it serves. */
const server = (work: string) =>
  filesOf({
    "app/server.mjs": `import { createServer } from "node:http"; import fs from "node:fs"; import cp from "node:child_process";
      const home = process.env.HOME; const block = Buffer.alloc(1 << 20, 1);
      createServer((_, response) => response.end("ok")).listen(Number(process.env.PORT), process.env.HOST);
      setTimeout(() => { ${work} }, 1_500);`,
  });

describe("the storage limit of the machine cloud", () => {
  const machine = openMachine([21_210, 21_239]);
  const { ref, create } = machine;
  const exceeded = /web(:| stopped:) storage limit exceeded \([\d.,]+\s[KMGT]iB of 64\sMiB\)/;

  const isEnded = async (files: ReturnType<typeof filesOf>) => {
    const target = ref();
    await create(target, webProcess, { size }, files);
    return await eventually(
      () => machine.cloud.observe(target),
      (seen) => seen.present && seen.status === "failed",
      40_000,
    );
  };

  it("counts what lies in a folder that its user may not read", async () => {
    const seen = await isEnded(
      server(`const at = home + "/closed"; fs.mkdirSync(at); fs.chmodSync(at, 0o300);
        for (let count = 0; count < 100; count += 1) fs.writeFileSync(at + "/" + count, block);`),
    );
    expect(seen).toMatchObject({ status: "failed", message: expect.stringMatching(exceeded) });
  }, 90_000);

  it("counts files that have no name any more", async () => {
    const seen = await isEnded(
      server(`const held = []; for (let at = 0; at < 2; at += 1) { const path = home + "/gone" + at; const file = fs.openSync(path, "w"); fs.unlinkSync(path);
        for (let count = 0; count < 50; count += 1) fs.writeSync(file, block); held.push(file); } globalThis.held = held;`),
    );
    expect(seen).toMatchObject({ status: "failed", message: expect.stringMatching(exceeded) });
  }, 90_000);

  it("ends what prepares a component, and fails the change with it", async () => {
    const target = ref();
    const files = filesOf({
      "app/server.mjs": "",
      "app/fill.mjs": `import fs from "node:fs"; const block = Buffer.alloc(1 << 20, 1);
        for (let count = 0; count < 100; count += 1) fs.writeFileSync("big" + count, block);
        setTimeout(() => {}, 60_000);`,
    });
    const desired = processComponent({ ...webProcess, prepare: [["node", "fill.mjs"]] }, { size });
    const begun = Date.now();
    await expect(machine.cloud.apply(target, "create", desired, changeContext(files))).rejects.toMatchObject({
      kind: "permanent",
      message: expect.stringMatching(exceeded),
    });
    expect(Date.now() - begun).toBeLessThan(40_000);
    // Nothing of the failure keeps the corrected component from running.
    await machine.cloud.apply(
      target,
      "create",
      processComponent(webProcess, { size }),
      changeContext(webFiles),
    );
    expect(await machine.cloud.observe(target)).toMatchObject({ status: "running" });
  }, 120_000);

  it("counts of a log what was written, and reads it past a hole", async () => {
    const target = ref();
    const files = server(`fs.ftruncateSync(1, 2 ** 40); console.log("after the hole");`);
    const seen = await create(target, webProcess, {}, files);
    const log = join(String(seen.attributes.directory), "logs", "output.log");
    await pause(2_000);
    const sample = (await machine.cloud.metrics?.([target]))?.get(refKey(target));
    expect(sample?.storageBytes).toBeLessThan(64 * mebibyte);
    const lines: string[] = [];
    const options = { tailLines: 10, follow: false, signal: AbortSignal.timeout(5_000) };
    for await (const { text } of machine.cloud.logs?.(target, options) ?? []) lines.push(text);
    expect(lines).toContain("[rostrum] Starting the process");
    expect(lines.at(-1)).toBe("after the hole");
    expect(statSync(log).size).toBeLessThan(mebibyte);
  });
});
