import { makeBrokerKeys } from './broker-keys.js';
import { freePort } from './free-port.js';

/** A user whom the secured listeners let in. */
export interface KafkaLogin {
  readonly username: string;
  readonly password: string;
}

/** Where a broker can be spoken to in other ways than in plain text, and what that takes. */
export interface SecuredAddresses {
  /** TLS, no login. */
  readonly tls: string;
  /** A login in plain text: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. */
  readonly sasl: string;
  /** A login over TLS, by the same mechanisms. */
  readonly saslTls: string;
  /** PEM of the authority that signed the broker's certificate. */
  readonly ca: string;
}

export interface SecuredListeners {
  readonly addresses: SecuredAddresses;
  /** As in `listeners` and in `listener.security.protocol.map`. */
  readonly listeners: readonly string[];
  readonly protocols: readonly string[];
  /** Further lines of the broker's properties. */
  readonly settings: Readonly<Record<string, string>>;
  /** The SCRAM credentials, which stand in the storage from its formatting on. */
  readonly formatArguments: readonly string[];
}

const protocols = { tls: 'SSL', sasl: 'SASL_PLAINTEXT', saslTls: 'SASL_SSL' } as const;
const scramMechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
const loginModules = 'org.apache.kafka.common.security';

/** Prepares one broker's listeners for TLS, SASL and both; keys are made in `directory`. */
export async function secureListeners(directory: string, login: KafkaLogin): Promise<SecuredListeners> {
  const { keystore, password, ca } = await makeBrokerKeys(directory);
  const [tls, sasl, saslTls] = await Promise.all([freePort(), freePort(), freePort()]);
  const ports = Object.entries({ tls, sasl, saslTls });
  return {
    addresses: { tls: `127.0.0.1:${tls}`, sasl: `127.0.0.1:${sasl}`, saslTls: `127.0.0.1:${saslTls}`, ca },
    listeners: ports.map(([name, port]) => `${name.toUpperCase()}://127.0.0.1:${port}`),
    protocols: Object.entries(protocols).map(([name, protocol]) => `${name.toUpperCase()}:${protocol}`),
    settings: {
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.location': keystore,
      'ssl.keystore.password': password,
      ...loginSettings('sasl', login),
      ...loginSettings('saslTls', login),
    },
    formatArguments: scramMechanisms.flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${login.username},password=${login.password}]`,
    ]),
  };
}

function loginSettings(name: string, { username, password }: KafkaLogin): Record<string, string> {
  const prefix = `listener.name.${name.toLowerCase()}`;
  const scram = scramMechanisms.map((mechanism) => [
    `${prefix}.${mechanism.toLowerCase()}.sasl.jaas.config`,
    `${loginModules}.scram.ScramLoginModule required;`,
  ]);
  return {
    [`${prefix}.sasl.enabled.mechanisms`]: ['PLAIN', ...scramMechanisms].join(','),
    [`${prefix}.plain.sasl.jaas.config`]: `${loginModules}.plain.PlainLoginModule required user_${username}="${password}";`,
    ...(Object.fromEntries(scram) as Record<string, string>),
  };
}
