// A server that answers with any bytes, or breaks off, or says nothing.
import net from "node:net";

/**
 * Each request takes the next of the answers, the last one again and again: bytes, or a function of
 * the socket. `requests`: the texts that came. `connections()`: how many there were.
 */
export async function rawServerOf(t, ...answers) {
  const requests = [];
  const sockets = new Set();
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    let text = "";
    socket.on("data", (piece) => {
      text += piece.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      if (end < 0 || text.length < end + 4 + Number(/content-length: (\d+)/.exec(text)[1])) return;
      requests.push(text);
      text = "";
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (typeof answer === "function") answer(socket);
      else socket.write(answer);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { requests, connections: () => connections, url: `http://127.0.0.1:${server.address().port}` };
}

/** A whole answer. */
export const rawAnswer = (body, { status = 200, head = "" } = {}) =>
  `HTTP/1.1 ${status} OK\r\n${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
