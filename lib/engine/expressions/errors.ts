/** Why an expression could not be read or evaluated, and where in the text it stands. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";

  constructor(
    message: string,
    /** The whole text that holds the expression. */
    readonly source: string,
    /** Where in `source` the trouble starts, counted from 0. */
    readonly offset: number,
    /** JSON pointer to the text, when it stood in an object given to `evaluateDeep`. */
    readonly path = "",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** The same error, knowing where in an object its text stood. */
  at(path: string): ExpressionError {
    return new ExpressionError(this.message, this.source, this.offset, path, { cause: this.cause });
  }
}
