export function checkWritable(directory: string, advice: string): void;
export function workerFlags(): string[];
