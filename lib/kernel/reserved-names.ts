/** Names that every object of JavaScript answers to already: a look-up by one finds something that no one put there. */
const reserved: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(Object.prototype), "prototype"]);

export const reservedNameHelp = "is a reserved word; choose another name";

/** Whether a name cannot name anything in a template or a label. */
export function isReservedName(name: string): boolean {
  return reserved.has(name);
}
