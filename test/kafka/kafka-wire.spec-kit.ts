import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The requests of Kafka's protocol that these tests tell apart. */
export type ApiName = 'produce' | 'produce in a transaction' | 'commit of offsets' | 'end of a transaction';

/** Told of each request that is known by name, before it is sent on; `answer` resolves when its answer has come from the broker. */
export type RequestListener = (api: ApiName, wire: PassingRequest) => void;

export interface PassingRequest {
  /** Nothing passes either way from now on, not even this request. */
  cut(): void;
  /** This request reaches the broker, but neither its answer nor anything after it passes. */
  cutBehind(): Promise<void>;
}

/**
 * A wire to one Kafka broker that a test can cut at a certain request. A client that is pointed at it stays on it: in the broker's answers
 * its port is replaced by that of the wire.
 */
export class KafkaWire {
  onRequest: RequestListener = () => undefined;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host: string; readonly port: number },
  ) {
    server.on('connection', (socket) => this.#join(socket));
  }

  static async to(broker: string): Promise<KafkaWire> {
    const { hostname, port } = new URL(`kafka://${broker}`);
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new KafkaWire(server, { host: hostname, port: Number(port) });
  }

  get broker(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(client: Socket): void {
    const broker = connect(this.target.port, this.target.host);
    const ends = [client, broker];
    for (const end of ends) {
      this.#sockets.add(end);
      end
        .on('error', () => undefined)
        .on('close', () => {
          this.#sockets.delete(end);
          for (const other of ends) other.destroy();
        });
    }
    let passes = true;
    const answers = new Map<number, () => void>();
    const own = portBytes(this.target.host, this.target.port);
    const shown = portBytes('127.0.0.1', Number(new URL(`kafka://${this.broker}`).port));
    onFrames(broker, (frame) => {
      answers.get(frame.readInt32BE(4))?.();
      if (passes) client.write(replaced(frame, own, shown));
    });
    onFrames(client, (frame) => {
      const api = nameOf(frame);
      let sent = !passes;
      const send = (): void => {
        if (!sent) broker.write(frame);
        sent = true;
      };
      if (api !== null) {
        this.onRequest(api, {
          cut: () => {
            passes = false;
            sent = true;
          },
          cutBehind: () => {
            send();
            passes = false;
            return new Promise((resolve) => answers.set(frame.readInt32BE(8), resolve));
          },
        });
      }
      send();
    });
  }
}

/** A request begins with its length, `api_key`, version, correlation id and client id. */
function nameOf(frame: Buffer): ApiName | null {
  switch (frame.readInt16BE(4)) {
    case 0: {
      // What follows the client id is the transactional id; no length at all says that there is none.
      const lengthOfClientId = Math.max(0, frame.readInt16BE(12));
      return frame.readInt16BE(14 + lengthOfClientId) > 0 ? 'produce in a transaction' : 'produce';
    }
    case 26:
      return 'end of a transaction';
    case 28:
      return 'commit of offsets';
    default:
      return null;
  }
}

/** Hands over what comes frame by frame, each with the four bytes of its length before it. */
function onFrames(socket: Socket, take: (frame: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      const frame = rest.subarray(0, end);
      rest = rest.subarray(end);
      take(frame);
    }
  });
}

/** A broker's address as it stands in metadata and in who coordinates a group: the host, and the port right behind it. */
function portBytes(host: string, port: number): Buffer {
  const bytes = Buffer.alloc(host.length + 4);
  bytes.write(host);
  bytes.writeInt32BE(port, host.length);
  return bytes;
}

function replaced(frame: Buffer, own: Buffer, shown: Buffer): Buffer {
  for (let at = frame.indexOf(own); at >= 0; at = frame.indexOf(own, at + shown.length)) shown.copy(frame, at);
  return frame;
}
