/** How an outside failure is to be treated: tried again, given up, or looked at because no one can know. */
export type FailureKind = "retryable" | "permanent" | "unknown";

export class DriverError extends Error {
  readonly kind: FailureKind;
  /** The cloud itself could not be reached: what was asked of it was not wrong, and waits until it can be. */
  readonly unreachable: boolean;
  /** What a person can do about it, one sentence. */
  readonly hint: string | undefined;

  constructor(
    kind: FailureKind,
    message: string,
    extra: { hint?: string; cause?: unknown; unreachable?: boolean } = {},
  ) {
    super(message, { cause: extra.cause });
    this.name = "DriverError";
    this.unreachable = extra.unreachable ?? false;
    this.kind = kind;
    this.hint = extra.hint;
  }
}
