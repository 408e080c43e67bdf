export function modelsOf(texts: string[]): string[];
export function clientSchema(text: string, models: string[]): string;
export function relationsLeftOut(texts: string[]): Map<string, string[]>;
