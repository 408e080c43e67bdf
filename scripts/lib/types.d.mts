export function checkTypes(project?: string): Promise<void>;
