import { createServer } from "node:net";

/** The system's code for why a server could not listen there now (`EADDRINUSE`, …); undefined when it could. */
export async function whyNotListen(port: number, host: string): Promise<string | undefined> {
  const server = createServer();
  return await new Promise((done) => {
    server.once("error", (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => done(undefined)));
  });
}
