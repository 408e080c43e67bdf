import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import type pg from "pg";

/** What of pg's connection the COPY protocol needs; pg leaves it to the code that hands in such a query. */
interface Connection {
  stream: { pause(): void; resume(): void };
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

abstract class CopyQuery {
  protected connection: Connection | undefined;
  private resolve: () => void = () => {};
  private reject: (error: Error) => void = () => {};
  readonly done = new Promise<void>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  constructor(private readonly text: string) {}

  submit(connection: Connection): void {
    this.connection = connection;
    connection.query(this.text);
  }

  /** After it pg hands this query nothing more. */
  handleError(error: Error): void {
    this.reject(error);
  }

  handleReadyForQuery(): void {
    this.resolve();
  }

  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}
}

class CopyOut extends CopyQuery {
  constructor(
    text: string,
    private readonly sink: Writable,
  ) {
    super(text);
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    // A view of pg's own buffer, which the next bytes from the server overwrite.
    if (this.sink.write(Buffer.from(chunk))) return;
    this.connection?.stream.pause();
    this.sink.once("drain", () => this.connection?.stream.resume());
  }
}

class CopyIn extends CopyQuery {
  constructor(
    text: string,
    private readonly source: Readable,
  ) {
    super(text);
  }

  handleCopyInResponse(connection: Connection): void {
    void this.send(connection);
  }

  private async send(connection: Connection): Promise<void> {
    try {
      for await (const chunk of this.source) {
        connection.sendCopyFromChunk(chunk as Buffer);
        // Chunks are small, and the socket's own buffer is let out between them.
        await new Promise((resolve) => setImmediate(resolve));
      }
      connection.endCopyFrom();
    } catch (error) {
      connection.sendCopyFail(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Writes what `COPY … TO STDOUT` answers into a stream, which is left open. */
export async function copyOut(client: pg.Client, text: string, sink: Writable): Promise<void> {
  const query = new CopyOut(text, sink);
  client.query(query as unknown as pg.Submittable);
  await query.done;
  if (sink.writableNeedDrain) await once(sink, "drain");
}

/** Feeds a stream to `COPY … FROM STDIN`. */
export async function copyIn(client: pg.Client, text: string, source: Readable): Promise<void> {
  const query = new CopyIn(text, source);
  client.query(query as unknown as pg.Submittable);
  await query.done;
}
