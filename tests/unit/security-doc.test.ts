import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { machineAttacks } from "../hostile/attacks";
import { containerAttacks } from "../hostile/attacks/docker";

/** The requirements of ASVS 5.0.0 by section: their numbers, with a star at level 1; level 3 left out. */
const sections: Record<string, string> = {
  "1.1": "1 2",
  "1.2": "1* 2* 3* 4* 5* 6 7 8 9",
  "1.3": "1* 2* 3 4 5 6 7 8 9 10 11",
  "1.4": "1 2 3",
  "1.5": "1* 2",
  "2.1": "1* 2 3",
  "2.2": "1* 2* 3",
  "2.3": "1* 2 3 4",
  "2.4": "1",
  "3.2": "1* 2*",
  "3.3": "1* 2 3 4",
  "3.4": "1* 2* 3 4 5 6",
  "3.5": "1* 2* 3* 4 5",
  "3.7": "1 2",
  "4.1": "1* 2 3",
  "4.2": "1",
  "4.3": "1 2",
  "4.4": "1* 2 3 4",
  "5.1": "1",
  "5.2": "1* 2* 3",
  "5.3": "1* 2*",
  "5.4": "1 2 3",
  "6.1": "1* 2 3",
  "6.2": "1* 2* 3* 4* 5* 6* 7* 8* 9 10 11 12",
  "6.3": "1* 2* 3 4",
  "6.4": "1* 2* 3 4",
  "6.5": "1 2 3 4 5",
  "6.6": "1 2 3",
  "6.8": "1 2 3 4",
  "7.1": "1 2 3",
  "7.2": "1* 2* 3* 4*",
  "7.3": "1 2",
  "7.4": "1* 2* 3 4 5",
  "7.5": "1 2",
  "7.6": "1 2",
  "8.1": "1* 2",
  "8.2": "1* 2* 3",
  "8.3": "1*",
  "8.4": "1",
  "9.1": "1* 2* 3*",
  "9.2": "1* 2 3 4",
  "10.1": "1 2",
  "10.2": "1 2",
  "10.3": "1 2 3 4",
  "10.4": "1* 2* 3* 4* 5* 6 7 8 9 10 11",
  "10.5": "1 2 3 4 5",
  "10.6": "1 2",
  "10.7": "1 2 3",
  "11.1": "1 2",
  "11.2": "1 2 3",
  "11.3": "1* 2* 3",
  "11.4": "1* 2 3 4",
  "11.5": "1",
  "11.6": "1",
  "12.1": "1* 2 3",
  "12.2": "1* 2*",
  "12.3": "1 2 3 4",
  "13.1": "1",
  "13.2": "1 2 3 4 5",
  "13.3": "1 2",
  "13.4": "1* 2 3 4 5",
  "14.1": "1 2",
  "14.2": "1* 2 3 4",
  "14.3": "1* 2 3",
  "15.1": "1* 2 3",
  "15.2": "1* 2 3",
  "15.3": "1* 2 3 4 5 6 7",
  "16.1": "1",
  "16.2": "1 2 3 4 5",
  "16.3": "1 2 3 4",
  "16.4": "1 2 3",
  "16.5": "1 2 3",
  "17.1": "1",
  "17.2": "1 2 3 4",
  "17.3": "1 2",
};

interface Row {
  number: string;
  level: string;
  text: string;
  verdict: string;
  evidence: string;
}

const document = readFileSync("docs/security.md", "utf8");
const rows: Row[] = document
  .split("\n")
  .filter((line) => /^\| \d+\.\d+\.\d+ \|/.test(line))
  .map((line) => {
    const [number = "", level = "", text = "", verdict = "", evidence = "", ...rest] = line
      .slice(2, -2)
      .split(" | ");
    expect(rest, line).toEqual([]);
    return { number, level, text, verdict, evidence };
  });

const expected = Object.entries(sections).flatMap(([section, numbers]) =>
  numbers.split(" ").map((one) => `${section}.${one.replace("*", "")} L${one.endsWith("*") ? 1 : 2}`),
);
const ofLevel = (level: string) => rows.filter((row) => row.level === level);
const settled = (row: Row) => row.verdict === "pass" || row.verdict === "n/a";

