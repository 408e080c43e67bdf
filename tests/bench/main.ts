import { print, type Row } from "./report";

/** Each section is loaded only when it is measured: one must not weigh on another. */
const sections: Record<string, { title: string; run: () => Promise<Row[]> }> = {
  engine: { title: "Engine", run: async () => (await import("./engine")).benchEngine() },
  queue: { title: "Queue", run: async () => (await import("./queue")).benchQueues() },
  restate: { title: "Restate", run: async () => (await import("./restate")).benchRestate() },
  start: { title: "Start and memory", run: async () => (await import("./start")).benchStart() },
  machine: { title: "Machine cloud", run: async () => (await import("./machine")).benchMachine() },
  api: { title: "API", run: async () => (await import("./api-list")).benchApiList() },
  pages: { title: "Pages", run: async () => (await import("./pages")).benchPages() },
};

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const unknown = asked.filter((name) => !Object.hasOwn(sections, name));
if (unknown.length > 0) {
  console.error(
    `There is no section ${unknown.join(", ")}. Sections: ${Object.keys(sections).join(", ")}; without a name all are measured.`,
  );
  process.exit(2);
}
for (const [name, section] of Object.entries(sections)) {
  if (asked.length === 0 || asked.includes(name)) print(section.title, await section.run());
}
process.exit(0);
