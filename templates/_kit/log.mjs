function write(stream, level, message) {
  stream.write(`${new Date().toISOString()} ${level} ${message.replace(/[\r\n]+/g, " ")}\n`);
}

export const log = {
  info: (message) => write(process.stdout, "info", message),
  warn: (message) => write(process.stdout, "warn", message),
  error: (message) => write(process.stderr, "error", message),
};
