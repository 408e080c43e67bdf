import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, it } from "vitest";
import { DriverError, type ExecResult, refKey } from "@/lib/clouds/contract";
import { eventually, newRef, pause } from "../cloud-changes";
import type { Trial } from "./trial";

/** A look and a hand inside what runs: measures, logs, commands, copies. */
export function testInside(trial: Trial): void {
  const { has, ref, apply, observe, expectAnswer } = trial;

  it("measures", async (test) => {
    if (!has("metrics") || !trial.cloud.metrics) return test.skip("capability metrics is absent");
    const target = ref();
    await apply(target, trial.subject.desired({ greeting: "hello measure" }));
    await trial.cloud.metrics([target]);
    await pause(1_100);
    const sample = (await trial.cloud.metrics([target, newRef()])).get(refKey(target));
    expect(sample?.at).toBeInstanceOf(Date);
    expect(sample?.memoryBytes).toBeGreaterThan(0);
    expect(sample?.cpuCores ?? 0).toBeGreaterThanOrEqual(0);
  });

  it("shows the end of the log and follows it until told to end", async (test) => {
    if (!has("logs") || !trial.cloud.logs) return test.skip("capability logs is absent");
    const target = ref();
    await apply(target, trial.subject.desired({ greeting: "hello log" }));
    const read = async (follow: boolean, controller: AbortController) => {
      const lines: string[] = [];
      const options = { tailLines: 50, follow, signal: controller.signal };
      for await (const line of trial.cloud.logs?.(target, options) ?? []) lines.push(line.text);
      return lines;
    };
    const lines = await eventually(
      () => read(false, new AbortController()),
      (seen) => seen.length > 0,
    );
    expect(lines.length).toBeGreaterThan(0);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 700);
    expect((await read(true, controller)).length).toBeGreaterThan(0);
  });

  it("runs a command inside and answers its exit code", async (test) => {
    if (!has("exec") || !trial.cloud.exec || !trial.subject.write || !trial.subject.read) {
      return test.skip("capability exec is absent");
    }
    const target = ref();
    await apply(target, trial.subject.desired({ greeting: "hello exec" }));
    const wrote = await trial.cloud.exec(target, {
      command: trial.subject.write("inside"),
      timeoutMs: 20_000,
    });
    expect(wrote.exitCode, wrote.stderr).toBe(0);
    const read = await trial.cloud.exec(target, { command: trial.subject.read(), timeoutMs: 20_000 });
    expect(read.stdout).toContain("inside");
    // A program that isn't there is named, or ends with what shells answer for it: never as one that failed by itself.
    const missing = await trial.cloud
      .exec(target, { command: ["no-such-program"], timeoutMs: 20_000 })
      .catch((error: unknown) => error);
    if (missing instanceof DriverError) expect(missing.message).toContain("no-such-program");
    else expect([126, 127]).toContain((missing as ExecResult).exitCode);
  });

  it("copies data out and in again", async (test) => {
    const { write, read, volumePath } = trial.subject;
    if (
      !has("backup") ||
      !trial.cloud.copyOut ||
      !trial.cloud.copyIn ||
      !trial.cloud.exec ||
      !write ||
      !read ||
      !volumePath
    ) {
      return test.skip("capability backup is absent");
    }
    const target = ref();
    await apply(target, trial.subject.desired({ greeting: "hello copy" }));
    await trial.cloud.exec(target, { command: write("first"), timeoutMs: 20_000 });
    const signal = new AbortController().signal;
    const tar = await buffer(await trial.cloud.copyOut(target, volumePath, signal));
    expect(tar.length).toBeGreaterThan(512);
    await trial.cloud.exec(target, { command: write("second"), timeoutMs: 20_000 });
    await trial.cloud.copyIn(target, volumePath, Readable.from([tar]), signal);
    const restored = await trial.cloud.exec(target, { command: read(), timeoutMs: 20_000 });
    expect(restored.stdout).toContain("first");
    expect(restored.stdout).not.toContain("second");
    await expectAnswer(await observe(target), "hello copy");
  });

  it("changes nothing when a copy is damaged", async (test) => {
    const { write, read, volumePath } = trial.subject;
    if (!has("backup") || !trial.cloud.copyIn || !trial.cloud.exec || !write || !read || !volumePath) {
      return test.skip("capability backup is absent");
    }
    const target = ref();
    await apply(target, trial.subject.desired({ greeting: "hello damage" }));
    await trial.cloud.exec(target, { command: write("whole"), timeoutMs: 20_000 });
    const rubbish = Readable.from([randomBytes(4_096)]);
    await expect(
      trial.cloud.copyIn(target, volumePath, rubbish, new AbortController().signal),
    ).rejects.toBeInstanceOf(DriverError);
    const after = await trial.cloud.exec(target, { command: read(), timeoutMs: 20_000 });
    expect(after.stdout).toContain("whole");
  });
}
