export function checkWritable(directory: string, advice: string): void;
