export function plain(text: string): string;
