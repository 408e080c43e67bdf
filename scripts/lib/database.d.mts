export interface KeptServer {
  url: string;
  stop(mode?: "fast" | "immediate", timeoutMs?: number): Promise<void>;
}

export class DatabaseKeeper {
  constructor(options: {
    server: KeptServer;
    isRunning(server: KeptServer): boolean;
    start(ended: KeptServer): Promise<KeptServer>;
    onEnd(text: string): void;
    onMoved(server: KeptServer): void;
  });
  server: KeptServer;
  stop(mode?: "fast" | "immediate", timeoutMs?: number): Promise<void>;
}
