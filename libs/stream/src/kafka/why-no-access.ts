import { StreamError } from '../stream-error.js';
import type { KafkaLogOptions } from './kafka-options.js';

type Access = Pick<KafkaLogOptions, 'brokers' | 'ssl' | 'sasl'>;

/** What Node says of a certificate that no known authority stands for. */
const unknownAuthority = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** Kafka's code for a login where none is taken. */
const illegalSaslState = 34;

/**
 * What a failure to connect comes from, in words for whoever configured it. `log_access_refused` where the brokers answered, and how they are
 * spoken to does not suit them; `log_unavailable` where they do not answer, or only hang up, which may have other causes.
 */
export function whyNoAccess(error: Error, access: Access): StreamError {
  const where = `Kafka at ${access.brokers.join(', ')}`;
  const refused = refusal(error, access);
  if (refused !== null) return new StreamError('log_access_refused', `${where} ${refused}`, { cause: error });
  const hint = hangsUp(error) ? ` ${whatItMayWant(access)}` : '';
  return new StreamError('log_unavailable', `${where} does not answer as needed: ${error.message}.${hint}`, {
    cause: error,
  });
}

/** What the brokers want otherwise, as far as they say so; null where they do not. */
function refusal(error: Error, { sasl }: Access): string | null {
  for (const { name, message, code } of causes(error)) {
    if (name === 'KafkaJSSASLAuthenticationError') {
      return `refuses the login by ${sasl?.mechanism ?? 'SASL'}: ${message}. Set KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD to a login that it knows.`;
    }
    if (code === illegalSaslState) {
      return 'takes no login at this port. Unset KAFKA_SASL_MECHANISM, or name the port of its SASL listener in KAFKA_BROKERS.';
    }
    if (typeof code !== 'string') continue;
    if (unknownAuthority.has(code)) {
      return `shows a certificate of an unknown authority (${code}). Set KAFKA_SSL_CA_FILE to the PEM file of the authority that signed it.`;
    }
    if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
      return `shows a certificate for another host (${message}). Name the brokers in KAFKA_BROKERS as their certificates do.`;
    }
    if (code === 'CERT_HAS_EXPIRED') return 'shows a certificate that has expired. Give the brokers a new one.';
  }
  return null;
}

/** The connection came about, and was closed before anything was said. */
function hangsUp(error: Error): boolean {
  return causes(error).some(
    ({ name, message }) =>
      name === 'KafkaJSConnectionClosedError' || message.includes('disconnected before secure TLS connection'),
  );
}

function whatItMayWant({ ssl, sasl }: Access): string {
  const tls = ssl
    ? 'not speak TLS at this port (KAFKA_SSL=false, or the port of its TLS listener in KAFKA_BROKERS)'
    : 'want TLS at this port (KAFKA_SSL=true)';
  const login = sasl === undefined ? ', or want a login (KAFKA_SASL_MECHANISM)' : '';
  return `It hangs up: it may ${tls}${login}.`;
}

type Failure = Error & { readonly code?: unknown };

function causes(error: Error): Failure[] {
  const found: Failure[] = [];
  for (let one: unknown = error; one instanceof Error && found.length < 8; one = one.cause) found.push(one);
  return found;
}
