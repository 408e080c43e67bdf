export interface Count {
  passed: number;
  failed: number;
  skipped?: number;
}
export function sumUp(counts: readonly Count[]): string;
export function countVitest(file: string, exitCode: number): Count;
export function countPlaywright(file: string, exitCode: number): Count;
export interface Failure {
  test: string;
  lines: string[];
}
export function failuresOfVitest(file: string): Failure[];
export function failuresOfPlaywright(file: string): Failure[];
