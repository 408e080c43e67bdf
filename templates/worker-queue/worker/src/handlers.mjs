import { pbkdf2, randomInt } from "node:crypto";
import { setTimeout as sleep, setImmediate as yieldToOthers } from "node:timers/promises";
import { promisify } from "node:util";

const deriveKey = promisify(pbkdf2);
const sliceSize = 250_000;

/** Sieve of Eratosthenes, in slices: health checks and heartbeats get their turn between two of them. */
async function countPrimes(limit, signal) {
  const composite = new Uint8Array(limit + 1);
  let count = 0;
  for (let number = 2; number <= limit; number += 1) {
    if (number % sliceSize === 0) {
      await yieldToOthers();
      signal.throwIfAborted();
    }
    if (composite[number]) continue;
    count += 1;
    for (let multiple = number * number; multiple <= limit; multiple += number) composite[multiple] = 1;
  }
  return `${count.toLocaleString("en")} primes`;
}

async function deriveDigest(rounds) {
  const key = await deriveKey("rostrum", "worker-queue", rounds, 16, "sha256");
  return `key ${key.toString("hex").slice(0, 12)}…`;
}

async function wait(lengthMs, signal) {
  await sleep(lengthMs, undefined, { signal });
  return "waited";
}

async function callFlaky(failingPercent, signal) {
  await sleep(randomInt(50, 300), undefined, { signal });
  if (randomInt(100) < failingPercent) throw new Error("the remote service returned 503");
  return "the remote service returned 200";
}

/** Kind → what it does with its amount. The text it answers is stored with the job. */
export const handlers = { primes: countPrimes, digest: deriveDigest, wait, flaky: callFlaky };