interface Named {
  path: string;
  /** Title of a test in it, as the file has it. */
  title: string | undefined;
}

/** What stands in backticks and is the path of a file or folder of the repository, alone or with the title of a test. */
function namedIn(evidence: string): Named[] {
  const quoted = [...evidence.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
  return quoted
    .map((text) => {
      const [path = "", title] = text.split(" › ");
      return { path, title };
    })
    .filter(
      ({ path }) => /^[\w.[\]()/-]+$/.test(path) && /\/|\.(ts|md|json|yml|mjs)$|^\.?[Dd]ocker/.test(path),
    );
}

const pathsOf = (evidence: string) => namedIn(evidence).map(({ path }) => path);

/** Whether a file has a test, or a case of one, with this title. */
const hasTitle = ({ path, title }: Named) => readFileSync(path, "utf8").includes(`"${title}"`);

describe("the threat model", () => {
  it("says how many hostile components and containers there are, and what becomes of them", () => {
    const refused = containerAttacks.filter((one) => one.refused).length;
    const [all, run] = [containerAttacks.length, containerAttacks.length - refused];
    const text = document.replace(/\s+/g, " ");
    expect(text).toContain(`${machineAttacks.length} hostile components run on the machine cloud`);
    expect(text).toContain(`of ${all} hostile containers for Docker ${refused} ask for what must be refused`);
    expect(text).toContain(`and ${run} run.`);
  });
});

describe("the table of ASVS 5.0.0", () => {
  it("has every requirement of levels 1 and 2 once, in order", () => {
    expect(expected).toHaveLength(253);
    expect(rows.map((row) => `${row.number} L${row.level}`)).toEqual(expected);
  });

  it("has a verdict and says what the requirement is", () => {
    for (const row of rows) {
      expect(["pass", "n/a", "partial", "fail"], row.number).toContain(row.verdict);
      expect(row.text.length, row.number).toBeGreaterThan(5);
    }
  });

  it("names files that exist, or the reason why it doesn't apply", () => {
    for (const row of rows) {
      const paths = pathsOf(row.evidence);
      for (const path of paths) expect(existsSync(path), `${row.number}: ${path}`).toBe(true);
      if (row.verdict !== "n/a") expect(paths.length, row.number).toBeGreaterThan(0);
      const reason = row.evidence.replace(/`[^`]+`/g, "").trim();
      if (row.verdict !== "pass") expect(reason.length, `${row.number}: ${reason}`).toBeGreaterThan(8);
    }
  });

  it("names tests that exist", () => {
    const named = rows.flatMap((row) => namedIn(row.evidence).map((one) => ({ ...one, number: row.number })));
    const titled = named.filter((one) => one.title !== undefined);
    expect(titled.length).toBeGreaterThan(40);
    expect(titled.filter((one) => !hasTitle(one))).toEqual([]);
  });

  it("has its sections where it says", () => {
    const table = document.indexOf("## OWASP ASVS 5.0.0");
    for (const row of rows) {
      for (const [, section = ""] of row.evidence.matchAll(/[Uu]nder ([A-Z][\w ]*?) (?:above|below)/g)) {
        const at = document.search(new RegExp(`^#{2,3} ${section}$`, "m"));
        expect(at, `${row.number}: ${section}`).toBeGreaterThan(0);
        expect(row.evidence, row.number).toContain(`${section} ${at < table ? "above" : "below"}`);
      }
    }
  });

  it("passes level 1, and level 2 to nine tenths", () => {
    const open = ofLevel("1").filter((row) => !settled(row));
    expect(open.map((row) => row.number)).toEqual([]);
    expect(ofLevel("2").filter(settled).length / ofLevel("2").length).toBeGreaterThanOrEqual(0.9);
  });

  it("has the figures of its summary", () => {
    for (const level of ["1", "2"]) {
      const all = ofLevel(level);
      const count = (verdict: string) => all.filter((row) => row.verdict === verdict).length;
      const share = Math.floor((all.filter(settled).length * 100) / all.length);
      const figures = [level, all.length, ...["pass", "n/a", "partial", "fail"].map(count), `${share}%`];
      expect(document).toContain(`| ${figures.join(" | ")} |`);
    }
  });
});
