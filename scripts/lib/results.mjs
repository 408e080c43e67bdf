import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

/** @typedef {{passed: number, failed: number, skipped?: number}} Count */

/** The last line of `npm test`. */
export function sumUp(counts) {
  const total = (name) => counts.reduce((sum, count) => sum + (count[name] ?? 0), 0);
  const skipped = total("skipped");
  return `${total("passed")} passed, ${total("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** The count in vitest's JSON report; a report that is missing is a failure. */
export function countVitest(file, exitCode) {
  const report = readJson(file);
  if (!report) return { passed: 0, failed: 1 };
  const broken = report.testResults.filter(
    (suite) => suite.status === "failed" && suite.assertionResults.every((test) => test.status !== "failed"),
  ).length;
  const failed = report.numFailedTests + broken;
  return {
    passed: report.numPassedTests,
    // Errors outside any test (an unhandled rejection) fail the run without failing a test.
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** The count in Playwright's JSON report. */
export function countPlaywright(file, exitCode) {
  const report = readJson(file);
  if (!report) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  const failed = unexpected === 0 && exitCode !== 0 ? 1 : unexpected;
  return { passed: expected + flaky, failed, skipped };
}

/**
 * What failed: each test with its file and the first lines of its error. They are repeated at the
 * end, because a log that is cut keeps its end.
 */
export function failuresOfVitest(file) {
  const suites = readJson(file)?.testResults ?? [];
  return suites.flatMap((suite) => {
    const tests = suite.assertionResults.filter((test) => test.status === "failed");
    if (tests.length === 0 && suite.status === "failed") return [failure(suite.name, "", suite.message)];
    return tests.map((test) => failure(suite.name, test.fullName, test.failureMessages.join("\n")));
  });
}

/** The same of Playwright's report, whose suites are nested. */
export function failuresOfPlaywright(file) {
  const collect = (suite) => [
    ...(suite.specs ?? [])
      .filter((spec) => !spec.ok)
      .map((spec) => failure(spec.file, spec.title, errorsOf(spec).join("\n"))),
    ...(suite.suites ?? []).flatMap(collect),
  ];
  return (readJson(file)?.suites ?? []).flatMap(collect);
}

const errorsOf = (spec) =>
  spec.tests.flatMap((test) => test.results.flatMap((result) => result.errors.map((error) => error.message)));

const shownLines = 12;

const failure = (file, name, error = "") => ({
  test: name === "" ? file : `${file} › ${name}`,
  lines: stripVTControlCharacters(error).split("\n").slice(0, shownLines),
});

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // The runner ended before it could report; the caller counts that as a failure.
    return undefined;
  }
}
