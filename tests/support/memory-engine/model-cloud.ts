import { DriverError } from "@/lib/clouds/contract";
import type { StepOutcome, StepRecord } from "@/lib/engine/run";
import type { ManualClock } from "./manual-clock";

/** How the cloud meets one call. */
export const faults = [
  "ok",
  /** Takes longer than an attempt may; stops waiting when it is interrupted, and continues outside. */
  "slow",
  /** Never answers, and does not listen. */
  "hang",
  /** Refused for now; nothing happened. */
  "busy",
  /** It happened, but the answer was lost. */
  "answer-lost",
  /** It did not happen, and no one said so. */
  "request-lost",
  /** Refused for good; nothing happened. */
  "refused",
  /** The cloud cannot be reached. */
  "away",
  /** Continues outside; to be asked for. */
  "pending",
] as const;
export type Fault = (typeof faults)[number];

export interface CloudObject {
  id: number;
  component: string;
  /** The step that made it what it is. */
  key: string;
  revision: number;
  status: "running" | "stopped";
}

const keyed = new Set(["create", "update", "replace", "no-op"]);
const latencyMs = 100;
const slowMs = 90_000;
const pendingMs = 5_000;

/**
 * A model of reality. It knows keys of what it made, as the driver contract asks, and nothing else that would save a
 * careless engine: a second key makes a second object, a command that is sent twice runs twice.
 */
export class ModelCloud {
  objects: CloudObject[] = [];
  /** How often each command ran, by its step. */
  readonly commands = new Map<string, number>();
  readonly violations: string[] = [];
  /** No more faults: what is asked from now on happens. */
  isWell = false;
  private readonly calls = new Map<string, number>();
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly turns = new Map<string, Promise<void>>();
  private made = 0;

  constructor(
    private readonly clock: ManualClock,
    private readonly plan: (step: StepRecord, call: number) => Fault,
    private readonly looks: Fault[],
  ) {}

  /**
   * One request. `sent` is awaited when it has arrived: what happens from there on happens without the worker, too.
   * @throws DriverError as the fault has it
   */
  async request(
    step: StepRecord,
    signal: AbortSignal,
    sent: () => Promise<void>,
  ): Promise<StepOutcome | null> {
    const fault = this.nextFault(step);
    if (fault === "busy") throw new DriverError("retryable", "Busy.");
    if (fault === "refused") throw new DriverError("permanent", "Refused.");
    if (fault === "request-lost") throw new DriverError("unknown", "The connection was lost.");
    if (fault === "away") throw new DriverError("retryable", "No route.", { unreachable: true });
    const lasts = fault === "slow" || fault === "hang" ? slowMs : fault === "pending" ? pendingMs : latencyMs;
    const work = this.carryOut(step, lasts);
    await sent();
    if (fault === "pending") return { state: "pending", token: { key: step.id }, wakeAfterMs: 2_000 };
    if (fault === "hang") return new Promise(() => {});
    await interruptible(work, signal);
    if (fault === "answer-lost") throw new DriverError("unknown", "The connection was lost.");
    return null;
  }

  isUnderWay(step: StepRecord): boolean {
    return this.underWay.has(step.id);
  }

  /** @throws DriverError when it can't be told now */
  look(component: string): CloudObject | undefined {
    const fault = this.isWell ? undefined : this.looks.shift();
    if (fault === "away") throw new DriverError("retryable", "No route.", { unreachable: true });
    if (fault === "busy") throw new DriverError("retryable", "Busy.");
    return this.find(component);
  }

  find(component: string): CloudObject | undefined {
    return this.objects.find((one) => one.component === component);
  }

  /** What the cloud was asked is over. */
  async quiet(): Promise<void> {
    while (this.underWay.size > 0) await this.clock.next();
  }

  private nextFault(step: StepRecord): Fault {
    if (this.isWell) return "ok";
    const call = this.calls.get(step.id) ?? 0;
    this.calls.set(step.id, call + 1);
    return this.plan(step, call);
  }

  private carryOut(step: StepRecord, lastsMs: number): Promise<void> {
    // The same change that is under way already is not begun again; a command is.
    const known = step.action === "run" ? undefined : this.underWay.get(step.id);
    if (known) return known;
    const turn = this.turns.get(step.component) ?? Promise.resolve();
    const work = turn
      .then(() => this.clock.sleep(lastsMs))
      .then(() => {
        this.underWay.delete(step.id);
        this.happen(step);
      });
    this.underWay.set(step.id, work);
    this.turns.set(step.component, work);
    return work;
  }

  private happen(step: StepRecord): void {
    const { component, action } = step;
    const current = this.find(component);
    if (action === "run") this.commands.set(step.id, (this.commands.get(step.id) ?? 0) + 1);
    else if (action === "cleanup") this.objects = [];
    else if (action === "delete") this.objects = this.objects.filter((one) => one.component !== component);
    else if (keyed.has(action)) {
      const revision = Number(step.input.revision ?? 0);
      if (current?.key === step.id) Object.assign(current, { status: "running" });
      else if (current && action !== "create" && action !== "replace")
        Object.assign(current, { key: step.id, revision, status: "running" });
      else {
        if (current && action === "create") this.violations.push(`${component} exists twice`);
        if (action === "replace") this.objects = this.objects.filter((one) => one !== current);
        this.made += 1;
        this.objects.push({ id: this.made, component, key: step.id, revision, status: "running" });
      }
    } else if (current) current.status = action === "stop" ? "stopped" : "running";
  }
}

/** As a driver that listens to its signal: it stops waiting, whatever becomes of the work. */
function interruptible(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const interrupted = () => reject(new DriverError("unknown", "Interrupted."));
    if (signal.aborted) return interrupted();
    signal.addEventListener("abort", interrupted);
    work.then(resolve, reject);
  });
}
