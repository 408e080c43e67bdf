/** A scalar that YAML would read as a number or as true or false, with the text it was written as. */
export class Written {
  constructor(
    readonly text: string,
    readonly value: number | boolean,
  ) {}
}
