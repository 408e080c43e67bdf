import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, expect, it } from "vitest";
import { listComponentDirectories } from "@/lib/clouds/machine/layout";

const root = mkdtempSync(join(tmpdir(), "rostrum-vanishing-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Creates and destroys environments all the time, as another worker does. */
const busy = `
const { mkdirSync, rmSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");
let going = true;
parentPort.on("message", () => { going = false; });
function turn() {
  for (let index = 0; index < 50; index += 1) {
    mkdirSync(workerData + "/env_" + index + "/web", { recursive: true });
    rmSync(workerData + "/env_" + index, { recursive: true });
  }
  if (going) setImmediate(turn);
}
turn();`;

it("folders that are deleted while they are listed are left out, and nothing fails", async () => {
  const worker = new Worker(busy, { eval: true, workerData: root });
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  try {
    const endMs = Date.now() + 1_500;
    let seen = 0;
    while (Date.now() < endMs) seen += listComponentDirectories(root).length;
    expect(seen).toBeGreaterThan(0);
  } finally {
    worker.postMessage("end");
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1_000))]);
    await worker.terminate();
  }
});
