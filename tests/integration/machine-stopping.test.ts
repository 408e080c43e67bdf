import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listProcesses } from "@/lib/platform/exec/process-table";
import { changeContext, eventually, pause } from "../support/cloud-changes";
import { filesOf, webProcess } from "../support/machine-cloud";
import { openMachine } from "../support/open-machine";

const kit = readFileSync(join(import.meta.dirname, "../hostile/kit/kit.pl"), "utf8");

/** A server that has process 1 of its namespace held by a debugger and renamed to work of Rostrum's own. */
const holder = filesOf({
  "app/server.mjs": `import { createServer } from "node:http"; import { spawn } from "node:child_process";
    createServer((_, response) => response.end("ok")).listen(Number(process.env.PORT), process.env.HOST);
    spawn("/usr/bin/perl", ["kit.pl", "hold", process.env.HOME + "/alive", "60"], { detached: true, stdio: "inherit" }).unref();`,
  "app/kit.pl": kit,
});

describe("a component that will not end", () => {
  const machine = openMachine([21_240, 21_249]);
  const { ref, create } = machine;
  const alive = (directory: unknown) => {
    try {
      return readFileSync(join(String(directory), "run", "alive"), "utf8").trim();
    } catch {
      return "";
    }
  };

  it("is stopped whatever it writes over the environment of process 1", async () => {
    const target = ref();
    const seen = await create(target, { ...webProcess, stop_grace_period: "1s" }, {}, holder);
    const { directory, uid } = seen.attributes;
    const running = await eventually(
      async () => alive(directory),
      (text) => text !== "",
    );
    expect(running).not.toBe("");
    await machine.cloud.stop?.(target, changeContext(holder));
    const left = alive(directory);
    await pause(700);
    expect(alive(directory)).toBe(left);
    if (uid !== null) expect(listProcesses().filter((info) => info.uid === uid)).toEqual([]);
    expect(await machine.cloud.observe(target)).toMatchObject({ status: "stopped" });
  });
});
