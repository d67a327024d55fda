// The other end of `publish-steadily.mjs`.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Starts publishing; `said` resolves with what it says next of a kind, `go` lets it take its next step. */
export function startPublisher({ brokers, databaseUrl }, load) {
  const script = fileURLToPath(new URL('./publish-steadily.mjs', import.meta.url));
  const child = fork(script, [JSON.stringify({ brokers, databaseUrl, ...load })], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const messages = new Map();
  const waiting = new Map();
  child.on('message', (message) => {
    messages.set(message.kind, message);
    waiting.get(message.kind)?.resolve(message);
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the publisher ended with ${code}`));
  });
  return {
    async said(kind) {
      if (messages.has(kind)) return messages.get(kind);
      const { promise, resolve, reject } = Promise.withResolvers();
      waiting.set(kind, { resolve, reject });
      return promise;
    },
    go() {
      if (child.connected) child.send('go');
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}
