/** What can be queued. `amount` is how much of it: its unit, default and bounds. */
export const kinds = {
  primes: { title: "Count primes", unit: "up to", amount: 2_000_000, minimum: 10, maximum: 20_000_000 },
  digest: { title: "Derive a key", unit: "rounds", amount: 200_000, minimum: 1_000, maximum: 5_000_000 },
  wait: { title: "Wait", unit: "ms", amount: 800, minimum: 1, maximum: 20_000 },
  flaky: { title: "Unreliable call", unit: "% failing", amount: 50, minimum: 0, maximum: 100 },
};
export const mostAtOnce = 1_000;
