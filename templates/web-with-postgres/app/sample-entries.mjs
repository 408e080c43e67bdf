import pg from "pg";

const samples = [
  ["Ada", "The new cache limit holds: 1,200 requests a second stayed under 40 ms."],
  ["Grace", "Restore drill done. The deleted row came back in 48 seconds."],
  ["Linus", "Merge freeze starts on Thursday at noon; small fixes are welcome until then."],
];

/** The template offers this as an action on the running environment. */
const client = new pg.Client({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 5_000 });
await client.connect();
for (const sample of samples) {
  await client.query("INSERT INTO entries (author, message) VALUES ($1, $2)", sample);
}
await client.end();
process.stdout.write(`Added ${samples.length} entries.\n`);
