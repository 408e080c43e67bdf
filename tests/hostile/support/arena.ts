import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { extract, type Header } from "tar-stream";
import { type CloudConnection, type ComponentRef, type Observation, refKey } from "@/lib/clouds/contract";
import { messageOf } from "@/lib/kernel/errors";
import { composeDeployment, type Deployment } from "./deployment";
import type { Field } from "./field";
import { hostProcesses } from "./host";

const stepMs = 45_000;

export interface CopiedEntry {
  header: Header;
  text: string;
}

/** One attack on the field: deploys, watches and collects what was reached. Everything it sees is searched for canaries. */
export class Arena {
  readonly token: string;
  readonly reached = new Set<string>();
  readonly notes: string[] = [];
  private readonly refs = new Map<string, ComponentRef>();
  private seen = "";
  private connection: CloudConnection | undefined;

  constructor(
    readonly field: Field,
    readonly id: string,
  ) {
    this.token = `hostile-${id}-${randomBytes(4).toString("hex")}`;
  }

  get cloud(): CloudConnection {
    return this.connection ?? this.field.cloud;
  }

  /** Continues with another connection to the same cloud, with settings of its own. */
  async reopen(config: Record<string, unknown>): Promise<void> {
    this.connection = await this.field.open(config);
  }

  reach(what: string): void {
    this.reached.add(what);
  }

  note(text: string): void {
    this.notes.push(text.slice(0, 300));
  }

  /** Looks for canaries, and for what an attacker says of itself, in something that came out of a component. */
  saw(text: string): string {
    for (const name of this.field.markersIn(text)) this.reach(`read: ${name}`);
    for (const [, said] of text.matchAll(/^(?:\[rostrum\] )?REACHED (.*)$/gm)) this.reach(said ?? "");
    this.seen = `${this.seen}\n${text}`.slice(-4_000);
    return text;
  }

  /** The end of all that was seen, for a report that has to explain itself. */
  get lastSeen(): string {
    return this.seen.slice(-1_500);
  }

  refOf(name: string): ComponentRef {
    const ref = this.refs.get(name);
    if (!ref) throw new Error(`No component ${name} was deployed.`);
    return ref;
  }

  /**
   * Creates a component in an environment of its own, or updates the one of that name. A refusal is an answer (most
   * attacks should be refused somewhere): it is noted, and the attack continues with what there is.
   */
  async deploy(deployment: Deployment, name = "web"): Promise<string> {
    const known = this.refs.get(name);
    const environmentId = `env_${randomBytes(6).toString("hex")}`;
    const ref = known ?? { environmentId, environmentName: "hostile", component: name };
    this.refs.set(name, ref);
    const { desired, files } = composeDeployment(deployment, this.field.kit, this.field.targets(this.token));
    desired.spec.environment = { ...(desired.spec.environment as object), HOSTILE: this.token };
    const ctx = this.context(files);
    try {
      await this.cloud.apply(ref, known ? "update" : "create", desired, ctx);
    } catch (error) {
      this.note(`${name}: ${this.saw(messageOf(error))}`);
    }
    return name;
  }

  private context(files = this.field.noFiles) {
    return {
      idempotencyKey: `stp_${randomBytes(6).toString("hex")}`,
      signal: AbortSignal.timeout(stepMs),
      files,
      log: (line: string) => void this.saw(line),
    };
  }

  async observe(name: string): Promise<Observation> {
    return await this.cloud.observe(this.refOf(name));
  }

  async pidOf(name: string): Promise<number> {
    const seen = await this.observe(name);
    return seen.present ? Number(seen.attributes.pid) : 0;
  }

  async logs(name: string, tailLines = 2_000): Promise<string> {
    const lines: string[] = [];
    const options = { tailLines, follow: false, signal: AbortSignal.timeout(10_000) };
    for await (const line of this.cloud.logs?.(this.refOf(name), options) ?? []) lines.push(line.text);
    return this.saw(lines.join("\n"));
  }

  /** Waits for the attacker to say that it is done; one that was ended says nothing more, which is noted. */
  async untilDone(name: string, limitMs = 15_000): Promise<string> {
    const until = Date.now() + limitMs;
    for (;;) {
      const text = await this.logs(name);
      if (text.includes("HOSTILE DONE")) return text;
      const seen = await this.observe(name);
      const isOver = !seen.present || seen.status === "failed" || seen.status === "stopped";
      if (isOver || Date.now() > until) {
        this.note(isOver ? "the attacker was ended" : "the attacker did not come to its end");
        return await this.logs(name);
      }
      await sleep(150);
    }
  }

  async exec(name: string, command: string[], timeoutMs = 10_000): Promise<string> {
    try {
      const environment = { TARGETS: JSON.stringify(this.field.targets(this.token)), HOSTILE: this.token };
      const result = await this.cloud.exec?.(this.refOf(name), { command, environment, timeoutMs });
      return this.saw(`${result?.stdout ?? ""}\n${result?.stderr ?? ""}`);
    } catch (error) {
      this.note(`exec: ${messageOf(error)}`);
      return "";
    }
  }

  /** What a backup of a path holds, up to a bound of bytes and time. */
  async copyOut(name: string, path: string, limits = { bytes: 64 * 2 ** 20, ms: 20_000 }) {
    const entries: CopiedEntry[] = [];
    let bytes = 0;
    let outcome: "whole" | "refused" | "too much" | "too long" = "whole";
    const signal = AbortSignal.timeout(limits.ms);
    let tar: Readable | undefined;
    try {
      tar = await this.cloud.copyOut?.(this.refOf(name), path, signal);
      const reader = extract();
      tar?.on("error", (error) => reader.destroy(error));
      signal.addEventListener("abort", () => reader.destroy(new Error("it took too long")));
      tar?.pipe(reader);
      for await (const entry of reader) {
        let text = "";
        for await (const chunk of entry as AsyncIterable<Buffer>) {
          bytes += chunk.length;
          if (text.length < 65_536) text += chunk.toString("latin1").slice(0, 65_536);
          if (bytes > limits.bytes) throw new Error("it is too much");
        }
        this.saw(text);
        entries.push({ header: entry.header, text: text.slice(0, 200) });
      }
    } catch (error) {
      outcome = bytes > limits.bytes ? "too much" : signal.aborted ? "too long" : "refused";
      this.note(`copyOut ${path}: ${messageOf(error)}`);
    } finally {
      tar?.destroy();
    }
    return { entries, bytes, outcome };
  }

  async copyIn(name: string, path: string, tar: Uint8Array): Promise<void> {
    try {
      await this.cloud.copyIn?.(
        this.refOf(name),
        path,
        Readable.from([Buffer.from(tar)]),
        AbortSignal.timeout(stepMs),
      );
    } catch (error) {
      this.note(`copyIn ${path}: ${this.saw(messageOf(error))}`);
    }
  }

  async restart(name: string): Promise<void> {
    try {
      await this.cloud.restart(this.refOf(name), this.context());
    } catch (error) {
      this.note(`restart: ${this.saw(messageOf(error))}`);
    }
  }

  async stop(name: string): Promise<void> {
    try {
      await this.cloud.stop?.(this.refOf(name), this.context());
    } catch (error) {
      this.note(`stop: ${this.saw(messageOf(error))}`);
    }
  }

  /** Asks for figures as monitoring does every few seconds: the watch of limits may act on it. */
  async sample(name: string) {
    const ref = this.refOf(name);
    return (await this.cloud.metrics?.([ref]))?.get(refKey(ref)) ?? null;
  }

  /** The user id that the processes of this attack have on the host; null when none of them runs. */
  get uid(): number | null {
    return hostProcesses().find((info) => info.environment.includes(this.token))?.uid ?? null;
  }

  /** Destroys everything that was deployed, as the end of an environment does, and says what cannot be. */
  async destroy(): Promise<string[]> {
    const failures: string[] = [];
    for (const [name, ref] of this.refs) {
      try {
        await this.cloud.remove(ref, this.context());
        await this.cloud.removeEnvironment(ref.environmentId, this.context());
      } catch (error) {
        failures.push(`${name} cannot be destroyed: ${messageOf(error)}`);
      }
    }
    return failures;
  }

  get environmentIds(): string[] {
    return [...new Set([...this.refs.values()].map((ref) => ref.environmentId))];
  }
}
